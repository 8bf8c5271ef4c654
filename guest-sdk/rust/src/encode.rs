//! From typed values to JSON text. JSON has no NaN and no infinity, and serde_json writes `null` for them; a pass
//! that makes no output finds them first, and where they are.

use crate::path::{Problem, Step};
use crate::{ErrorKind, TaskError};
use serde::ser::{self, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// How deep a value may nest, as serde_json's decoder has it. Inputs are one level above their values.
const MAX_DEPTH: u32 = 127;

/// The JSON text of a task's result.
///
/// # Errors
/// Of kind `invalid-output`, with the path of what is not JSON.
pub fn encode_output<T: Serialize + ?Sized>(value: &T) -> Result<String, TaskError> {
    encode(value).map_err(|problem| TaskError::of_kind(ErrorKind::InvalidOutput, problem.to_string(), false))
}

/// The JSON text of the inputs of `task`.
pub(crate) fn encode_inputs<T: Serialize + ?Sized>(task: &str, inputs: &T) -> Result<String, TaskError> {
    encode(inputs).map_err(|problem| unfit_inputs(task, &problem))
}

/// Inputs of `task` that are not JSON.
pub(crate) fn unfit_inputs(task: &str, problem: &Problem) -> TaskError {
    TaskError::of_kind(ErrorKind::InvalidOutput, format!("inputs for `{task}`: {problem}"), false)
}

pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<String, Problem> {
    check(value)?;
    serde_json::to_string(value).map_err(|error| Problem::new(error.to_string()))
}

/// Whether all of `value` is JSON: finite numbers, and no deeper than decoders go.
pub(crate) fn check<T: Serialize + ?Sized>(value: &T) -> Result<(), Problem> {
    value.serialize(Checker { depth: 0 })
}

impl ser::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

impl std::error::Error for Problem {}

/// Visits a value and makes nothing of it. Most of it compiles to nothing as well.
#[derive(Clone, Copy)]
struct Checker {
    depth: u32,
}

impl Checker {
    fn float(value: f64) -> Result<(), Problem> {
        if value.is_finite() {
            return Ok(());
        }
        let name = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "infinity"
        } else {
            "-infinity"
        };
        Err(Problem::new(format!("{name} is not a JSON number")))
    }

    fn enter(self) -> Result<Elements, Problem> {
        if self.depth == MAX_DEPTH {
            return Err(Problem::new(format!("nests deeper than {MAX_DEPTH} levels")));
        }
        Ok(Elements { inside: Self { depth: self.depth + 1 }, index: 0, key: None, variant: None })
    }

    fn enter_variant(self, variant: &'static str) -> Result<Elements, Problem> {
        let Elements { inside, .. } = self.enter()?;
        Ok(Elements { variant: Some(variant), ..inside.enter()? })
    }
}

macro_rules! fine {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(#[inline]
        fn $method(self, _: $type) -> Result<(), Problem> {
            Ok(())
        })*
    };
}

impl Serializer for Checker {
    type Ok = ();
    type Error = Problem;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Elements;
    type SerializeMap = Elements;
    type SerializeStruct = Elements;
    type SerializeStructVariant = Elements;

    fine!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_u128: u128, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    );

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<(), Problem> {
        Self::float(value.into())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), Problem> {
        Self::float(value)
    }

    fn serialize_none(self) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Problem> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Problem> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Problem> {
        let Elements { inside, .. } = self.enter()?;
        value.serialize(inside).map_err(|problem| problem.within(Step::Field(variant.into())))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements, Problem> {
        self.enter()
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements, Problem> {
        self.enter()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements, Problem> {
        self.enter()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Elements, Problem> {
        self.enter_variant(variant)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Elements, Problem> {
        self.enter()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Elements, Problem> {
        self.enter()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Elements, Problem> {
        self.enter_variant(variant)
    }
}

/// The inside of an array or an object.
struct Elements {
    inside: Checker,
    index: usize,
    key: Option<Cow<'static, str>>,
    variant: Option<&'static str>,
}

impl Elements {
    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Problem> {
        let index = self.index;
        self.index += 1;
        value.serialize(self.inside).map_err(|problem| self.located(problem, Step::Index(index)))
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Problem> {
        value.serialize(self.inside).map_err(|problem| self.located(problem, Step::Field(name.into())))
    }

    #[cold]
    fn located(&self, problem: Problem, step: Step) -> Problem {
        let problem = problem.within(step);
        match self.variant {
            Some(variant) => problem.within(Step::Field(variant.into())),
            None => problem,
        }
    }
}

macro_rules! elements {
    ($($kind:ident $method:ident),*) => {
        $(impl ser::$kind for Elements {
            type Ok = ();
            type Error = Problem;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Problem> {
                self.element(value)
            }

            fn end(self) -> Result<(), Problem> {
                Ok(())
            }
        })*
    };
}

elements!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! fields {
    ($($kind:ident),*) => {
        $(impl ser::$kind for Elements {
            type Ok = ();
            type Error = Problem;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Problem> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Problem> {
                Ok(())
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Elements {
    type Ok = ();
    type Error = Problem;

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Problem> {
        value.serialize(self.inside).map_err(|problem| problem.within(Step::Field(key_text(key).into())))
    }

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), Problem> {
        self.key = Some(key_text(key).into());
        Ok(())
    }

    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), Problem> {
        let key = self.key.take().unwrap_or_default();
        value.serialize(self.inside).map_err(|problem| problem.within(Step::Field(key)))
    }

    fn end(self) -> Result<(), Problem> {
        Ok(())
    }
}

/// A map's key as it is shown in a path.
fn key_text<K: Serialize + ?Sized>(key: &K) -> String {
    match serde_json::to_value(key) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => "?".to_owned(),
    }
}
