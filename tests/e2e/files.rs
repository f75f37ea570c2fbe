//! The app's own files on their way: packed, tagged, and not sent twice.

use crate::harness::product::Product;
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// Status, head, and how long the body was.
fn ask(product: &Product, path: &str, headers: &str) -> (u16, String, usize) {
    let mut line = TcpStream::connect(&product.address).expect("the server listens");
    let request = format!("GET {path} HTTP/1.0\r\n{headers}\r\n");
    line.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).expect("an answer");
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    (status.expect("a status"), head, answer.len() - end - 4)
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(own, _)| own.eq_ignore_ascii_case(name))
        .map_or("", |(_, value)| value)
}

#[tokio::test]
async fn the_files_of_the_app_are_packed_tagged_and_not_sent_twice() {
    let product = tokio::task::spawn_blocking(|| Product::start("files"))
        .await
        .expect("the product starts");
    let manifest: Value = serde_json::from_str(&product.get("/assets.json").1).expect("JSON");
    let boot = manifest["boot"].as_str().expect("the app is built in");
    let (_, _, plain) = ask(&product, boot, "");
    let mut tags = Vec::new();
    for (accepts, coding) in [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0", "")] {
        let asking = format!("accept-encoding: {accepts}\r\n");
        let (status, head, length) = ask(&product, boot, &asking);
        assert_eq!((status, header(&head, "content-encoding")), (200, coding));
        assert_eq!(
            length < plain,
            !coding.is_empty(),
            "{coding}: {length} of {plain}"
        );
        assert!(header(&head, "cache-control").contains("immutable"));
        assert_eq!(header(&head, "vary"), "accept-encoding");
        let tag = header(&head, "etag").to_owned();
        let known = format!("{asking}if-none-match: {tag}\r\n");
        let (status, _, length) = ask(&product, boot, &known);
        assert_eq!((status, length), (304, 0), "{tag}");
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "each coding has a tag of its own: {tags:?}");

    let (_, head, _) = ask(&product, "/robots.txt", "");
    assert!(!header(&head, "cache-control").contains("immutable"));
    let known = format!("if-none-match: {}\r\n", header(&head, "etag"));
    assert_eq!(ask(&product, "/robots.txt", &known).0, 304);
    assert_eq!(ask(&product, "/assets/unknown.js", "").0, 404);
}
