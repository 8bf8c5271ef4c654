//! What the command line grants to tasks.

use std::path::{Path, PathBuf};

use flyte_host::rights::{CapabilityError, Granted, Grants, GuestPath, NetTarget};

use crate::diagnosis::Diagnosis;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Rights")]
pub(crate) struct GrantArgs {
    /// Let tasks read below this directory, which they see as `GUEST_DIR`. Repeatable
    #[arg(long, value_name = "DIR[:GUEST_DIR]")]
    pub allow_read: Vec<String>,
    /// Let tasks read and change what is below this directory. Repeatable
    #[arg(long, value_name = "DIR[:GUEST_DIR]")]
    pub allow_write: Vec<String>,
    /// Let tasks see an environment variable. Repeatable
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub allow_env: Vec<String>,
    /// Let tasks connect to a host. Repeatable
    #[arg(long, value_name = "HOST[:PORT]")]
    pub allow_net: Vec<String>,
}

impl GrantArgs {
    pub(crate) fn granted(&self) -> Result<Granted, Diagnosis> {
        let mut grants = Grants::new();
        for text in &self.allow_read {
            let (host, guest) = directory(text).map_err(refused)?;
            grants = grants.read(host, guest);
        }
        for text in &self.allow_write {
            let (host, guest) = directory(text).map_err(refused)?;
            grants = grants.write(host, guest);
        }
        for text in &self.allow_env {
            grants = match text.split_once('=') {
                Some((name, value)) => grants.secret(name, value),
                None => match std::env::var(text) {
                    Ok(value) => grants.secret(text, value),
                    Err(_) => return Err(Diagnosis::usage(format!("the variable `{text}` is not set"))),
                },
            };
        }
        for text in &self.allow_net {
            grants = grants.net(NetTarget::parse(text).map_err(refused)?);
        }
        grants.open().map_err(refused)
    }
}

fn directory(text: &str) -> Result<(PathBuf, GuestPath), CapabilityError> {
    match text.split_once(':') {
        Some((host, guest)) => Ok((host.into(), GuestPath::parse(guest)?)),
        None => Ok((Path::new(text).into(), GuestPath::parse(text)?)),
    }
}

fn refused(error: impl ToString) -> Diagnosis {
    Diagnosis::usage(error.to_string())
}
