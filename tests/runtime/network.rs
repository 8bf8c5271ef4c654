//! Rights to the network. The servers are the test's own, on 127.0.0.1; nothing is sent anywhere else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flyte_host::RunRequest;
use flyte_host::rights::{Granted, Grants, NetTarget};
use flyte_host::run::{Failure, Limit, Limits, RunEvent};
use flyte_host_artifacts::NETWORK;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::support::host;

/// A server of the test's own, and how many have come to it.
struct Server {
    address: String,
    came: Arc<AtomicUsize>,
}

impl Server {
    fn came(&self) -> usize {
        self.came.load(Ordering::Relaxed)
    }

    fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap()
    }

    /// Accepts and hands each connection to `serve`, as long as the test runs.
    async fn tcp<F: Future<Output = ()> + Send + 'static>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: listener.local_addr().unwrap().to_string(), came: Arc::default() };
        let came = Arc::clone(&server.came);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                came.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream));
            }
        });
        server
    }

    async fn echo() -> Self {
        Self::tcp(|mut stream| async move {
            let (mut read, mut write) = stream.split();
            let _ = tokio::io::copy(&mut read, &mut write).await;
        })
        .await
    }

    async fn udp_echo() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: socket.local_addr().unwrap().to_string(), came: Arc::default() };
        let came = Arc::clone(&server.came);
        tokio::spawn(async move {
            let mut datagram = [0; 64];
            while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
                came.fetch_add(1, Ordering::Relaxed);
                let _ = socket.send_to(&datagram[..length], from).await;
            }
        });
        server
    }

    /// Answers each request with its path, or with its body where it has one.
    async fn http() -> Self {
        Self::tcp(|stream| async move {
            let _ = answer(stream).await;
        })
        .await
    }

    /// Takes connections and says nothing.
    async fn silent() -> Self {
        Self::tcp(|mut stream| async move {
            let mut all = Vec::new();
            let _ = stream.read_to_end(&mut all).await;
        })
        .await
    }
}

async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let end = loop {
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&request[..end]).into_owned();
    let mut body = request.split_off(end);
    if head.starts_with("POST") {
        // The guest gives no length: the body comes in chunks, and the last is empty.
        while !body.ends_with(b"0\r\n\r\n") {
            stream.read_buf(&mut body).await?;
        }
        send(&mut stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", &body).await
    } else {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, more) = match path.as_str() {
            "/moved" => ("302 Found", "location: http://127.0.0.1:1/elsewhere\r\n".to_owned()),
            "/large-head" => ("200 OK", format!("x: {}\r\n", "x".repeat(100_000))),
            _ => ("200 OK", String::new()),
        };
        let host =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned));
        let text = format!("{path} for {}", host.unwrap_or_default());
        let head = format!("HTTP/1.1 {status}\r\n{more}content-length: {}\r\n\r\n", text.len());
        send(&mut stream, &head, text.as_bytes()).await
    }
}

async fn send(stream: &mut TcpStream, head: &str, body: &[u8]) -> std::io::Result<()> {
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await
}

fn granted(targets: &[&str]) -> Granted {
    let grants = targets.iter().map(|text| NetTarget::parse(text).unwrap()).fold(Grants::new(), Grants::net);
    grants.open().unwrap()
}

/// What a task answered, and each denial as it was told.
async fn run(task: &str, target: &str, grants: &[&str]) -> (String, Vec<String>) {
    let denials = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&denials);
    let sink = move |event: &RunEvent| {
        if let RunEvent::Denied { denial, .. } = event {
            told.lock().unwrap().push(denial.to_string());
        }
    };
    let request = request(task, target, grants).watch(Arc::new(sink));
    let output = host(NETWORK).await.start(request).outcome().await.result;
    let output = output.unwrap_or_else(|failure| panic!("{task} {target}: {failure:?}"));
    let denials = denials.lock().unwrap().clone();
    (output.as_str().trim_matches('"').to_owned(), denials)
}

fn request(task: &str, target: &str, grants: &[&str]) -> RunRequest {
    RunRequest::new(task, format!(r#"{{"target":"{target}"}}"#)).grant(granted(grants))
}

/// The answer where nothing was denied.
async fn allowed(task: &str, target: &str, grants: &[&str]) -> String {
    let (answer, denials) = run(task, target, grants).await;
    assert_eq!(denials, Vec::<String>::new(), "{task} {target}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_right_nobody_is_reached_and_each_denial_tells_whom() {
    let (tcp, udp, http) = (Server::echo().await, Server::udp_echo().await, Server::http().await);
    let denied = "it is not granted";
    for task in ["tcp", "tcp_p3"] {
        let (answer, denials) = run(task, &tcp.address, &[]).await;
        assert!(["PermissionDenied", "ErrorCode::AccessDenied"].contains(&answer.as_str()), "{task}: {answer}");
        assert_eq!(denials, [format!("net {}: {denied}", tcp.address)]);
    }
    for task in ["udp", "udp_p3"] {
        let (answer, denials) = run(task, &udp.address, &[]).await;
        assert!(["PermissionDenied", "ErrorCode::AccessDenied"].contains(&answer.as_str()), "{task}: {answer}");
        assert_eq!(denials, [format!("net *: {denied}")]);
        let (answer, denials) = run(task, &udp.address, &["localhost"]).await;
        assert!(["PermissionDenied", "ErrorCode::AccessDenied"].contains(&answer.as_str()), "{task}: {answer}");
        assert_eq!(denials, [format!("net {}: {denied}", udp.address)]);
    }
    for task in ["get", "post", "get_p3"] {
        let (answer, denials) = run(task, &format!("http://{}/", http.address), &[]).await;
        assert_eq!(answer, "ErrorCode::HttpRequestDenied", "{task}");
        assert_eq!(denials, [format!("net {}: {denied}", http.address)]);
        let (answer, denials) = run(task, &format!("http://localhost:{}/", http.port()), &[]).await;
        assert_eq!(answer, "ErrorCode::HttpRequestDenied", "{task}");
        assert_eq!(denials, [format!("net localhost:{}: {denied}", http.port())]);
    }
    for task in ["lookup", "lookup_p3"] {
        for name in ["localhost", "secret-in-a-name.example.com"] {
            let (answer, denials) = run(task, name, &["other.example.com"]).await;
            assert!(!answer.contains("127.0.0.1"), "{answer}");
            assert_eq!(denials, [format!("net {name}: {denied}")]);
        }
    }
    assert_eq!((tcp.came(), udp.came(), http.came()), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_address_is_reached_at_its_port_alone() {
    let (tcp, other) = (Server::echo().await, Server::echo().await);
    for task in ["tcp", "tcp_p3"] {
        assert_eq!(allowed(task, &tcp.address, &[&tcp.address]).await, "ping");
        assert_eq!(allowed(task, &tcp.address, &["127.0.0.1"]).await, "ping");
        let (_, denials) = run(task, &other.address, &[&tcp.address]).await;
        assert_eq!(denials, [format!("net {}: it is not granted", other.address)]);
        // Who grants everyone does not mean the machines beside this one.
        let (_, denials) = run(task, &other.address, &["*"]).await;
        assert_eq!(denials, [format!("net {}: it is not granted", other.address)]);
    }
    assert_eq!((tcp.came(), other.came()), (4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_go_to_whom_a_right_means_and_come_back() {
    let (udp, other) = (Server::udp_echo().await, Server::udp_echo().await);
    for task in ["udp", "udp_p3"] {
        assert_eq!(allowed(task, &udp.address, &[&udp.address]).await, "ping");
        let (_, denials) = run(task, &other.address, &[&udp.address]).await;
        assert_eq!(denials, [format!("net {}: it is not granted", other.address)]);
    }
    assert_eq!((udp.came(), other.came()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_name_is_resolved_and_reached() {
    let tcp = Server::echo().await;
    assert_eq!(allowed("lookup", "localhost", &["localhost"]).await, "127.0.0.1 ::1");
    assert_eq!(allowed("lookup_p3", "LocalHost", &["localhost:1"]).await, "127.0.0.1");
    assert_eq!(allowed("tcp", &format!("localhost:{}", tcp.port()), &["localhost"]).await, "ping");
    // The same address, under no name: whoever has not resolved the name has no right to what it leads to.
    let (answer, denials) = run("tcp", &tcp.address, &["localhost"]).await;
    assert_eq!(answer, "PermissionDenied");
    assert_eq!(denials, [format!("net {}: it is not granted", tcp.address)]);
    assert_eq!(tcp.came(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_none_are_not_resolved() {
    for task in ["lookup", "lookup_p3"] {
        for name in ["0x7f.1", "127.1", "a b", "user@localhost"] {
            let answer = allowed(task, name, &["*"]).await;
            assert!(!answer.contains("127.0.0.1"), "{name}: {answer}");
        }
        assert_eq!(allowed(task, "127.0.0.1", &["127.0.0.1"]).await, "127.0.0.1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_go_to_whom_a_right_means_with_bodies_both_ways() {
    let http = Server::http().await;
    let by_address = format!("http://{}", http.address);
    let by_name = format!("http://localhost:{}", http.port());
    for task in ["get", "get_p3"] {
        let answer = allowed(task, &format!("{by_address}/a?b=1"), &[&http.address]).await;
        assert_eq!(answer, format!("200 /a?b=1 for {}", http.address));
        let answer = allowed(task, &format!("{by_name}/a"), &["localhost"]).await;
        assert_eq!(answer, format!("200 /a for localhost:{}", http.port()));
    }
    assert_eq!(allowed("post", &format!("{by_address}/"), &[&http.address]).await, "200 300000 bytes");
    assert_eq!(http.came(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_to_others_are_denied() {
    let http = Server::http().await;
    for (target, grants, denial) in [
        (format!("http://{}/", http.address), "localhost", format!("net {}", http.address)),
        (format!("http://localhost:{}/", http.port()), "127.0.0.1", format!("net localhost:{}", http.port())),
        (format!("http://{}/", http.address), "127.0.0.1:1", format!("net {}", http.address)),
        ("http://127.0.0.1/".to_owned(), "127.0.0.1:1", "net 127.0.0.1:80".to_owned()),
        ("https://127.0.0.1/".to_owned(), "127.0.0.1:1", "net 127.0.0.1:443".to_owned()),
        (format!("http://{}/", http.address), "*", format!("net {}", http.address)),
    ] {
        let (answer, denials) = run("get", &target, &[grants]).await;
        assert_eq!(answer, "ErrorCode::HttpRequestDenied", "{target}");
        assert_eq!(denials, [format!("{denial}: it is not granted")]);
    }
    // What everyone is granted leads nowhere inside either.
    let (answer, denials) = run("get", &format!("http://localhost:{}/", http.port()), &["*"]).await;
    assert_eq!(answer, "ErrorCode::DestinationIpProhibited");
    let inside = "the granted name leads to an address that is not public";
    assert_eq!(denials, [format!("net localhost:{}: {inside}", http.port())]);
    for odd in [format!("http://localhost@{}/", http.address), "http://2130706433/".to_owned()] {
        assert_eq!(allowed("get", &odd, &["*", "localhost"]).await, "ErrorCode::HttpRequestUriInvalid");
    }
    assert_eq!(http.came(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_the_guests_business_and_heads_have_a_limit() {
    let http = Server::http().await;
    let at = |path: &str| format!("http://{}/{path}", http.address);
    let answer = allowed("get", &at("moved"), &["127.0.0.1"]).await;
    assert!(answer.starts_with("302 "), "{answer}");
    let answer = allowed("get", &at("large-head"), &["127.0.0.1"]).await;
    assert!(answer.starts_with("ErrorCode::HttpResponseHeaderSectionSize"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_no_tls_server() {
    // It answers with what it was sent, which is no answer in TLS.
    let echo = Server::echo().await;
    let answer = allowed("get", &format!("https://{}/", echo.address), &[&echo.address]).await;
    assert!(!answer.starts_with("200"), "{answer}");
    assert!(answer.contains("Tls") || answer.contains("Configuration"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_has_no_more_than_its_parent_and_no_more_than_it_declares() {
    let tcp = Server::echo().await;
    let granted = [tcp.address.as_str()];
    assert_eq!(allowed("calls_tcp", &tcp.address, &granted).await, "ping");
    let (answer, denials) = run("calls_undeclared_tcp", &tcp.address, &granted).await;
    assert_eq!(answer, "PermissionDenied");
    assert_eq!(denials, [format!("net {}: the task does not declare it", tcp.address)]);
    let (answer, denials) = run("undeclared_calls_tcp", &tcp.address, &granted).await;
    assert_eq!(answer, "PermissionDenied");
    assert_eq!(denials, [format!("net {}: its parent a0 does not have it", tcp.address)]);
    assert_eq!(tcp.came(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_guest_listens() {
    for (task, target) in [("listen", "127.0.0.1:0"), ("listen", "0.0.0.0:0"), ("listen_p3", "")] {
        let (answer, denials) = run(task, target, &["127.0.0.1", "*"]).await;
        assert!(["PermissionDenied", "ErrorCode::AccessDenied"].contains(&answer.as_str()), "{task}: {answer}");
        let host = if target.starts_with("127") { "127.0.0.1" } else { "0.0.0.0" };
        assert_eq!(denials, [format!("net {host}: no guest may do that")]);
    }
    for target in ["127.0.0.1:0", "0.0.0.0:5353"] {
        let (answer, denials) = run("bind_udp", target, &["127.0.0.1"]).await;
        assert_eq!(answer, "PermissionDenied");
        assert!(denials[0].ends_with("no guest may do that"), "{denials:?}");
    }
    assert_eq!(allowed("bind_udp", "0.0.0.0:0", &["127.0.0.1"]).await, "bound");
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_have_a_limit_and_come_back_where_they_are_dropped() {
    let (answer, _) = run("hoard", "", &["127.0.0.1"]).await;
    assert!(answer.starts_with("256 ") && answer.ends_with(" true"), "{answer}");
    let (answer, denials) = run("hoard", "", &[]).await;
    assert_eq!(answer, "0 PermissionDenied false");
    assert_eq!(denials, ["net *: it is not granted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_http_keeps_for_a_guest_has_a_limit() {
    let failure = host(NETWORK).await.start(request("hoard_fields", "", &[])).outcome().await.result.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::Handles(2048))), "{failure:?}");
    let http = Server::http().await;
    let (answer, _) = run("hoard_responses", &format!("http://{}/", http.address), &["127.0.0.1"]).await;
    assert_eq!(answer, "128 ErrorCode::ConnectionLimitReached true");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_have_a_limit() {
    let silent = Server::silent().await;
    let answer = allowed("hoard_sends", &format!("http://{}/", silent.address), &["127.0.0.1"]).await;
    assert_eq!(answer, "512 Err(ErrorCode::ConnectionLimitReached)");
    // Who may not ask learns so, and takes nobody's place.
    let (answer, _) = run("hoard_sends", &format!("http://{}/", silent.address), &[]).await;
    assert_eq!(answer, "0 Err(ErrorCode::HttpRequestDenied)");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_texts_of_a_request_have_limits() {
    let answer = allowed("long_texts", "", &[]).await;
    assert_eq!(answer, "111111 001111 001111 000011 000011 000000");
}

/// How a task that is cut off failed, and when.
async fn with_limits(task: &str, target: &str, max_runtime: Duration) -> (Failure, Duration) {
    let limits = Limits { max_runtime: Some(max_runtime), ..Limits::default() };
    let request = request(task, target, &["127.0.0.1"]).limits(limits);
    let host = host(NETWORK).await;
    let started = Instant::now();
    let failure = host.start(request).outcome().await.result.unwrap_err();
    (failure, started.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_holds_nobody_beyond_its_time() {
    let closed = Server::silent().await;
    for task in ["tcp", "get", "tcp_p3", "get_p3"] {
        let target =
            if task.starts_with("get") { format!("http://{}/", closed.address) } else { closed.address.clone() };
        let (failure, took) = with_limits(task, &target, Duration::from_millis(300)).await;
        assert!(matches!(failure, Failure::Limit(Limit::MaxRuntime(_))), "{task}: {failure:?}");
        assert!(took < Duration::from_secs(30), "{task}: {took:?}");
    }
    assert_eq!(closed.came(), 4);
}
