//! A browser that costs little: one connection, one cookie, nothing drawn.

use anyhow::ensure;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One connection of one person.
pub struct Browser {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
    cookie: String,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The address of a redirect.
    pub to: String,
    /// The body, packed as it came.
    pub body: Bytes,
}

impl Browser {
    /// Connects, with this `Cookie` header.
    pub async fn open(authority: &str, cookie: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            authority: authority.to_owned(),
            cookie: cookie.to_owned(),
        })
    }

    /// From now on as somebody else.
    pub fn become_other(&mut self, cookie: String) {
        self.cookie = cookie;
    }

    async fn send(&mut self, method: &str, path: &str, body: String) -> anyhow::Result<Reply> {
        self.sender.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.authority)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9")
            .header(header::ACCEPT_ENCODING, "gzip, deflate")
            .header(header::USER_AGENT, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(body)))?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        let to = response.headers().get(header::LOCATION);
        let to = to
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Reply { status, to, body })
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Reply> {
        self.send("GET", path, String::new()).await
    }

    /// Asks for a page that has to be there.
    pub async fn page(&mut self, path: &str) -> anyhow::Result<Reply> {
        let reply = self.get(path).await?;
        ensure!(reply.status == 200, "{path}: {} {}", reply.status, reply.to);
        Ok(reply)
    }

    /// Sends a form, which has to be taken; where it leads.
    pub async fn post(&mut self, path: &str, body: String) -> anyhow::Result<String> {
        let reply = self.send("POST", path, body).await?;
        ensure!(
            reply.status == 303,
            "{path}: {} {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
        Ok(reply.to)
    }
}
