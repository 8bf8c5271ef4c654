//! The inputs of a task, put together from flags.

use indexmap::IndexMap;

use crate::record::json::Json;
use crate::record::level::{self, Level};
use crate::record::path::{FieldPath, Step};
use crate::record::schema::name::article;
use crate::record::{MAX_DEPTH, reader};

/// The inputs object of a task in the making.
///
/// The order of the calls does not matter: a field set by [`set_path`](Self::set_path) lies over the parameter given by
/// [`set`](Self::set), and that over the parameter given among all by [`merge_all`](Self::merge_all). Whatever is not
/// replaced keeps its text.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    parameters: IndexMap<String, Layers>,
}

/// What was given for one parameter.
#[derive(Clone, Debug, Default)]
struct Layers {
    among_all: Option<Json>,
    own: Option<Json>,
    fields: Vec<(Vec<String>, Json)>,
}

/// A value that cannot be put where it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// The same place was given twice.
    #[error("`{path}` is given twice")]
    Twice {
        /// The place.
        path: FieldPath,
    },
    /// A field of something that has none.
    #[error("`{path}` has no fields to set: it is {found}")]
    NoFields {
        /// The value that was to have the field.
        path: FieldPath,
        /// What it is.
        found: &'static str,
    },
    /// An index that an array does not have.
    #[error("`{path}` has no item `{step}`; it has {length}")]
    NoSuchItem {
        /// The array.
        path: FieldPath,
        /// What was asked for.
        step: String,
        /// How many items it has.
        length: usize,
    },
    /// All inputs at once must be an object.
    #[error("all inputs together must be an object, got {found}")]
    NotInputs {
        /// What it is.
        found: &'static str,
    },
    /// The value would nest too deep.
    #[error("`{path}` nests too deep; at most {MAX_DEPTH} levels are allowed")]
    TooDeep {
        /// The place.
        path: FieldPath,
    },
}

impl Draft {
    /// No inputs yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing was given yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// Whether anything was given for a parameter.
    #[must_use]
    pub fn has(&self, parameter: &str) -> bool {
        self.parameters.contains_key(parameter)
    }

    /// Gives a parameter its value.
    ///
    /// # Errors
    /// It was set before, or is nothing that the fields set so far can be fields of.
    pub fn set(&mut self, parameter: &str, value: Json) -> Result<(), DraftError> {
        if self.parameters.get(parameter).is_some_and(|layers| layers.own.is_some()) {
            return Err(DraftError::Twice { path: path(&[parameter]) });
        }
        self.change(parameter, |layers| layers.own = Some(value))
    }

    /// Sets one field inside a parameter: `["batch", "batch_id"]`. Objects that are missing on the way are made; an
    /// array is entered by an index that it has, or the next one.
    ///
    /// # Errors
    /// The place was set before, or something on the way has no fields.
    pub fn set_path(&mut self, steps: &[&str], value: Json) -> Result<(), DraftError> {
        let (parameter, fields) = match steps {
            [] => return self.merge_all(&value),
            [parameter] => return self.set(parameter, value),
            [parameter, fields @ ..] => (*parameter, fields),
        };
        let fields: Vec<String> = fields.iter().map(|&field| field.to_owned()).collect();
        let given = self.parameters.get(parameter).map(|layers| &layers.fields[..]).unwrap_or_default();
        // A field inside a field that is given itself, or around one, is as ambiguous as the same field.
        if given.iter().any(|(other, _)| other.starts_with(&fields) || fields.starts_with(other)) {
            return Err(DraftError::Twice { path: path(steps) });
        }
        self.change(parameter, |layers| layers.fields.push((fields, value)))
    }

    /// Gives many parameters at once; what is given for one alone, before or after, lies over it.
    ///
    /// # Errors
    /// `inputs` is no object, gives a parameter that was given so before, or gives one that is nothing that the fields set
    /// so far can be fields of.
    pub fn merge_all(&mut self, inputs: &Json) -> Result<(), DraftError> {
        let Level::Object(members) = level::open(inputs.as_str()) else {
            return Err(DraftError::NotInputs { found: article(inputs.kind()) });
        };
        // All of them or, on an error, none.
        let mut merged = self.clone();
        for (name, value) in members {
            if merged.parameters.get(&name).is_some_and(|layers| layers.among_all.is_some()) {
                return Err(DraftError::Twice { path: path(&[&name]) });
            }
            let value = Json::trusted(value);
            merged.change(&name, |layers| layers.among_all = Some(value))?;
        }
        *self = merged;
        Ok(())
    }

    /// The inputs object.
    #[must_use]
    pub fn finish(self) -> Json {
        let members: Vec<(String, String)> = self
            .parameters
            .iter()
            .map(|(name, layers)| {
                // Every change was tried when it was made.
                let value = layers.flatten(name).unwrap_or_else(|_| Json::null());
                (name.clone(), value.into())
            })
            .collect();
        Json::trusted(level::object(&members))
    }

    /// Changes what is given for a parameter, if the whole then still makes sense.
    fn change(&mut self, parameter: &str, change: impl FnOnce(&mut Layers)) -> Result<(), DraftError> {
        let mut layers = self.parameters.get(parameter).cloned().unwrap_or_default();
        change(&mut layers);
        let value = layers.flatten(parameter)?;
        // It will stand one level deeper than it does by itself.
        if reader::validate(&format!("[{value}]")).is_err() {
            return Err(DraftError::TooDeep { path: path(&[parameter]) });
        }
        self.parameters.insert(parameter.to_owned(), layers);
        Ok(())
    }
}

impl Layers {
    /// The value that all layers make together.
    fn flatten(&self, parameter: &str) -> Result<Json, DraftError> {
        let base = self.own.as_ref().or(self.among_all.as_ref()).map(Json::as_str);
        let mut text = base.map(str::to_owned);
        for (fields, value) in &self.fields {
            let mut way = vec![parameter];
            text = Some(replaced(text.as_deref(), fields, value, &mut way)?);
        }
        let text = text.unwrap_or_else(|| "null".to_owned());
        reader::validate(&text).map_err(|_| DraftError::TooDeep { path: path(&[parameter]) })?;
        Ok(Json::trusted(text))
    }
}

/// The text of a value in which one field is another; only the levels on the way are written anew.
fn replaced<'w>(
    base: Option<&str>,
    fields: &'w [String],
    value: &Json,
    way: &mut Vec<&'w str>,
) -> Result<String, DraftError> {
    let Some((field, below)) = fields.split_first() else { return Ok(value.as_str().to_owned()) };
    if way.len() > MAX_DEPTH {
        return Err(DraftError::TooDeep { path: path(way) });
    }
    let level = match base {
        None => Level::Object(Vec::new()),
        Some(text) => level::open(text),
    };
    let here = path(way);
    way.push(field);
    match level {
        Level::Object(mut members) => {
            let known = members.iter().position(|(name, _)| name == field);
            let old = known.map(|index| members[index].1.as_str());
            let new = replaced(old, below, value, way)?;
            match known {
                Some(index) => members[index].1 = new,
                None => members.push((field.clone(), new)),
            }
            Ok(level::object(&members))
        }
        Level::Array(mut items) => {
            let index = field.parse::<usize>().ok().filter(|&index| index <= items.len());
            let Some(index) = index else {
                return Err(DraftError::NoSuchItem { path: here, step: field.clone(), length: items.len() });
            };
            let new = replaced(items.get(index).map(String::as_str), below, value, way)?;
            if index == items.len() {
                items.push(new);
            } else {
                items[index] = new;
            }
            Ok(level::array(&items))
        }
        Level::Scalar(kind) => Err(DraftError::NoFields { path: here, found: article(kind) }),
    }
}

fn path(steps: &[&str]) -> FieldPath {
    let step = |&step: &&str| step.parse().map_or_else(|_| Step::Field(step.to_owned()), Step::Index);
    steps.iter().map(step).collect()
}
