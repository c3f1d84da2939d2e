//! Where a request comes from, as far as that can be known.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{HeaderMap, USER_AGENT};
use axum::http::request::Parts;
use store::sessions::CameFrom;

use crate::web::App;
use crate::web::trouble::Trouble;

/// Where a request comes from.
pub(crate) struct Origin(pub(crate) CameFrom);

impl FromRequestParts<Arc<App>> for Origin {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Origin, Trouble> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let browser = browser(agent.unwrap_or_default());
        Ok(Origin(CameFrom { address: address(peer, &parts.headers), browser }))
    }
}

/// The address of whoever asks. A web server on this machine says whom it passes on; what anybody
/// else says of that is not believed.
fn address(peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let is_here = peer.is_none_or(|peer| peer.is_loopback());
    let passed = headers.get_all("x-forwarded-for").iter().next_back();
    let passed = passed.and_then(|value| value.to_str().ok()).filter(|_| is_here);
    let passed = passed.and_then(|list| one(list.rsplit(',').next()?.trim()));
    passed.or(peer).map_or_else(String::new, kept)
}

/// An address, with or without the port that some web servers add.
fn one(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().map(|whole: SocketAddr| whole.ip());
    text.trim_matches(['[', ']']).parse().or_else(|_| with_port()).ok()
}

/// An address as it is kept: of the newer kind the network, since one house has many.
fn kept(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::")
        }
        address @ (IpAddr::V4(_) | IpAddr::V6(_)) => address.to_string(),
    }
}

/// A browser in words; empty where it does not say one that we know.
fn browser(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn only_a_web_server_of_this_machine_is_believed() {
        let mut headers = HeaderMap::new();
        let passed = HeaderValue::from_static("203.0.113.9, 192.0.2.7");
        headers.append("x-forwarded-for", passed);
        let from = |peer: &str| address(peer.parse().ok(), &headers);
        assert_eq!(from("127.0.0.1"), "192.0.2.7");
        assert_eq!(from("198.51.100.1"), "198.51.100.1");
        assert_eq!(address(None, &HeaderMap::new()), "");
        for (text, kept) in [
            ("192.0.2.7:50123", "192.0.2.7"),
            ("[2001:db8:1:2::7]:50123", "2001:db8:1:2::"),
            ("[2001:db8:1:2::7]", "2001:db8:1:2::"),
            ("unknown", "127.0.0.1"),
        ] {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_static(text),
            )]);
            assert_eq!(address("127.0.0.1".parse().ok(), &headers), kept, "{text}");
        }
        assert_eq!(from("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(address("::1".parse().ok(), &HeaderMap::new()), "::1");
    }

    #[test]
    fn a_browser_is_named_by_what_it_says() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(browser(firefox), "Firefox on Linux");
        assert_eq!(browser("curl/8"), "");
    }
}
