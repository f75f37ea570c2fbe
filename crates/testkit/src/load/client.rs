//! A keep-alive HTTP/1.1 client that talks to this machine only.
//!
//! It is our own because it shares the cores with what it measures: it writes a request as one
//! piece and reads the answer by its length. Whatever else a server may answer is a fault here.

use super::{Outcome, promise};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longer than any answer may take; a request that takes longer is a fault.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest answer that is read.
const LARGEST: usize = 4 * 1024 * 1024;

/// One connection, one request at a time.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    host: String,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// Where it leads on to.
    pub location: Option<String>,
}

impl Answer {
    /// A text field of a JSON body.
    pub fn field(&self, name: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        body.get(name)?.as_str().map(str::to_owned)
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens, or the address is not of this machine.
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        promise(address.ip().is_loopback(), || {
            format!("{address} is not of this machine")
        })?;
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            host: address.to_string(),
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// `GET`.
    ///
    /// # Errors
    /// When the connection breaks or nothing comes.
    pub async fn get(&mut self, path: &str) -> Outcome<Answer> {
        self.send(format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n",
            self.host
        ))
        .await
    }

    /// `GET` by somebody who is signed in.
    ///
    /// # Errors
    /// When the connection breaks or nothing comes.
    pub async fn get_signed_in(&mut self, path: &str, cookie: &str) -> Outcome<Answer> {
        self.send(format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n\r\n",
            self.host
        ))
        .await
    }

    /// `POST` of a rating as JSON, with its idempotency key.
    ///
    /// # Errors
    /// When the connection breaks or nothing comes.
    pub async fn post_json(&mut self, path: &str, key: &str, body: &str) -> Outcome<Answer> {
        let extra = format!("content-type: application/json\r\nidempotency-key: {key}");
        self.post(path, &extra, body).await
    }

    /// `POST` of a form.
    ///
    /// # Errors
    /// When the connection breaks or nothing comes.
    pub async fn post_form(&mut self, path: &str, body: &str) -> Outcome<Answer> {
        self.post(
            path,
            "content-type: application/x-www-form-urlencoded",
            body,
        )
        .await
    }

    async fn post(&mut self, path: &str, headers: &str, body: &str) -> Outcome<Answer> {
        let (host, length) = (&self.host, body.len());
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.send(text).await
    }

    async fn send(&mut self, request: String) -> Outcome<Answer> {
        timeout(PATIENCE, self.exchange(request)).await?
    }

    async fn exchange(&mut self, request: String) -> Outcome<Answer> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            promise(read > 0, || "the server hung up".to_owned())?;
            if let Some(answer) = whole(&self.buffer)? {
                return Ok(answer);
            }
        }
    }
}

/// The answer, once all of it is there.
fn whole(bytes: &[u8]) -> Outcome<Option<Answer>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .ok_or("no status line")?
        .parse()?;
    let lines: Vec<&str> = lines.collect();
    let header = |wanted: &str| {
        lines.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    };
    let location = header("location").map(str::to_owned);
    let length = header("content-length");
    let length: usize = length.ok_or("an answer without its length")?.parse()?;
    promise(length <= LARGEST, || format!("an answer of {length} bytes"))?;
    let body = &bytes[end + 4..];
    Ok((body.len() >= length).then(|| Answer {
        status,
        body: body[..length].to_vec(),
        location,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_is_there() {
        let text = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok";
        let answer = whole(text).expect("well formed").expect("whole");
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (201, b"ok".as_slice())
        );
        assert_eq!(whole(&text[..text.len() - 1]).expect("well formed"), None);
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
