//! The one place that calls another host: the issuer that the clinic named, and nobody else.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::oidc::Fault;

/// So long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// So long an answer may be.
const LIMIT: usize = 256 * 1024;

/// What is asked.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    /// Fields to give in; without any it is only read.
    pub(crate) form: Option<String>,
    pub(crate) authorization: Option<String>,
}

/// An address that may be asked: `https://`, or this machine by `http://`, without a name or a
/// password in it.
pub(crate) fn address(text: &str) -> Result<Uri, Fault> {
    let odd = || Fault::Address(text.chars().take(200).collect());
    let url: Uri = text.parse().map_err(|_| odd())?;
    let here = matches!(url.host(), Some("localhost" | "127.0.0.1"));
    let is_safe = match url.scheme_str() {
        Some("https") => true,
        Some("http") => here,
        Some(_) | None => false,
    };
    let has_user = url.authority().is_some_and(|whole| whole.as_str().contains('@'));
    if is_safe && !has_user && url.host().is_some() { Ok(url) } else { Err(odd()) }
}

/// Asks, and reads the JSON of the answer. No redirect is followed.
pub(crate) async fn json<T: DeserializeOwned>(ask: Ask<'_>) -> Result<T, Fault> {
    let asked = async {
        let bytes = bytes(ask).await?;
        serde_json::from_slice(&bytes).map_err(|fault| Fault::Answer(fault.to_string()))
    };
    let out_of_time = Fault::Unreachable("no answer within ten seconds".to_owned());
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(out_of_time))
}

async fn bytes(ask: Ask<'_>) -> Result<Bytes, Fault> {
    let url = address(ask.url)?;
    let host = url.host().unwrap_or_default().to_owned();
    let over_tls = url.scheme_str() == Some("https");
    let port = url.port_u16().unwrap_or(if over_tls { 443 } else { 80 });
    let request = request(&url, ask)?;
    let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|fault| lost(&fault))?;
    if !over_tls {
        return exchange(stream, request).await;
    }
    let name = ServerName::try_from(host).map_err(|fault| lost(&fault))?;
    let connector = TlsConnector::from(Arc::new(config()?));
    exchange(connector.connect(name, stream).await.map_err(|fault| lost(&fault))?, request).await
}

fn lost(fault: &dyn std::fmt::Display) -> Fault {
    Fault::Unreachable(fault.to_string())
}

fn request(url: &Uri, ask: Ask<'_>) -> Result<Request<Full<Bytes>>, Fault> {
    let host = url.authority().map(|whole| whole.as_str()).unwrap_or_default();
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let method = if ask.form.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder().method(method).uri(path).header(HOST, host);
    request = request.header(ACCEPT, "application/json");
    if let Some(authorization) = ask.authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    if ask.form.is_some() {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let body = Full::new(Bytes::from(ask.form.unwrap_or_default()));
    request.body(body).map_err(|fault| lost(&fault))
}

/// Trusts what this machine trusts.
fn config() -> Result<ClientConfig, Fault> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        let text = "this machine has no certificates to trust; install ca-certificates";
        return Err(Fault::Unreachable(text.to_owned()));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|fault| lost(&fault))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Bytes, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|fault| lost(&fault))?;
    // It ends when the sender goes.
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|fault| lost(&fault))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LIMIT).collect().await;
    let bytes = body.map_err(|fault| Fault::Answer(fault.to_string()))?.to_bytes();
    if status == StatusCode::OK { Ok(bytes) } else { Err(Fault::Status(status.as_u16())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for good in [
            "https://id.example",
            "https://id.example:8443/a?b=c",
            "http://127.0.0.1:9/",
            "http://localhost:9",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for odd in [
            "",
            "/keys",
            "id.example",
            "http://id.example",
            "http://localhost.evil/",
            "file:///etc/passwd",
            "https://me:secret@id.example/",
        ] {
            assert!(address(odd).is_err(), "{odd}");
        }
    }
}
