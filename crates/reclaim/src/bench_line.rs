//! A browser's line to the server, for measuring: one connection that stays open, one session.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use denial::ids::PersonId;
use denial::person::Role;
use store::instant;
use store::people::Person;
use store::sessions::CameFrom;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::act;
use crate::practice::Office;
use crate::web::session;

/// Somebody's browser.
pub(crate) struct Line {
    stream: TcpStream,
    token: String,
    /// The token of its forms.
    csrf: String,
}

/// What came back, and how long that took.
pub(crate) struct Answer {
    pub(crate) text: Vec<u8>,
    pub(crate) took: Duration,
}

impl Answer {
    /// The status in its head; 0 where there is none.
    pub(crate) fn status(&self) -> u16 {
        let digits = self.text.get(9..12).and_then(|three| std::str::from_utf8(three).ok());
        digits.and_then(|three| three.parse().ok()).unwrap_or_default()
    }

    /// Body and head as text.
    pub(crate) fn words(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.text)
    }
}

impl Line {
    /// Signs a supervisor in who is made for it, and opens the line.
    pub(crate) async fn open(
        office: &Office,
        login: &str,
        address: SocketAddr,
    ) -> anyhow::Result<Line> {
        let token = session::drawn();
        sign_in(office, login, &token).await?;
        let stream = TcpStream::connect(address).await.context("no line")?;
        stream.set_nodelay(true).context("no line")?;
        Ok(Line { stream, csrf: session::form_token(&token), token })
    }

    /// Asks for a page.
    pub(crate) async fn get(&mut self, address: &str, coding: &str) -> anyhow::Result<Answer> {
        let head = format!("GET {address} HTTP/1.1\r\naccept-encoding: {coding}\r\n");
        self.ask(&head, "").await
    }

    /// Sends a form; its session's token is added.
    pub(crate) async fn post(&mut self, address: &str, fields: &str) -> anyhow::Result<Answer> {
        let body = format!("csrf={}&{fields}", self.csrf);
        let head = format!(
            "POST {address} HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n",
            body.len()
        );
        self.ask(&head, &body).await
    }

    async fn ask(&mut self, head: &str, body: &str) -> anyhow::Result<Answer> {
        let token = &self.token;
        let request =
            format!("{head}host: 127.0.0.1\r\ncookie: reclaim_session={token}\r\n\r\n{body}");
        let begun = Instant::now();
        self.stream.write_all(request.as_bytes()).await.context("the line broke")?;
        let mut text = Vec::with_capacity(64 * 1024);
        while !is_whole(&text) {
            let read = self.stream.read_buf(&mut text).await.context("the line broke")?;
            ensure!(read > 0, "the server hung up");
        }
        Ok(Answer { text, took: begun.elapsed() })
    }
}

async fn sign_in(office: &Office, login: &str, token: &str) -> anyhow::Result<()> {
    let at = instant(office.clock.now());
    let person = PersonId::from_bits(act::draw());
    let measurer = Person {
        person: person.as_str().to_owned(),
        login: login.to_owned(),
        name: login.to_owned(),
        secret: None,
        disabled_at: None,
    };
    let mut tx = office.write().await?;
    tx.make_person(&measurer, &at).await?;
    tx.give_role(person.as_str(), Role::BillingSupervisor).await?;
    let from = CameFrom::default();
    tx.begin_session(&session::hashed(token), person.as_str(), (&from, "password"), &at).await?;
    Ok(tx.commit().await?)
}

/// True where the body is there as its head announced it.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
    let length = text.split("content-length: ").nth(1).and_then(|rest| {
        rest.split("\r\n").next().and_then(|number| number.trim().parse::<usize>().ok())
    });
    match length {
        Some(length) => answer.len() >= head + 4 + length,
        None => answer.ends_with(b"0\r\n\r\n"),
    }
}
