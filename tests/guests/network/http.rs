//! HTTP requests, in both versions of WASI. Targets are `scheme://authority/path`.

use std::future::poll_fn;
use std::task::Poll;

use crate::wasi::http0_2_0::outgoing_handler::{OutgoingRequest, handle};
use crate::wasi::http0_2_0::types::{
    ErrorCode, Fields, IncomingResponse, Method, OutgoingBody, RequestOptions, Scheme,
};
use crate::wasi::http0_3_0::{client, types as p3};
use crate::wit_future;

pub(crate) fn get(target: &str) -> String {
    told(request(target, Method::Get, &[], None).and_then(|response| read(&response)))
}

/// Sends more than any buffer on the way holds.
pub(crate) fn post(target: &str) -> String {
    let body: Vec<u8> = (0..300_000_u32).map(|n| b'a' + (n % 26) as u8).collect();
    told(request(target, Method::Post, &body, None).and_then(|response| read(&response)))
}

/// Waits for a response, and leaves its body.
pub(crate) fn read_nothing(target: &str) -> String {
    told(request(target, Method::Get, &[], None).map(|response| response.status().to_string()))
}

/// Makes fields until it is stopped.
pub(crate) fn hoard_fields() -> String {
    let mut held = Vec::new();
    loop {
        held.push(Fields::new());
    }
}

/// Asks for responses and reads none, until there are no more.
pub(crate) fn hoard_responses(target: &str) -> String {
    let patience = Some(2_000_000_000);
    let mut held = Vec::new();
    let error = loop {
        match request(target, Method::Get, &[], patience) {
            Ok(response) => held.push(response),
            Err(error) => break error,
        }
    };
    let count = held.len();
    held.pop();
    format!("{count} {error:?} {}", request(target, Method::Get, &[], patience).is_ok())
}

/// Sends a request; `patience` is for connecting, in nanoseconds.
fn request(
    target: &str,
    method: Method,
    body: &[u8],
    patience: Option<u64>,
) -> Result<IncomingResponse, ErrorCode> {
    let (scheme, rest) = target.split_once("://").unwrap_or(("http", target));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let request = OutgoingRequest::new(Fields::new());
    let invalid = |()| ErrorCode::HttpRequestUriInvalid;
    request.set_method(&method).map_err(invalid)?;
    request.set_scheme(Some(&if scheme == "https" { Scheme::Https } else { Scheme::Http })).map_err(invalid)?;
    request.set_authority(Some(authority)).map_err(invalid)?;
    request.set_path_with_query(Some(path)).map_err(invalid)?;
    let outgoing = request.body().map_err(invalid)?;
    let options = RequestOptions::new();
    options.set_connect_timeout(patience).map_err(invalid)?;
    let answer = handle(request, Some(options))?;
    let stream = outgoing.write().map_err(invalid)?;
    for chunk in body.chunks(4096) {
        if stream.blocking_write_and_flush(chunk).is_err() {
            break;
        }
    }
    drop(stream);
    OutgoingBody::finish(outgoing, None)?;
    answer.subscribe().block();
    answer.get().unwrap_or(Err(())).unwrap_or(Err(ErrorCode::InternalError(None)))
}

fn read(response: &IncomingResponse) -> Result<String, ErrorCode> {
    let lost = |()| ErrorCode::HttpResponseIncomplete;
    let body = response.consume().map_err(lost)?;
    let stream = body.stream().map_err(lost)?;
    let mut text = Vec::new();
    while let Ok(chunk) = stream.blocking_read(64 << 10) {
        text.extend(chunk);
    }
    let text = String::from_utf8_lossy(&text);
    Ok(if text.len() > 100 {
        format!("{} {} bytes", response.status(), text.len())
    } else {
        format!("{} {text}", response.status())
    })
}

/// Which lengths of a method, an authority and a path are taken, in both versions of WASI.
pub(crate) fn long_texts() -> String {
    let p2 = OutgoingRequest::new(Fields::new());
    let p3 = request_p3();
    let taken = [64, 65, 512, 513, 16 << 10, (16 << 10) + 1].map(|length| {
        let text = "x".repeat(length);
        let path = format!("/{}", &text[1..]);
        [
            p2.set_method(&Method::Other(text.clone())).is_ok(),
            p3.set_method(&p3::Method::Other(text.clone())).is_ok(),
            p2.set_authority(Some(&text)).is_ok(),
            p3.set_authority(Some(&text)).is_ok(),
            p2.set_path_with_query(Some(&path)).is_ok(),
            p3.set_path_with_query(Some(&path)).is_ok(),
        ]
        .map(|taken| if taken { '1' } else { '0' })
        .iter()
        .collect::<String>()
    });
    taken.join(" ")
}

/// Sends requests and waits for none, until one is refused at once.
pub(crate) async fn hoard_sends(target: &str) -> String {
    let mut held = Vec::new();
    loop {
        let request = request_p3();
        if set_uri(&request, target).is_err() {
            return "no URI".to_owned();
        }
        let mut sending = Box::pin(client::send(request));
        let polled = poll_fn(|context| Poll::Ready(sending.as_mut().poll(context))).await;
        match polled {
            Poll::Pending => held.push(sending),
            Poll::Ready(result) => return format!("{} {:?}", held.len(), result.map(|_| ())),
        }
    }
}

fn request_p3() -> p3::Request {
    let (_, no_trailers) = wit_future::new(|| Ok(None));
    p3::Request::new(p3::Fields::new(), None, no_trailers, None).0
}

fn set_uri(request: &p3::Request, target: &str) -> Result<(), ()> {
    let (_, rest) = target.split_once("://").unwrap_or(("http", target));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    request.set_scheme(Some(&p3::Scheme::Http))?;
    request.set_authority(Some(authority))?;
    request.set_path_with_query(Some(path))
}

pub(crate) async fn get_p3(target: &str) -> String {
    let request = request_p3();
    if set_uri(&request, target).is_err() {
        return "no URI".to_owned();
    }
    let response = match client::send(request).await {
        Ok(response) => response,
        Err(error) => return format!("{error:?}"),
    };
    let status = response.get_status_code();
    let (_, read) = wit_future::new(|| Ok(()));
    let (mut body, _trailers) = p3::Response::consume_body(response, read);
    let mut text = Vec::new();
    while let Some(byte) = body.next().await {
        text.push(byte);
    }
    format!("{status} {}", String::from_utf8_lossy(&text))
}

fn told(result: Result<String, ErrorCode>) -> String {
    result.unwrap_or_else(|error| format!("{error:?}"))
}
