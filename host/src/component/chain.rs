//! Which parameter of the next task takes the output of the one before.

use crate::component::Task;
use crate::record::{Mismatch, Parameter};

/// Why an output can't be fed to the next task of a chain.
#[derive(Debug, thiserror::Error)]
#[error("the output of `{producer}` ({output}) cannot be fed to `{consumer}`: {reason}", reason = self.reason())]
pub struct FeedError {
    /// The task whose output it is.
    pub producer: String,
    /// The output's type, for people.
    pub output: String,
    /// The task to feed.
    pub consumer: String,
    /// The parameters that could take it; none, or more than one.
    pub candidates: Vec<String>,
    /// Why the others can't, each with the path.
    pub refused: Vec<String>,
}

impl FeedError {
    fn reason(&self) -> String {
        if !self.candidates.is_empty() {
            return format!("several parameters could take it: {}", self.candidates.join(", "));
        }
        if self.refused.is_empty() {
            return "it has no parameter left without a value".to_owned();
        }
        let lines: Vec<String> = self.refused.iter().map(|why| format!("\n  {why}")).collect();
        format!("no parameter takes it{}", lines.concat())
    }
}

/// The one parameter of `consumer` that `producer`'s output is meant for: of the required parameters that are
/// not in `given`, the one whose schema accepts it. Where the consumer has no such required parameter, the same
/// is asked of the optional ones.
///
/// # Errors
/// [`FeedError`] where none or several accept it, listing them.
pub fn feed_parameter<'t>(producer: &Task, consumer: &'t Task, given: &[&str]) -> Result<&'t Parameter, FeedError> {
    let mut refused = Vec::new();
    for required in [true, false] {
        let open = consumer.inputs().iter().filter(|p| p.required == required && !given.contains(&p.name.as_str()));
        let mut candidates = Vec::new();
        for parameter in open {
            match parameter.schema.accepts(producer.output()) {
                Ok(()) => candidates.push(parameter),
                Err(mismatch) => refused.push(mismatch.within(&parameter.name).to_string()),
            }
        }
        match candidates[..] {
            [only] => return Ok(only),
            [] if required && refused.is_empty() => {}
            _ => {
                let candidates = candidates.iter().map(|p| p.name.clone()).collect();
                return Err(feed_error(producer, consumer, candidates, refused));
            }
        }
    }
    Err(feed_error(producer, consumer, Vec::new(), refused))
}

/// Checks that the parameter `name` of `consumer` takes `producer`'s output.
///
/// # Errors
/// [`FeedError`] where the types don't fit.
pub fn feed_named(producer: &Task, consumer: &Task, name: &str) -> Result<(), FeedError> {
    let Some(parameter) = consumer.inputs().get(name) else { return Ok(()) };
    let fits = parameter.schema.accepts(producer.output());
    let refused = |why: Mismatch| vec![why.within(name).to_string()];
    fits.map_err(|why| feed_error(producer, consumer, Vec::new(), refused(why)))
}

fn feed_error(producer: &Task, consumer: &Task, candidates: Vec<String>, refused: Vec<String>) -> FeedError {
    FeedError {
        producer: producer.name().to_owned(),
        output: producer.output().type_name(),
        consumer: consumer.name().to_owned(),
        candidates,
        refused,
    }
}
