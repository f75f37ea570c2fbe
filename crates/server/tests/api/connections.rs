//! Slow clients: a connection each, and never the service.

use crate::found::{Served, found, sample};
use std::{
    io::Write,
    net::TcpStream,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// A client that sends half a request, and stays.
fn half(address: &str, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_stop_is_done_in_ten_seconds_whatever_clients_do_and_leaves_the_database_whole() {
    let (_folder, file, data) = sample();
    found(&file, &data, "password");
    let mut served = Served::start(Path::new(&data));
    served.until("/readyz", 200);
    let address = served.address.clone();
    let _head = half(&address, "GET / HTTP/1.1\r\nhost: x\r\nx-a: ");
    let _nothing = half(&address, "");
    let _kept = half(&address, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    let _body = half(
        &address,
        "POST /api/v1/ratings HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nidempotency-key: aaaaaaaaaaaaaaaaaaaaaaaa\r\ncontent-length: 900\r\n\r\n{",
    );
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    signal(served.child.id(), "TERM");
    let ended = served.child.wait().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    let log = Path::new(&data).join("haochaping.db-wal");
    assert_eq!(
        log.metadata().map_or(0, |log| log.len()),
        0,
        "the one file is whole"
    );
}

#[test]
fn three_hundred_slow_clients_do_not_keep_an_honest_one_out_where_files_are_few() {
    let (_folder, file, data) = sample();
    found(&file, &data, "password");
    let served = Served::start_with(Path::new(&data), Some(256));
    served.until("/readyz", 200);
    for half_of in [
        "",
        "GET / HTTP/1.1\r\nhost: x\r\nx-a: ",
        "POST /api/v1/ratings HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nidempotency-key: aaaaaaaaaaaaaaaaaaaaaaaa\r\ncontent-length: 900\r\n\r\n{",
    ] {
        let slow: Vec<TcpStream> = (0..300)
            .filter_map(|_| {
                let mut stream = TcpStream::connect(&served.address).ok()?;
                stream.write_all(half_of.as_bytes()).ok()?;
                Some(stream)
            })
            .collect();
        assert!(slow.len() > 200, "{}", slow.len());
        let asked = Instant::now();
        for _ in 0..20 {
            let answer = served.ask("GET", "/readyz", "").map(|(status, _)| status);
            assert_eq!(answer, Some(200), "{half_of}");
        }
        assert!(
            asked.elapsed() < Duration::from_secs(5),
            "{:?}",
            asked.elapsed()
        );
    }
}
