//! Asking the system what a name resolves to, a few names at a time.
//!
//! The system's resolver blocks a thread for each name, for up to half a minute, and cannot be stopped. So the permits
//! stay with the thread: who drops a lookup and starts another does not get more threads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};
use std::sync::Arc;

use tokio::sync::Semaphore;

/// How many names the whole process resolves at once. The threads are those that files are read with.
static THREADS: Semaphore = Semaphore::const_new(64);

/// How many names one sandbox resolves at once; others wait.
const MOST_AT_ONCE: usize = 4;

/// How many addresses of one name are of use.
const MOST_ADDRESSES: usize = 64;

/// One sandbox's way to the system's resolver.
#[derive(Debug)]
pub(super) struct Resolver(Arc<Semaphore>);

impl Default for Resolver {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_AT_ONCE)))
    }
}

impl Resolver {
    /// The addresses of a name; `None` where it has none.
    pub(super) async fn resolve(&self, name: &str) -> Option<Vec<IpAddr>> {
        if let Some(known) = well_known(name) {
            return Some(known);
        }
        let own = Arc::clone(&self.0).acquire_owned().await.ok()?;
        let thread = THREADS.acquire().await.ok()?;
        let name = name.to_owned();
        let asking = tokio::task::spawn_blocking(move || {
            let found = (name.as_str(), 0).to_socket_addrs();
            drop((own, thread));
            found.map(|found| found.map(|address| address.ip().to_canonical()).take(MOST_ADDRESSES).collect())
        });
        let mut found: Vec<IpAddr> = asking.await.ok()?.ok()?;
        let mut known = Vec::new();
        found.retain(|ip| {
            !known.contains(ip) && {
                known.push(*ip);
                true
            }
        });
        (!found.is_empty()).then_some(found)
    }
}

/// What needs no question: `localhost` is this machine, whatever a resolver says (RFC 6761).
pub(super) fn well_known(name: &str) -> Option<Vec<IpAddr>> {
    (name == "localhost").then(|| vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
}
