//! Attempts to reach what is outside the sandbox. Each tells what it reached; nothing, if the host holds.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

use flyte_guest::task;

/// What it is called, and how it is done.
type Way<T> = (&'static str, fn() -> std::io::Result<T>);

/// `/etc/passwd`, by eight ways.
#[task]
fn reads_the_password_file() -> Vec<String> {
    let ways: [Way<String>; 8] = [
        ("by its path", || fs::read_to_string("/etc/passwd")),
        ("from where it is", || fs::read_to_string("etc/passwd")),
        ("upwards", || fs::read_to_string("../../../../../../etc/passwd")),
        ("through /proc", || fs::read_to_string("/proc/self/root/etc/passwd")),
        ("by a detour", || fs::read_to_string("/tmp/../etc/./passwd")),
        ("by a directory's list", || fs::read_dir("/etc").map(|list| format!("{} entries", list.count()))),
        ("by its size", || fs::metadata("/etc/passwd").map(|file| format!("{} bytes", file.len()))),
        ("by a link", || fs::hard_link("/etc/passwd", "passwd").and_then(|()| fs::read_to_string("passwd"))),
    ];
    ways.into_iter().filter_map(|(way, read)| read().ok().map(|got| format!("{way}: {got}"))).collect()
}

#[task]
fn writes_files() -> Vec<String> {
    let ways: [Way<()>; 5] = [
        ("a file", || fs::write("/tmp/hostile", "x")),
        ("a file right here", || fs::write("hostile", "x")),
        ("a directory", || fs::create_dir("/tmp/hostile.d")),
        ("a removal", || fs::remove_dir_all("/tmp/hostile.d")),
        ("a rename", || fs::rename("/etc/hosts", "/etc/hosts.old")),
    ];
    ways.into_iter().filter_map(|(way, write)| write().ok().map(|()| way.to_owned())).collect()
}

/// Variables, arguments, the working directory.
#[task]
fn probes_its_environment() -> Vec<String> {
    let variables = std::env::vars().map(|(name, value)| format!("{name}={value}"));
    let arguments = std::env::args().filter(|argument| !argument.is_empty());
    let here = std::env::current_dir().ok().into_iter().map(|path| path.display().to_string());
    variables.chain(arguments).chain(here.filter(|path| path != "/")).collect()
}

/// What whoever started the host types.
#[task]
fn reads_standard_input() -> String {
    let mut got = String::new();
    let _ = std::io::stdin().read_to_string(&mut got);
    got
}

#[task]
fn connects(address: String) -> Vec<String> {
    let mut reached = Vec::new();
    if let Ok(mut stream) = TcpStream::connect(&address) {
        let _ = stream.write_all(b"GET / HTTP/1.0\r\n\r\n");
        reached.push("a stream".to_owned());
    }
    if let Ok(socket) = UdpSocket::bind("0.0.0.0:0") {
        reached.push("a socket".to_owned());
        if socket.send_to(b"hello", &address).is_ok() {
            reached.push("a datagram".to_owned());
        }
    }
    reached
}

#[task]
fn listens() -> Vec<String> {
    let ways = ["0.0.0.0:0", "127.0.0.1:0", "[::1]:0"];
    ways.into_iter().filter(|way| TcpListener::bind(way).is_ok()).map(str::to_owned).collect()
}

#[task]
fn resolves_names() -> Vec<String> {
    let names = ["localhost:80", "localhost.localdomain:80"];
    names.into_iter().filter(|name| name.to_socket_addrs().is_ok()).map(str::to_owned).collect()
}

flyte_guest::export!(
    environment = "reach",
    tasks = [
        reads_the_password_file,
        writes_files,
        probes_its_environment,
        reads_standard_input,
        connects,
        listens,
        resolves_names,
    ]
);
