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

/// `GET /assets/{name}`.
pub(crate) async fn one(Path(name): Path<String>) -> Result<Response, Trouble> {
    let asset = Assets::get(&name).ok_or(Trouble::Nowhere)?;
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some(_) | None => "application/octet-stream",
    };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.data.into_owned()).into_response())
}
