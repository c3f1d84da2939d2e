//! The address under which browsers know these pages.

use axum::http::Uri;
use axum::http::header::{HOST, HeaderMap};

use crate::passkey::webauthn::Site;
use crate::web::App;

/// Where a request's browser is: the configured address, or this machine by its name. `None` where
/// neither is known; what a request says of another host is not believed.
pub(crate) fn of(app: &App, headers: &HeaderMap) -> Option<Site> {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    let here = host.filter(|_| !app.secure).and_then(local);
    here.or_else(|| app.site.clone())
}

/// This machine under its name; an address in numbers is nobody's relying party.
fn local(host: &str) -> Option<Site> {
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    let is_local = name == "localhost" || name.ends_with(".localhost");
    let fits = is_local && port.parse::<u16>().is_ok();
    fits.then(|| Site { host: name.to_owned(), origin: format!("http://{host}") })
}

/// Reads the address that people open: `https://` and a name, or this machine over `http://`.
///
/// # Errors
/// What is wrong with it, for whoever typed it.
pub(crate) fn configured(text: &str) -> Result<Site, String> {
    const EXPECTED: &str = "expected https:// and a host name, such as https://reclaim.example.org";
    let address: Uri = text.trim().to_lowercase().parse().map_err(|_| EXPECTED.to_owned())?;
    let (Some(scheme), Some(host)) = (address.scheme_str(), address.host()) else {
        return Err(EXPECTED.to_owned());
    };
    let is_name = host.contains(|letter: char| letter.is_ascii_alphabetic()) && !host.contains(':');
    let is_bare = address.path_and_query().is_none_or(|rest| rest.as_str() == "/");
    let has_user = address.authority().is_some_and(|whole| whole.as_str().contains('@'));
    let port = match address.port_u16() {
        None => String::new(),
        Some(443) if scheme == "https" => String::new(),
        Some(80) if scheme == "http" => String::new(),
        Some(port) => format!(":{port}"),
    };
    let authority = format!("{host}{port}");
    let is_safe = scheme == "https" || scheme == "http" && local(&authority).is_some();
    if !is_name || !is_bare || has_user || !is_safe {
        return Err(EXPECTED.to_owned());
    }
    Ok(Site { host: host.to_owned(), origin: format!("{scheme}://{authority}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_a_name() {
        let site = |text| configured(text).map(|site| (site.host, site.origin));
        let pair = |host: &str, origin: &str| Ok((host.to_owned(), origin.to_owned()));
        assert_eq!(site("https://a.example/"), pair("a.example", "https://a.example"));
        assert_eq!(site(" https://A.example:443"), pair("a.example", "https://a.example"));
        assert_eq!(site("https://a.example:8443"), pair("a.example", "https://a.example:8443"));
        assert_eq!(site("http://localhost:8080"), pair("localhost", "http://localhost:8080"));
        for odd in [
            "",
            "a.example",
            "http://a.example",
            "https://192.0.2.1",
            "https://[2001:db8::1]",
            "https://a.example/desk",
            "https://a.example/?x",
            "https://me@a.example",
            "ftp://a.example",
        ] {
            assert!(site(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn this_machine_is_known_by_its_name_alone() {
        let host = |text| local(text).map(|site| site.origin);
        assert_eq!(host("localhost:8080").as_deref(), Some("http://localhost:8080"));
        assert_eq!(host("desk.localhost").as_deref(), Some("http://desk.localhost"));
        for other in ["127.0.0.1:8080", "reclaim.test", "localhost.evil", "localhost:x", ""] {
            assert_eq!(host(other), None, "{other}");
        }
    }
}
