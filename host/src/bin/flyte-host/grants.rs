//! What an operator grants on the command line.

use std::path::{Path, PathBuf};

use clap::Args;
use flyte_host::rights::{Capability, Granted, Grants, GuestPath, NetTarget};

use crate::diagnosis::Diagnosis;

/// Options that grant rights. A task gets what it declares of them, and never more than the task that invokes it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Rights")]
pub(crate) struct GrantArgs {
    /// Let tasks read below a directory; they see it at its absolute path, or as GUEST_DIR. Repeatable
    #[arg(long, value_name = "DIR[:GUEST_DIR]", value_parser = directory)]
    pub allow_read: Vec<GrantedDir>,
    /// Let tasks read and change what is below a directory. Repeatable
    #[arg(long, value_name = "DIR[:GUEST_DIR]", value_parser = directory)]
    pub allow_write: Vec<GrantedDir>,
    /// Let tasks see an environment variable. Without VALUE it is this process's, and kept secret: it is masked
    /// in logs and messages. Repeatable
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = variable)]
    pub allow_env: Vec<GrantedVariable>,
    /// Let tasks connect to a host and resolve its name: a name, an address, or * for all public ones. A name
    /// never leads to a private address. Repeatable
    #[arg(long, value_name = "HOST[:PORT]", value_parser = NetTarget::parse)]
    pub allow_net: Vec<NetTarget>,
}

/// A directory, and where guests see it.
#[derive(Debug, Clone)]
pub(crate) struct GrantedDir {
    host: PathBuf,
    guest: GuestPath,
}

/// A variable; without a value, this process's own.
#[derive(Debug, Clone)]
pub(crate) struct GrantedVariable {
    name: String,
    value: Option<String>,
}

impl GrantArgs {
    /// Opens what is granted.
    pub(crate) fn granted(&self) -> Result<Granted, Diagnosis> {
        let mut grants = Grants::new();
        for dir in &self.allow_read {
            grants = grants.read(&dir.host, dir.guest.clone());
        }
        for dir in &self.allow_write {
            grants = grants.write(&dir.host, dir.guest.clone());
        }
        for GrantedVariable { name, value } in &self.allow_env {
            grants = match value {
                Some(value) => grants.env(name, value),
                None => grants.secret(name, own_variable(name)?),
            };
        }
        for target in &self.allow_net {
            grants = grants.net(target.clone());
        }
        grants.open().map_err(|error| Diagnosis::usage(error.to_string()))
    }
}

impl GrantArgs {
    /// Grants more, too: what was given in this directory.
    pub(crate) fn extend(&mut self, more: &Self, directory: &Path) {
        let here = |dirs: &[GrantedDir]| -> Vec<GrantedDir> {
            let absolute =
                |dir: &GrantedDir| GrantedDir { host: directory.join(&dir.host), guest: dir.guest.clone() };
            dirs.iter().map(absolute).collect()
        };
        self.allow_read.extend(here(&more.allow_read));
        self.allow_write.extend(here(&more.allow_write));
        self.allow_env.extend(more.allow_env.iter().cloned());
        self.allow_net.extend(more.allow_net.iter().cloned());
    }
}

/// The option that grants a capability, as it could be typed.
pub(crate) fn option(capability: &Capability) -> String {
    let argument = capability.argument();
    match capability {
        Capability::Read(_) | Capability::Write(_) => format!("{} DIR:{argument}", capability.option()),
        _ if argument.contains('*') => format!("{} '{argument}'", capability.option()),
        _ => format!("{} {argument}", capability.option()),
    }
}

fn own_variable(name: &str) -> Result<String, Diagnosis> {
    let Some(value) = std::env::var_os(name) else {
        return Err(Diagnosis::usage(format!("`--allow-env {name}`: the variable is not set"))
            .hint(format!("`--allow-env {name}=VALUE` gives it a value")));
    };
    value.into_string().map_err(|_| Diagnosis::usage(format!("`--allow-env {name}`: its value is not UTF-8")))
}

fn directory(text: &str) -> Result<GrantedDir, String> {
    let (host, guest) = match text.rsplit_once(':') {
        Some((host, guest)) => (host, Some(guest)),
        None => (text, None),
    };
    if host.is_empty() {
        return Err("the directory is missing".to_owned());
    }
    let guest = match guest {
        Some(guest) => GuestPath::parse(guest),
        None => {
            let path = std::path::absolute(Path::new(host)).map_err(|error| error.to_string())?;
            let path = path.to_str().ok_or("its path is not UTF-8: give GUEST_DIR too")?;
            GuestPath::parse(path).or_else(|wrong| {
                // `..` in the middle: what it leads to is for the file system to say.
                let path = Path::new(path).canonicalize().map_err(|_| wrong.clone())?;
                path.to_str().map_or(Err(wrong), GuestPath::parse)
            })
        }
    };
    Ok(GrantedDir { host: host.into(), guest: guest.map_err(|wrong| wrong.to_string())? })
}

fn variable(text: &str) -> Result<GrantedVariable, String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    Capability::env(name).map_err(|wrong| wrong.to_string())?;
    Ok(GrantedVariable { name: name.to_owned(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_seen_at_its_own_place_or_another() {
        let parsed = |text: &str| directory(text).map(|dir| dir.guest.to_string());
        assert_eq!(parsed("/srv/in:/data").as_deref(), Ok("/data"));
        assert_eq!(parsed("/srv/in/").as_deref(), Ok("/srv/in"));
        assert!(parsed("in").unwrap().ends_with("/in"));
        assert!(parsed("").is_err() && parsed(":/data").is_err() && parsed("/srv:data").is_err());
    }

    #[test]
    fn a_variable_has_a_value_or_is_this_processs() {
        assert_eq!(variable("A=b=c").unwrap().value.as_deref(), Some("b=c"));
        assert_eq!(variable("A").unwrap().value, None);
        assert!(variable("").is_err() && variable("=b").is_err());
    }
}
