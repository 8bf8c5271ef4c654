//! One request and its response.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Method, Request, Response, Uri, Version};
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wasmtime_wasi_http::io::TokioIo;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use crate::sandbox::http::Rest;
use crate::sandbox::http::body::TimedBody;
use crate::sandbox::http::connection::connect;
use crate::sandbox::http::destination::Destination;
use crate::sandbox::net::Network;

/// How long a server may keep a guest waiting at each step, where the guest does not say.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// How much of a response is read ahead of the guest, in bytes.
const READ_AHEAD: usize = 64 << 10;

/// The largest header section of a response, in bytes.
const LARGEST_HEAD: usize = 32 << 10;

/// The most header fields of a response.
const MOST_HEADERS: usize = 128;

/// Sends a request and waits for the response's head. What is left to do, for bodies to flow, is the second thing it
/// returns. Where both are dropped, all ends, and its place among `places` is free.
///
/// # Errors
/// What WASI has for it.
pub(super) async fn exchange(
    network: Arc<Network>,
    places: Arc<Semaphore>,
    request: Request<WasiBody>,
    options: RequestOptions,
) -> Result<(Response<WasiBody>, Rest), Error> {
    let to = Destination::of(request.uri())?;
    let request = as_sent(request)?;
    // Who may not ask does not wait for an answer.
    if !network.may_ask(&to.host, to.port) {
        return Err(Error::HttpRequestDenied);
    }
    let within = options.connect_timeout.unwrap_or(LONGEST_WAIT);
    let place = timeout(within, places.acquire_owned()).await;
    // A guest that leaves too many responses unread waits for itself.
    let Ok(Ok(place)) = place else { return Err(Error::ConnectionLimitReached) };
    let connecting = async {
        let stream = connect(&network, &to).await?;
        let mut http = http1::Builder::new();
        http.max_buf_size(READ_AHEAD).max_header_size(LARGEST_HEAD).max_headers(MOST_HEADERS);
        http.handshake(TokioIo::new(stream)).await.map_err(error_of)
    };
    let connected = timeout(within, connecting).await;
    let (mut sender, connection) = connected.map_err(|_| Error::ConnectionTimeout)??;
    let mut connection = Box::pin(connection);
    let mut ended = None;
    let answering = async {
        let mut sending = pin!(sender.send_request(request));
        loop {
            tokio::select! {
                biased;
                response = &mut sending => break response,
                end = &mut connection, if ended.is_none() => ended = Some(end),
            }
        }
    };
    let within = options.first_byte_timeout.unwrap_or(LONGEST_WAIT);
    let answered = timeout(within, answering).await.map_err(|_| Error::ConnectionReadTimeout)?;
    // Where the connection failed, it knows better why there is no response.
    let response = match (answered, &mut ended) {
        (Err(_), Some(Err(_))) => {
            return Err(ended.and_then(Result::err).map_or(Error::HttpProtocolError, error_of));
        }
        (Err(error), _) => return Err(error_of(error)),
        (Ok(response), _) => response,
    };
    let place = Arc::new(place);
    let between = options.between_bytes_timeout.unwrap_or(LONGEST_WAIT);
    let of_body = Arc::clone(&place);
    let response = response.map(|incoming| TimedBody::new(incoming, between, of_body).boxed_unsync());
    let rest = async move {
        let _place = place;
        let end = match ended {
            Some(end) => end,
            None => connection.await,
        };
        end.map_err(error_of)
    };
    Ok((response, Box::new(rest)))
}

/// The request as it goes over the connection: with the path alone, and no other way of using the connection.
fn as_sent(mut request: Request<WasiBody>) -> Result<Request<WasiBody>, Error> {
    if request.method() == Method::CONNECT {
        return Err(Error::HttpRequestMethodInvalid);
    }
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    *request.version_mut() = Version::HTTP_11;
    Ok(request)
}

/// What WASI calls an error of the connection.
pub(super) fn error_of(error: hyper::Error) -> Error {
    if error.is_parse_too_large() {
        Error::HttpResponseHeaderSectionSize(None)
    } else if error.is_timeout() {
        Error::HttpResponseTimeout
    } else if error.is_incomplete_message() {
        Error::HttpResponseIncomplete
    } else if error.is_closed() || error.is_canceled() {
        Error::ConnectionTerminated
    } else {
        Error::Hyper(error)
    }
}
