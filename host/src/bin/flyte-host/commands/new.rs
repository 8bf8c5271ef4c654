//! `flyte-host new DIR --lang LANGUAGE`.

use flyte_host::build::{Project, ProjectError, ProjectLanguage};

use crate::args::{NewArgs, NewLanguage};
use crate::diagnosis::Diagnosis;
use crate::printer::Printer;

/// Makes a project and says how to run it.
pub(crate) fn execute(args: &NewArgs, printer: Printer) -> Result<(), Diagnosis> {
    let language = match args.lang {
        NewLanguage::Rust => ProjectLanguage::Rust,
        NewLanguage::Python => ProjectLanguage::Python,
        NewLanguage::Javascript => ProjectLanguage::JavaScript,
    };
    if args.sdk.is_some() && language != ProjectLanguage::Rust {
        let diagnosis = Diagnosis::usage("`--sdk` is for Rust: the other SDKs are part of this program");
        return Err(diagnosis);
    }
    let project = Project { dir: args.dir.clone(), language, name: args.name.clone(), sdk: args.sdk.clone() };
    project.create().map_err(diagnosis)?;
    printer.note(&format!("made {}; next:", args.dir.display()));
    if args.dir.as_os_str() != "." {
        printer.note(&format!("  cd {}", args.dir.display()));
    }
    printer.note(&format!("  flyte-host run {} survey --documents @documents.json", language.component()));
    Ok(())
}

fn diagnosis(error: ProjectError) -> Diagnosis {
    let diagnosis = Diagnosis::usage(error.to_string()).causes_of(&error);
    match error {
        ProjectError::Taken { .. } => {
            diagnosis.hint("nothing is written over what is there; give another directory")
        }
        ProjectError::Name { .. } => diagnosis.hint("`--name NAME` gives another one than the directory's"),
        ProjectError::NoSdk => {
            diagnosis.hint("add `--sdk DIR`, where DIR is the directory `guest-sdk/rust` in a clone of flyte-host")
        }
        ProjectError::Sdk { .. } => {
            diagnosis.hint("`--sdk DIR` is the directory `guest-sdk/rust` in a clone of flyte-host")
        }
        _ => diagnosis,
    }
}
