//! The flags of one step, made into the task's inputs.

use std::path::Path;

use flyte_host::component::Task;
use flyte_host::record::{Draft, InputError, Problem, Schema};

use crate::diagnosis::{self, Complaint, Diagnosis, missing_parameter};
use crate::task_line::place::{self, Place};
use crate::task_line::tokens::{Flag, THEN, Tokens, host_option};
use crate::value::Values;

/// Reads the flags of one step.
pub(crate) struct Flags<'t> {
    pub task: &'t Task,
    pub component: &'t Path,
    /// Whether it is the first step of the chain: there `-` is standard input.
    pub first: bool,
}

/// What the flags of a step give.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub draft: Draft,
    /// The parameters that have a value, or a value in one of their fields.
    pub names: Vec<String>,
    /// The parameter that `--param -` names for the output of the step before.
    pub fed: Option<String>,
    /// Whether `--inputs` was given.
    has_all: bool,
    complaints: Vec<Complaint>,
    /// The lists of which an item was set by path, and the flag that did it.
    items: Vec<(String, String)>,
}

/// What a flag without a place of its own is.
enum Special {
    Help,
    Inputs,
}

impl Flags<'_> {
    /// Reads up to the next `then` or the end. `None`: the task's help is asked for.
    pub(crate) fn read(&self, tokens: &mut Tokens<'_>, values: &mut Values) -> Result<Option<Given>, Diagnosis> {
        let mut given = Given::default();
        while let Some(word) = tokens.next() {
            if word == THEN {
                return if tokens.is_empty() {
                    Err(Diagnosis::usage("`then` is followed by no task"))
                } else {
                    Ok(Some(given))
                };
            }
            if word == "-h" {
                return Ok(None);
            }
            let Some(flag) = Flag::of(word) else {
                given.complain(self.stray(word));
                continue;
            };
            match self.special(&flag) {
                Some(Special::Help) => return Ok(None),
                Some(Special::Inputs) => self.read_all(&flag, tokens, values, &mut given),
                None => self.read_flag(&flag, tokens, values, &mut given),
            }
        }
        Ok(Some(given))
    }

    /// A parameter of the same name comes before a flag that every task has.
    fn special(&self, flag: &Flag<'_>) -> Option<Special> {
        let special = match flag.name {
            "help" => Special::Help,
            "inputs" => Special::Inputs,
            _ => return None,
        };
        self.task.inputs().get(flag.name).is_none().then_some(special)
    }

    fn read_all(&self, flag: &Flag<'_>, tokens: &mut Tokens<'_>, values: &mut Values, given: &mut Given) {
        let Some(text) = flag.value.or_else(|| tokens.next()) else {
            given.complain(Complaint::new("--inputs", "has no value; it takes an object with all parameters"));
            return;
        };
        if !self.first && text == "-" {
            given.complain(Complaint::new(
                "--inputs",
                "the output of the step before can only be one parameter's value",
            ));
            return;
        }
        if std::mem::replace(&mut given.has_all, true) {
            return given.complain(Complaint::new("--inputs", "is given twice"));
        }
        match values.read_json("--inputs", text) {
            Ok(inputs) => {
                given.names.extend(
                    self.task.inputs().iter().filter(|p| has_member(&inputs, &p.name)).map(|p| p.name.clone()),
                );
                if let Err(error) = given.draft.merge_all(&inputs) {
                    given.complain(Complaint::new("--inputs", error.to_string()));
                }
            }
            Err(complaint) => given.complain(complaint),
        }
    }

    fn read_flag(&self, flag: &Flag<'_>, tokens: &mut Tokens<'_>, values: &mut Values, given: &mut Given) {
        let dashed = format!("--{}", flag.name);
        let place = match place::find(self.task, flag.name) {
            Ok(place) => place,
            Err(reason) => return self.read_unknown(flag, reason, tokens, given),
        };
        let text = match flag.value {
            Some(text) => text,
            None if place.is_switch() => match tokens.peek() {
                // No word stands alone in a step, so this one is meant as the value.
                Some(next) if next == "-" || !(next.starts_with('-') || next == THEN) => self.taken(tokens, next),
                _ => "true",
            },
            None => match tokens.peek() {
                Some(next) if !self.is_flag(next) => self.taken(tokens, next),
                next => {
                    given.complain(self.without_value(&dashed, &place.schema, next));
                    given.names.push(place.parameter().to_owned());
                    return;
                }
            },
        };
        self.put(&dashed, place, text, values, given);
    }

    fn taken<'l>(&self, tokens: &mut Tokens<'l>, word: &'l str) -> &'l str {
        tokens.next().unwrap_or(word)
    }

    fn put(&self, dashed: &str, place: Place, text: &str, values: &mut Values, given: &mut Given) {
        let parameter = place.parameter().to_owned();
        let given_before = given.names.contains(&parameter);
        given.names.push(parameter.clone());
        let feeds = !self.first && text == "-";
        let clash = match &given.fed {
            _ if feeds && place.path.len() > 1 => {
                Some("the output of the step before can only be a whole parameter's value".to_owned())
            }
            Some(fed) if *fed == parameter => Some(format!("`{parameter}` is the output of the step before")),
            Some(fed) if feeds => Some(format!("the output of the step before already goes to `--{fed}`")),
            _ if feeds && given_before => Some(format!("`{parameter}` has a value already")),
            _ => None,
        };
        if let Some(reason) = clash {
            return given.complain(Complaint::new(dashed, reason));
        }
        if feeds {
            given.fed = Some(parameter);
            return;
        }
        let value = match values.read(dashed, text, &place.schema) {
            Ok(value) => value,
            Err(complaint) => {
                given.complain(complaint);
                return;
            }
        };
        let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
        let set = match path[..] {
            [parameter] => given.draft.set(parameter, value),
            _ => given.draft.set_path(&path, value),
        };
        if let Err(error) = set {
            given.complain(Complaint::new(dashed, error.to_string()));
        }
        given.items.extend(place.lists.into_iter().map(|list| (list, dashed.to_owned())));
    }

    /// `--no-flag`, an option of the host in the wrong place, or nothing known.
    fn read_unknown(&self, flag: &Flag<'_>, reason: String, tokens: &mut Tokens<'_>, given: &mut Given) {
        let dashed = format!("--{}", flag.name);
        let negated = flag.name.strip_prefix("no-").or_else(|| flag.name.strip_prefix("no_"));
        if let Some(place) = negated.and_then(|name| place::find(self.task, name).ok()) {
            if !place.is_switch() {
                let type_name = place.schema.type_name();
                given.complain(Complaint::new(
                    dashed,
                    format!("`{}` is no boolean: it is {type_name}", place.path.join(".")),
                ));
            } else if flag.value.is_some() {
                given.complain(Complaint::new(dashed, "takes no value"));
            } else {
                // False needs nothing from outside.
                self.put(&dashed, place, "false", &mut Values::new(|_| (), None), given);
            }
            return;
        }
        let option = host_option(&dashed).filter(|option| *option == dashed);
        given.complain(match option {
            Some(option) => Complaint::new(dashed, "unknown flag")
                .hint(format!("`{option}` is an option of flyte-host: it goes before all other arguments")),
            None => Complaint::new(dashed, reason),
        });
        // Its value, most likely: one complaint is enough.
        if flag.value.is_none() && tokens.peek().is_some_and(|next| next != THEN && !next.starts_with("--")) {
            tokens.next();
        }
    }

    /// Whether a word is a flag of this task, so that it is hardly meant as the value of another.
    fn is_flag(&self, word: &str) -> bool {
        Flag::of(word).is_some_and(|flag| {
            let name = flag.name;
            name == "help" || name == "inputs" || place::find(self.task, name).is_ok()
        })
    }

    fn without_value(&self, dashed: &str, schema: &Schema, next: Option<&str>) -> Complaint {
        let complaint = Complaint::new(dashed, format!("has no value; it takes {}", schema.type_name()));
        match next {
            Some(next) => {
                complaint.hint(format!("if `{next}` is the value of `{dashed}`, write `{dashed}={next}`"))
            }
            None => complaint,
        }
    }

    fn stray(&self, word: &str) -> Complaint {
        let shown: String = word.chars().take(40).collect();
        let cut = if shown.len() < word.len() { "…" } else { "" };
        let complaint = Complaint::new("", format!("`{shown}{cut}` belongs to no flag"));
        match host_option(word).filter(|_| word.len() == 2) {
            Some(option) => complaint.hint(format!(
                "`{word}` is short for `{option}`, an option of flyte-host: it goes before all other arguments"
            )),
            None => complaint.hint(self.example()),
        }
    }

    fn example(&self) -> String {
        let name = self.task.inputs().iter().next().map_or("PARAM", |parameter| parameter.name.as_str());
        format!("values are given with flags, such as `--{name} VALUE`; {}", self.see_help())
    }

    /// Checks what is given; the parameter `fed` gets its value later.
    ///
    /// # Errors
    /// Everything that is wrong with it, complaints about single flags first.
    pub(crate) fn check(&self, given: &Given, fed: Option<&str>) -> Result<(), Diagnosis> {
        let mut complaints = given.complaints.clone();
        // A flag that could not be read has no value: that it is missing, too, would be said twice.
        if let Err(InputError::Fields { violations, more }) =
            self.task.inputs().check(given.draft.clone().finish().as_str())
        {
            for violation in &violations {
                let parameter = violation.path.to_string();
                let is_missing = missing_parameter(violation);
                if is_missing && (Some(parameter.as_str()) == fed || given.names.contains(&parameter)) {
                    continue;
                }
                // Where no list was given, the path has made an object of it.
                let item = given.items.iter().find(|(list, _)| *list == parameter);
                if let (Some((list, dashed)), Problem::WrongType { .. }) = (item, &violation.problem) {
                    let reason = format!("list items cannot be set by path; give `--{list}` as JSON");
                    complaints.push(Complaint::new(dashed, reason));
                    continue;
                }
                let complaint = Complaint::violation(violation);
                complaints.push(match is_missing && given.complaints.is_empty() {
                    true => complaint.hint(self.see_help()),
                    false => complaint,
                });
            }
            if more > 0 {
                complaints.push(Complaint::new("", format!("and {more} more")));
            }
        }
        if complaints.is_empty() { Ok(()) } else { Err(diagnosis::of_input(self.task.name(), &complaints)) }
    }

    fn see_help(&self) -> String {
        format!("`flyte-host run {} {} --help` shows the task's flags", self.component.display(), self.task.name())
    }
}

impl Given {
    /// Takes an earlier run's inputs for what is not given, unless all are.
    pub(crate) fn start_from(&mut self, earlier: &flyte_host::record::Json) {
        if !self.has_all
            && let Err(error) = self.draft.merge_all(earlier)
        {
            self.complain(Complaint::new("", error.to_string()));
        }
    }

    fn complain(&mut self, complaint: Complaint) {
        self.complaints.push(complaint);
    }

    /// What is wrong with single flags.
    pub(crate) fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }
}

fn has_member(inputs: &flyte_host::record::Json, name: &str) -> bool {
    inputs
        .to::<std::collections::HashMap<String, serde::de::IgnoredAny>>()
        .is_ok_and(|members| members.contains_key(name))
}
