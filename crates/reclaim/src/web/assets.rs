//! The stylesheet, the script and the pictures, built into the program.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::web::trouble::Trouble;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for name in Assets::iter() {
        if let Some(asset) = Assets::get(&name) {
            hash.update(asset.metadata.sha256_hash());
        }
    }
    hex::encode(&hash.finalize()[..6])
});

/// Changes when any of them does, so that browsers may keep each for ever.
pub(crate) fn version() -> &'static str {
    &VERSION
}

/// The name of the one stylesheet, and what it is put together from, in this order.
const SHEET: (&str, [&str; 4]) =
    ("reclaim.css", ["tokens.css", "parts.css", "reclaim.css", "print.css"]);

fn bytes(name: &str) -> Option<Vec<u8>> {
    let one = |name: &str| Assets::get(name).map(|asset| asset.data.into_owned());
    if name.ends_with(".js") {
        return one(name).map(|script| without_remarks(&script));
    }
    if name != SHEET.0 {
        return one(name);
    }
    let parts: Option<Vec<Vec<u8>>> = SHEET.1.into_iter().map(one).collect();
    parts.map(|parts| without_comments(&parts.concat()))
}

/// A stylesheet without what is written for its readers: no browser needs it.
fn without_comments(sheet: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(sheet);
    let mut kept = String::with_capacity(text.len());
    for (at, part) in text.split("/*").enumerate() {
        let rule = if at == 0 { part } else { part.split_once("*/").map_or("", |(_, rule)| rule) };
        kept.push_str(rule);
    }
    kept.into_bytes()
}

/// A script without the lines that are written for its readers.
fn without_remarks(script: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(script);
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}

/// The text of one part.
pub(crate) fn text(name: &str) -> String {
    let asset = Assets::get(name);
    asset.map(|asset| String::from_utf8_lossy(&asset.data).into_owned()).unwrap_or_default()
}

/// `GET /assets/{name}`.
pub(crate) async fn one(Path(name): Path<String>) -> Result<Response, Trouble> {
    let asset = bytes(&name).ok_or(Trouble::Nowhere)?;
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some(_) | None => "application/octet-stream",
    };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_every_part_of_it_in_order() {
        let text = String::from_utf8(bytes("reclaim.css").expect("a sheet")).expect("text");
        let marks = ["--ground:", ".panel {", ".queue .head", "@page"];
        let places: Vec<usize> = marks.iter().filter_map(|mark| text.find(mark)).collect();
        assert!(places.len() == marks.len() && places.is_sorted(), "{places:?}");
        assert!(!text.contains("/*") && !text.contains("*/"), "no comments");
        assert_eq!(bytes("none.css"), None);
    }

    #[test]
    fn a_script_leaves_without_its_remarks_and_with_all_else() {
        let script = b"// Why.\n\"use strict\";\nif (a) {\n  // So.\n  go(\"a//b\"); // told\n}\n";
        let left = String::from_utf8(without_remarks(script)).expect("text");
        assert_eq!(left, "\"use strict\";\nif (a) {\n  go(\"a//b\"); // told\n}\n");
        let queue = String::from_utf8(bytes("queue.js").expect("a script")).expect("text");
        assert!(queue.starts_with("\"use strict\";"), "{}", &queue[..40]);
    }
}
