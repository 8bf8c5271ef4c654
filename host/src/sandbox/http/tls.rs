//! TLS, by the certificates that this machine trusts.

use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use wasmtime_wasi_http::Error;

use crate::rights::NetHost;

/// What all connections share; it is made at the first one, as it reads a few hundred certificates.
static CLIENT: OnceCell<Arc<ClientConfig>> = OnceCell::const_new();

/// Speaks TLS over `stream` with the server of this name, or of this address, which it has to prove to be.
///
/// # Errors
/// [`Error::TlsCertificateError`], or another of TLS; [`Error::ConfigurationError`] where this machine trusts nobody.
pub(super) async fn secure(stream: TcpStream, host: &NetHost) -> Result<TlsStream<TcpStream>, Error> {
    let client = CLIENT.get_or_try_init(|| async {
        let roots = tokio::task::spawn_blocking(trusted).await.map_err(|_| Error::ConfigurationError)?;
        if roots.is_empty() { Err(Error::ConfigurationError) } else { client(roots) }
    });
    handshake(Arc::clone(client.await?), stream, host).await
}

async fn handshake(
    client: Arc<ClientConfig>,
    stream: TcpStream,
    host: &NetHost,
) -> Result<TlsStream<TcpStream>, Error> {
    let name = match host {
        NetHost::Name(name) => ServerName::try_from(name.clone()).map_err(|_| Error::HttpRequestUriInvalid)?,
        NetHost::Ip(ip) => ServerName::from(*ip),
        NetHost::Any | NetHost::Public => return Err(Error::HttpRequestDenied),
    };
    TlsConnector::from(client).connect(name, stream).await.map_err(refusal)
}

fn trusted() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn client(roots: RootCertStore) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::ConfigurationError)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(client))
}

fn refusal(error: io::Error) -> Error {
    match error.get_ref().and_then(|cause| cause.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            Error::TlsCertificateError
        }
        Some(_) => Error::TlsProtocolError,
        None => Error::Tls(error),
    }
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
