//! TLS with a server of the test's own. Its certificate is for `localhost`, from a root that nobody else trusts, and both
//! are good until the year 2126.

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

const ROOT: &str = "-----BEGIN CERTIFICATE-----
MIIBkDCCATWgAwIBAgIUGA4rzG2tO0dAmqc0jx7lUavwXfowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJdGVzdCByb290MCAXDTI2MTEyMjE1NDEyNVoYDzIxMjYxMDI5
MTU0MTI1WjAUMRIwEAYDVQQDDAl0ZXN0IHJvb3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATVjFUExQ+RQyLaOnKXp5ari6s05W4J4DvuxdocDsCLY+i1jqSsPsba
ThcQvbNQz7UxMRSepHf6DWUcLym4HaCFo2MwYTAdBgNVHQ4EFgQUL2rkBlH9+e6m
tIYfNHP65cFAcucwHwYDVR0jBBgwFoAUL2rkBlH9+e6mtIYfNHP65cFAcucwDwYD
VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSQAwRgIh
AOiNEBGp4WCbo1DI2IUbtYsZRvOk3ZbW9b75SJnV41WTAiEAzFfcWQUXK5RUH68d
6y1SifYwoV9tTtDDHRNFxE6AGpI=
-----END CERTIFICATE-----";

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBpDCCAUqgAwIBAgIUEz10zUHLxz9qi8LgXI/+ZvjnyZgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJdGVzdCByb290MCAXDTI2MTEyMjE1NDEyNVoYDzIxMjYxMDI5
MTU0MTI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS6jusoRbcSYXfy3xqpIL0t2c4dtA0o3jfu/x7uflNtw6emXKJai196
3xyAWiQR7hPs8tcdidUP9fBkSlRaZppYo3gwdjAUBgNVHREEDTALgglsb2NhbGhv
c3QwCQYDVR0TBAIwADATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQUigma
ZfodE1+QJmKrrf4RKaFW8aIwHwYDVR0jBBgwFoAUL2rkBlH9+e6mtIYfNHP65cFA
cucwCgYIKoZIzj0EAwIDSAAwRQIhALOUEKTEgkB8lYONh6yXyqWgNXLqdbAKgFoS
3wQcOQuKAiBnja26JNmFl8GFRhkXB3IJkLynW134GnDiDFJl/kVBUQ==
-----END CERTIFICATE-----";

const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHwm5stAWU6GVVQuD
sq8DD/rM9KC8AQZYJJbhRCVSoXahRANCAAS6jusoRbcSYXfy3xqpIL0t2c4dtA0o
3jfu/x7uflNtw6emXKJai1963xyAWiQR7hPs8tcdidUP9fBkSlRaZppY
-----END PRIVATE KEY-----";

/// Asks a server that shows [`CERTIFICATE`], which has to be `host`, and gives its answer.
async fn ask(host: &NetHost, roots: RootCertStore) -> Result<String, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap()];
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap())
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        if let Ok(mut stream) = TlsAcceptor::from(Arc::new(server)).accept(stream).await {
            let _ = stream.write_all(b"hello").await;
            let _ = stream.shutdown().await;
        }
    });
    let stream = TcpStream::connect(address).await.unwrap();
    let mut secured = handshake(client(roots)?, stream, host).await?;
    let mut text = String::new();
    secured.read_to_string(&mut text).await.map_err(Error::Tls)?;
    Ok(text)
}

fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ROOT.as_bytes()).unwrap()).unwrap();
    roots
}

fn name(text: &str) -> NetHost {
    NetHost::Name(text.to_owned())
}

#[tokio::test]
async fn a_server_proves_who_it_is() {
    assert_eq!(ask(&name("localhost"), roots()).await.unwrap(), "hello");
}

#[tokio::test]
async fn another_servers_certificate_is_refused() {
    let other = ask(&name("example.com"), roots()).await;
    assert!(matches!(other, Err(Error::TlsCertificateError)), "{other:?}");
    let address = ask(&NetHost::Ip([127, 0, 0, 1].into()), roots()).await;
    assert!(matches!(address, Err(Error::TlsCertificateError)), "{address:?}");
}

#[tokio::test]
async fn a_root_that_is_not_trusted_is_refused() {
    let untrusted = ask(&name("localhost"), RootCertStore::empty()).await;
    assert!(matches!(untrusted, Err(Error::TlsCertificateError)), "{untrusted:?}");
}
