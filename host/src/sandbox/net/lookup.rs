//! Name lookup for guests.

use std::net::IpAddr;
use std::sync::Arc;
use std::vec;

use crate::rights::NetHost;
use crate::sandbox::net::resolver::well_known;
use crate::sandbox::net::{Network, policy};

/// Why a guest's lookup found nothing; the kinds that WASI tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookupError {
    /// No right means the name.
    Denied,
    /// It is no name.
    Invalid,
    /// The name has no addresses.
    NotFound,
    /// The guest waits for too many names already.
    TooMany,
}

/// A lookup that was allowed.
pub(super) enum Lookup {
    /// Nobody has to be asked.
    Known(vec::IntoIter<IpAddr>),
    /// Someone has to be.
    Name(Arc<str>),
}

/// Whether a guest may look `text` up. A sandbox without a network may not look anything up.
///
/// # Errors
/// [`LookupError::Invalid`], also for names in other letters than ASCII's: those are looked up in their ASCII form. Or
/// [`LookupError::Denied`].
pub(super) fn start(network: Option<&Network>, text: &str) -> Result<Lookup, LookupError> {
    let network = network.ok_or(LookupError::Denied)?;
    let host = policy::host_of(text).ok_or(LookupError::Invalid)?;
    if !network.note(policy::may_resolve(&network.rights(), &host)) {
        return Err(LookupError::Denied);
    }
    match host {
        NetHost::Ip(ip) => Ok(Lookup::Known(vec![ip].into_iter())),
        NetHost::Name(name) => Ok(match well_known(&name) {
            Some(known) => {
                network.remember(&name, &known);
                Lookup::Known(known.into_iter())
            }
            None => Lookup::Name(name.into()),
        }),
        NetHost::Any | NetHost::Public => Err(LookupError::Invalid),
    }
}

/// Asks for the addresses of a name that [`start`] allowed, and remembers them.
///
/// # Errors
/// [`LookupError::NotFound`].
pub(super) async fn finish(network: Arc<Network>, name: Arc<str>) -> Result<vec::IntoIter<IpAddr>, LookupError> {
    let found = network.resolve(&name).await.ok_or(LookupError::NotFound)?;
    network.remember(&name, &found);
    Ok(found.into_iter())
}
