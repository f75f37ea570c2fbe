//! A keep-alive HTTP/1.1 client that talks to this machine only.

use super::{Fault, Outcome};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// Longer than any answer may take; a request that takes longer is a fault.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection, one request at a time.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Bytes,
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
        if !address.ip().is_loopback() {
            return Err(format!("{address} is not of this machine").into());
        }
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends when the sender is dropped; a broken connection shows in the next request.
        tokio::spawn(async move { drop(connection.await) });
        let host = address.to_string();
        Ok(Self { sender, host })
    }

    /// `GET`.
    ///
    /// # Errors
    /// When the connection breaks or nothing comes.
    pub async fn get(&mut self, path: &str) -> Outcome<Answer> {
        let request = self.request(Method::GET, path);
        self.send(request.body(Full::default())?).await
    }

    /// `POST` of a rating as JSON, with its idempotency key.
    ///
    /// # Errors
    /// When the connection breaks or nothing comes.
    pub async fn post_json(&mut self, path: &str, key: &str, body: String) -> Outcome<Answer> {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        self.send(request.body(Full::from(body))?).await
    }

    /// `POST` of a form.
    ///
    /// # Errors
    /// When the connection breaks or nothing comes.
    pub async fn post_form(&mut self, path: &str, body: String) -> Outcome<Answer> {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Full::from(body))?).await
    }

    fn request(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Outcome<Answer> {
        let exchange = async {
            self.sender.ready().await?;
            let response = self.sender.send_request(request).await?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await?.to_bytes();
            Ok::<_, Fault>(Answer { status, body })
        };
        timeout(PATIENCE, exchange).await?
    }
}
