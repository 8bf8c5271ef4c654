//! JSON text to component values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wasmtime::component::Val;

use crate::component::typed::{Field, IntType, WitType};
use crate::record::reader::{Fault, Reader};
use crate::record::{InputError, JsonKind, Problem, Trail, Violation};

/// Values, and about how much memory they take.
pub(super) struct Decoded {
    pub(super) values: Vec<Val>,
    pub(super) bytes: usize,
}

/// Why there are no values.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undecoded {
    /// Its type can't hold one, though the schema takes it: a number beyond all floats.
    #[error(transparent)]
    Unfit(InputError),
    /// They take more memory than the host has for them.
    #[error("its values take more than {0} bytes")]
    TooMuch(usize),
}

/// The values of parameters: `text` is an object that conforms to their schema. They take `most` bytes.
///
/// # Errors
/// [`Undecoded`].
pub(super) fn parameters(text: &str, parameters: &[Field], most: usize) -> Result<Decoded, Undecoded> {
    Decoder::read(text, most, |decoder| {
        let fields = decoder.fields(parameters, Trail::Root)?;
        let bytes = most - decoder.left;
        Ok(Decoded { values: fields.into_iter().map(|(_, value)| value).collect(), bytes })
    })
}

/// One value: `text` conforms to the type's schema.
///
/// # Errors
/// As for [`parameters`].
pub(super) fn value(text: &str, ty: &WitType, most: usize) -> Result<Val, Undecoded> {
    Decoder::read(text, most, |decoder| decoder.value(ty, Trail::Root))
}

struct Decoder<'t> {
    reader: Reader<'t>,
    /// How much more memory the values may take, in bytes: a digit and a comma become some dozen of them. A name that is
    /// compared with counts too, as a byte.
    left: usize,
}

enum Stop {
    Fault(Box<Fault>),
    Violation(Violation),
    TooMuch,
}

impl From<Box<Fault>> for Stop {
    fn from(fault: Box<Fault>) -> Self {
        Self::Fault(fault)
    }
}

type Read<T> = Result<T, Stop>;

impl<'t> Decoder<'t> {
    fn read<T>(text: &'t str, most: usize, read: impl FnOnce(&mut Self) -> Read<T>) -> Result<T, Undecoded> {
        let mut decoder = Decoder { reader: Reader::new(text), left: most };
        let value = read(&mut decoder).and_then(|value| {
            decoder.reader.end()?;
            Ok(value)
        });
        value.map_err(|stop| match stop {
            Stop::Fault(fault) => Undecoded::Unfit(fault.in_text(text).into()),
            Stop::Violation(violation) => {
                Undecoded::Unfit(InputError::Fields { violations: vec![violation], more: 0 })
            }
            Stop::TooMuch => Undecoded::TooMuch(most),
        })
    }

    /// Takes room for so many values, and so many bytes of text.
    fn take(&mut self, values: usize, text: usize) -> Read<()> {
        let bytes = values.saturating_mul(size_of::<Val>()).saturating_add(text);
        self.left = self.left.checked_sub(bytes).ok_or(Stop::TooMuch)?;
        Ok(())
    }

    fn value(&mut self, ty: &WitType, trail: Trail<'_>) -> Read<Val> {
        self.take(1, 0)?;
        let kind = self.reader.kind()?;
        Ok(match ty {
            WitType::Bool => {
                let start = self.reader.at();
                self.reader.word()?;
                Val::Bool(self.reader.since(start) == "true")
            }
            WitType::Int(int) => self.integer(*int, trail)?,
            WitType::F32 => Val::Float32(self.float(trail, "float32", f32::is_finite)?),
            WitType::F64 => Val::Float64(self.float(trail, "float64", f64::is_finite)?),
            WitType::Char => {
                let text = self.text()?;
                Val::Char(text.chars().next().ok_or_else(|| unfit(trail))?)
            }
            WitType::String => Val::String(self.text()?),
            WitType::Enum(_) => Val::Enum(self.text()?),
            WitType::Bytes => {
                let bytes = STANDARD.decode(self.text()?);
                let bytes = bytes.map_err(|error| rule(trail, format!("expected base64: {error}")))?;
                self.take(bytes.len(), 0)?;
                Val::List(bytes.into_iter().map(Val::U8).collect())
            }
            WitType::List(item) => Val::List(self.items(|_| Some(item), trail)?),
            WitType::Tuple(types) => Val::Tuple(self.items(|at| types.get(at), trail)?),
            WitType::Map(key, value) => Val::Map(self.entries(key, value, trail)?),
            WitType::Record(fields) => Val::Record(self.fields(fields, trail)?),
            WitType::Flags(_) => {
                let names = self.items(|_| Some(&WitType::String), trail)?;
                let name = |value| if let Val::String(name) = value { Some(name) } else { None };
                Val::Flags(names.into_iter().filter_map(name).collect())
            }
            WitType::Option(_) if kind == JsonKind::Null => {
                self.reader.word()?;
                Val::Option(None)
            }
            WitType::Option(inner) if inner.is_nullable() => {
                let some = |name: &str| (name == "some").then_some((0, Some(&**inner)));
                Val::Option(self.case(some, trail)?.1)
            }
            WitType::Option(inner) => Val::Option(Some(Box::new(self.value(inner, trail)?))),
            WitType::Variant(cases) => {
                let named = |name: &str| {
                    let mut numbered = cases.iter().enumerate();
                    let (at, case) = numbered.find(|(_, case)| case.name == name)?;
                    Some((at, case.payload.as_ref()))
                };
                let (name, payload) = self.case(named, trail)?;
                Val::Variant(name, payload)
            }
            WitType::Result(ok, error) => {
                let side = |name: &str| match name {
                    "ok" => Some((0, ok.as_deref())),
                    "error" => Some((1, error.as_deref())),
                    _ => None,
                };
                let (name, payload) = self.case(side, trail)?;
                Val::Result(if name == "ok" { Ok(payload) } else { Err(payload) })
            }
        })
    }

    fn text(&mut self) -> Read<String> {
        let text = self.reader.string()?.decode().into_owned();
        self.take(0, text.len())?;
        Ok(text)
    }

    fn integer(&mut self, int: IntType, trail: Trail<'_>) -> Read<Val> {
        let text = self.reader.number()?.text;
        let value: i128 = text.parse().map_err(|_| unfit(trail))?;
        let value = match int {
            IntType::U8 => value.try_into().map(Val::U8),
            IntType::U16 => value.try_into().map(Val::U16),
            IntType::U32 => value.try_into().map(Val::U32),
            IntType::U64 => value.try_into().map(Val::U64),
            IntType::S8 => value.try_into().map(Val::S8),
            IntType::S16 => value.try_into().map(Val::S16),
            IntType::S32 => value.try_into().map(Val::S32),
            IntType::S64 => value.try_into().map(Val::S64),
        };
        value.map_err(|_: std::num::TryFromIntError| unfit(trail))
    }

    fn float<F: std::str::FromStr + Copy>(
        &mut self,
        trail: Trail<'_>,
        name: &str,
        is_finite: impl FnOnce(F) -> bool,
    ) -> Read<F> {
        let text = self.reader.number()?.text;
        match text.parse() {
            Ok(value) if is_finite(value) => Ok(value),
            _ => Err(violation(
                trail,
                Problem::OutOfRange { value: text.to_owned(), of: Some(name.to_owned()), range: None },
            )),
        }
    }

    fn items<'w>(&mut self, ty: impl Fn(usize) -> Option<&'w WitType>, trail: Trail<'_>) -> Read<Vec<Val>>
    where
        Self: 'w,
    {
        let mut items = Vec::new();
        self.reader.open()?;
        let mut first = true;
        while self.reader.item(&mut first)? {
            let ty = ty(items.len()).ok_or_else(|| unfit(trail))?;
            items.push(self.value(ty, Trail::Index(&trail, items.len()))?);
        }
        Ok(items)
    }

    fn entries(&mut self, key: &WitType, value: &WitType, trail: Trail<'_>) -> Read<Vec<(Val, Val)>> {
        let mut entries = Vec::new();
        let mut first = true;
        self.reader.open()?;
        if *key == WitType::String {
            while let Some((name, _)) = self.reader.key(&mut first)? {
                let name = name.decode().into_owned();
                self.take(1, name.len())?;
                let value = self.value(value, Trail::Field(&trail, &name))?;
                entries.push((Val::String(name), value));
            }
            return Ok(entries);
        }
        let pair = [key, value];
        while self.reader.item(&mut first)? {
            let here = Trail::Index(&trail, entries.len());
            let pair = self.items(|at| pair.get(at).copied(), here)?;
            let [key, value] = <[Val; 2]>::try_from(pair).map_err(|_| unfit(here))?;
            entries.push((key, value));
        }
        Ok(entries)
    }

    /// The fields by their labels, in the type's order.
    fn fields(&mut self, fields: &[Field], trail: Trail<'_>) -> Read<Vec<(String, Val)>> {
        // Before there is room made for any of them: `{}` may stand for thousands that are all left out.
        self.take(2 * fields.len(), fields.iter().map(|field| field.label.len()).sum())?;
        let mut found: Vec<Option<Val>> = vec![None; fields.len()];
        self.reader.open()?;
        let mut first = true;
        while let Some((name, _)) = self.reader.key(&mut first)? {
            let name = name.decode();
            let here = Trail::Field(&trail, &name);
            let at = fields.iter().position(|field| field.name == name).ok_or_else(|| unfit(here))?;
            self.take(0, at)?;
            found[at] = Some(self.value(&fields[at].ty, here)?);
        }
        let field = |(field, value): (&Field, Option<Val>)| {
            let absent = field.ty.is_nullable().then_some(Val::Option(None));
            let value =
                value.or(absent).ok_or_else(|| violation(Trail::Field(&trail, &field.name), Problem::Missing))?;
            Ok((field.label.clone(), value))
        };
        fields.iter().zip(found).map(field).collect()
    }

    /// A case, with its payload where it has one. `find` has its place and its payload's type by its name.
    fn case<'w>(
        &mut self,
        find: impl Fn(&str) -> Option<(usize, Option<&'w WitType>)>,
        trail: Trail<'_>,
    ) -> Read<(String, Option<Box<Val>>)> {
        if self.reader.kind()? == JsonKind::String {
            let name = self.text()?;
            return match find(&name) {
                Some((at, None)) => self.take(0, at).map(|()| (name, None)),
                _ => Err(unfit(trail)),
            };
        }
        self.reader.open()?;
        let mut first = true;
        let (name, _) = self.reader.key(&mut first)?.ok_or_else(|| unfit(trail))?;
        let name = name.decode();
        let Some((at, Some(payload))) = find(&name) else { return Err(unfit(trail)) };
        self.take(1, name.len() + at)?;
        let payload = self.value(payload, Trail::Field(&trail, &name))?;
        match self.reader.key(&mut first)? {
            None => Ok((name.into_owned(), Some(Box::new(payload)))),
            Some(_) => Err(unfit(trail)),
        }
    }
}

/// What the schema should have refused.
fn unfit(trail: Trail<'_>) -> Stop {
    rule(trail, "does not fit its type".to_owned())
}

fn rule(trail: Trail<'_>, rule: String) -> Stop {
    violation(trail, Problem::Rule(rule))
}

fn violation(trail: Trail<'_>, problem: Problem) -> Stop {
    Stop::Violation(Violation { path: trail.to_path(), problem })
}
