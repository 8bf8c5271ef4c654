//! Asking the system what a name resolves to, a few names at a time.
//!
//! The system's resolver blocks a thread for each name, for up to half a minute, and cannot be stopped. So the permits
//! stay with the thread: who drops a lookup and starts another does not get more threads. Nor does a run with many
//! children: names of a server that never answers would take all threads from all others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::run::MOST_LOOKUPS;

/// How many names the whole process resolves at once. The threads are those that files are read with.
static THREADS: Semaphore = Semaphore::const_new(4 * MOST_LOOKUPS);

/// How many names one sandbox resolves at once; others wait.
const MOST_AT_ONCE: usize = 4;

/// How many addresses of one name are of use.
const MOST_ADDRESSES: usize = 64;

/// How long a lookup may take, with the wait for its turn.
const LONGEST_LOOKUP: Duration = Duration::from_secs(30);

/// One sandbox's way to the system's resolver.
#[derive(Debug)]
pub(super) struct Resolver {
    /// As many permits as the sandbox may start further lookups.
    own: Arc<Semaphore>,
}

impl Default for Resolver {
    fn default() -> Self {
        Self { own: Arc::new(Semaphore::new(MOST_AT_ONCE)) }
    }
}

impl Resolver {
    /// The addresses of a name; `None` where it has none, or none in time. `run` has as many permits as the whole run
    /// may start further lookups.
    pub(super) async fn resolve(&self, name: &str, run: Arc<Semaphore>) -> Option<Vec<IpAddr>> {
        match well_known(name) {
            Some(known) => Some(known),
            None => timeout(LONGEST_LOOKUP, self.ask(name, run)).await.ok()?,
        }
    }

    async fn ask(&self, name: &str, run: Arc<Semaphore>) -> Option<Vec<IpAddr>> {
        let own = Arc::clone(&self.own).acquire_owned().await.ok()?;
        let run = run.acquire_owned().await.ok()?;
        let thread = THREADS.acquire().await.ok()?;
        let name = name.to_owned();
        let asking = tokio::task::spawn_blocking(move || {
            let found = (name.as_str(), 0).to_socket_addrs();
            drop((own, run, thread));
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    #[tokio::test]
    async fn a_run_has_its_own_turns() {
        let run = Arc::new(Semaphore::new(0));
        let resolver = Resolver::default();
        assert!(resolver.resolve("localhost", Arc::clone(&run)).await.is_some(), "it needs no turn");
        // An address is no question to anyone either, but the system is asked.
        let mut asking = pin!(resolver.resolve("127.0.0.1", Arc::clone(&run)));
        let polled = poll_fn(|context| Poll::Ready(asking.as_mut().poll(context))).await;
        assert!(polled.is_pending());
        run.add_permits(1);
        assert_eq!(asking.await, Some(vec![Ipv4Addr::LOCALHOST.into()]));
        assert_eq!(run.available_permits(), 1);
    }
}
