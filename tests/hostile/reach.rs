//! Attempts to reach what is outside the sandbox. Each task tells what it reached.

use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};

use flyte_host::RunRequest;

use crate::house::patient;
use crate::seen::{carry_out, run_within};

attacks! {
    reads_the_password_file: "reads `/etc/passwd`, in eight ways"
        => "a guest has no directory unless one is granted", {
        assert_eq!(run_within("reads_the_password_file", patient()).await.output(), "[]");
    }

    writes_files: "writes, removes and renames files"
        => "a guest has no directory unless one is granted", {
        assert_eq!(run_within("writes_files", patient()).await.output(), "[]");
    }

    probes_its_environment: "reads variables, arguments and the working directory"
        => "a guest has no variable unless it is granted, and no arguments", {
        assert_eq!(run_within("probes_its_environment", patient()).await.output(), "[]");
    }

    reads_standard_input: "reads what whoever started the host types"
        => "a guest's standard input is empty", {
        assert_eq!(run_within("reads_standard_input", patient()).await.output(), "\"\"");
    }

    connects: "connects to a listener on this machine, by TCP and UDP"
        => "a guest has no network unless it is granted; the listener sees nothing", {
        let streams = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = streams.local_addr().unwrap();
        let datagrams = UdpSocket::bind(address).unwrap();
        streams.set_nonblocking(true).unwrap();
        datagrams.set_nonblocking(true).unwrap();
        let request = RunRequest::new("connects", format!(r#"{{"address":"{address}"}}"#)).limits(patient());
        let reached: Vec<String> = serde_json::from_str(carry_out(request).await.output()).unwrap();
        assert!(reached.iter().all(|thing| thing == "a socket"), "{reached:?}");
        assert_eq!(streams.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(datagrams.recv(&mut [0; 16]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }

    listens: "listens at a port"
        => "no guest may listen", {
        assert_eq!(run_within("listens", patient()).await.output(), "[]");
    }

    resolves_names: "resolves names"
        => "a name is resolved only where it is granted", {
        assert_eq!(run_within("resolves_names", patient()).await.output(), "[]");
    }
}
