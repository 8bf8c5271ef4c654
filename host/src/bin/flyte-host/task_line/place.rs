//! Which value a flag's name means: a parameter, or a field inside one.

use flyte_host::component::Task;
use flyte_host::record::{Parameter, Schema, Shape, nearest};

/// A parameter, or a field inside one.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// From the parameter down, in the schemas' own spelling.
    pub path: Vec<String>,
    /// What a value there must be.
    pub schema: Schema,
    /// The lists on the way of which an item is meant.
    pub lists: Vec<String>,
}

impl Place {
    fn of(parameter: &Parameter) -> Self {
        let (path, schema) = (vec![parameter.name.clone()], parameter.schema.clone());
        Self { path, schema, lists: Vec::new() }
    }

    /// The parameter that it is, or is in.
    pub(crate) fn parameter(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }

    /// Whether it takes true or false.
    pub(crate) fn is_switch(&self) -> bool {
        is_boolean(&self.schema)
    }
}

fn is_boolean(schema: &Schema) -> bool {
    match schema.shape() {
        Shape::Boolean => true,
        Shape::Nullable(inner) => is_boolean(&inner),
        _ => false,
    }
}

/// What `name`, `param.field.field`, means for `task`. Dashes stand for underscores.
///
/// # Errors
/// What is wrong with the name, as a phrase.
pub(crate) fn find(task: &Task, name: &str) -> Result<Place, String> {
    // A parameter whose own name has a dot in it comes before the field of another.
    if let Some(parameter) = task.inputs().get(name) {
        return Ok(Place::of(parameter));
    }
    let mut steps = name.split('.');
    let first = steps.next().unwrap_or_default();
    let Some(parameter) = task.inputs().get(first) else {
        return Err(unknown_parameter(task, first));
    };
    let mut place = Place::of(parameter);
    for step in steps {
        let (name, schema) = inside(&place, step)?;
        if matches!(not_null(&place.schema), Shape::List(_) | Shape::Tuple(_)) {
            place.lists.push(place.path.join("."));
        }
        place.path.push(name);
        place.schema = schema;
    }
    Ok(place)
}

fn not_null(schema: &Schema) -> Shape {
    match schema.shape() {
        Shape::Nullable(inner) => not_null(&inner),
        shape => shape,
    }
}

fn inside(place: &Place, step: &str) -> Result<(String, Schema), String> {
    let within = place.path.join(".");
    if let Some(property) = place.schema.property(step) {
        return Ok((property.name, property.schema));
    }
    let index = step.parse::<usize>().ok();
    match not_null(&place.schema) {
        Shape::Map(Some(values)) => return Ok((step.to_owned(), values)),
        Shape::Any => return Ok((step.to_owned(), place.schema.clone())),
        // Whether there may be such a key, and with what value, the check of the whole tells.
        Shape::Map(None) => {
            if let Ok(any) = Schema::compile("true") {
                return Ok((step.to_owned(), any));
            }
        }
        Shape::List(Some(items)) if index.is_some() => return Ok((step.to_owned(), items)),
        Shape::Tuple(items) => {
            if let Some(item) = index.and_then(|index| items.into_iter().nth(index)) {
                return Ok((step.to_owned(), item));
            }
        }
        Shape::Union { alternatives, .. } if alternatives.iter().any(|one| !one.properties().is_empty()) => {
            return Err(format!("a field of an enum cannot be set by path; give `--{within}` as JSON"));
        }
        _ => {}
    }
    let properties = place.schema.properties();
    if properties.is_empty() {
        return Err(format!("`{within}` has no fields to set: it is {}", place.schema.type_name()));
    }
    Err(match nearest(step, properties.iter().map(|property| property.name.as_str())) {
        Some(name) => format!("`{within}` has no field `{step}`; did you mean `--{within}.{name}`?"),
        None => {
            let names: Vec<String> = properties.iter().map(|property| format!("`{}`", property.name)).collect();
            format!("`{within}` has no field `{step}`; its fields are {}", names.join(", "))
        }
    })
}

fn unknown_parameter(task: &Task, name: &str) -> String {
    if let Some(name) = task.inputs().nearest(name) {
        return format!("unknown flag; did you mean `--{name}`?");
    }
    let flags: Vec<String> = task.inputs().iter().map(|parameter| format!("--{}", parameter.name)).collect();
    match flags.len() {
        0 => format!("unknown flag; `{}` takes none", task.name()),
        1..=12 => format!("unknown flag; the flags are {}", flags.join(", ")),
        number => format!("unknown flag; there are {number} flags"),
    }
}
