//! Which parameter of a step takes the output of the step before.

use flyte_host::component::{FeedError, Task, feed_named, feed_parameter};

use crate::diagnosis::{Diagnosis, of_input};
use crate::task_line::flags::Given;

/// The parameter that `--param -` names or, without, the one that fits.
pub(crate) fn parameter(producer: &Task, consumer: &Task, given: &Given) -> Result<String, Diagnosis> {
    let fed = match &given.fed {
        Some(named) => feed_named(producer, consumer, named).map(|()| named.clone()),
        None => {
            let names: Vec<&str> = given.names.iter().map(String::as_str).collect();
            feed_parameter(producer, consumer, &names).map(|parameter| parameter.name.clone())
        }
    };
    fed.map_err(|error| diagnosis(&error, given))
}

fn diagnosis(error: &FeedError, given: &Given) -> Diagnosis {
    if !given.complaints().is_empty() {
        // Which parameter is left cannot be told before the flags are right.
        return of_input(&error.consumer, given.complaints());
    }
    let text = error.to_string();
    let mut lines = text.lines();
    let diagnosis = Diagnosis::usage(lines.next().unwrap_or_default()).lines(lines.map(str::to_owned));
    match error.candidates.first() {
        Some(first) => diagnosis.hint(format!("`--{first} -` names the parameter that takes the output")),
        None => diagnosis,
    }
}
