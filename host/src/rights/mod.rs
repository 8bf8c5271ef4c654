//! Rights: what a task may use outside its sandbox.
//!
//! A task has nothing by default. It *declares* what it needs, the operator *grants* what it may have, and a child never
//! has more than its parent: the effective rights are parent ∩ declared ∩ granted. Nothing here opens, connects or
//! reads anything but the directories that are granted.

mod capability;
mod denial;
mod effective;
mod grants;
mod net;
mod path;
mod secrets;

pub use capability::{Capability, Right};
pub use denial::{Denial, Withheld};
pub use effective::{ActionRights, Explained, FileRight, Rights};
pub use grants::{Directory, GrantError, Granted, Grants, Variable};
pub use net::{NetHost, NetTarget, is_public};
pub use path::GuestPath;
pub use secrets::Secrets;

/// Why a capability's text can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CapabilityError {
    /// A guest's path has to be absolute, without `..`, and plain text.
    #[error("`{0}` is no guest path: it starts with `/` and has no `..`")]
    Path(String),
    /// A variable's name is empty or holds `=` or a control character.
    #[error("`{0}` is no name of an environment variable")]
    Variable(String),
    /// Neither a name nor an address, or no port where a port should be.
    #[error("`{0}` is no network target: write HOST, HOST:PORT, 10.0.0.7:5432, [::1]:80 or *")]
    Net(String),
}
