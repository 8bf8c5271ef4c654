//! A fault of the host in a call of a guest.

use std::error::Error;

/// Ends a guest whose call the host can't answer, where any answer would be false. Neither the task nor its inputs are
/// to blame.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct HostFault(String);

impl HostFault {
    /// For this reason.
    pub(crate) fn new(reason: impl Error) -> Self {
        Self(reason.to_string())
    }
}
