//! Forms with files: each file goes to the disk as it comes, under a limit.

use std::io::Write;
use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use tempfile::NamedTempFile;

use crate::fields::Fields;
use crate::web::App;
use crate::web::gate::check_token;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// The most bytes of one form.
const LIMIT: u64 = 4 << 30;
/// The most letters of one field that is no file.
const LONGEST: usize = 64 << 10;

/// A form that was sent with its session's token.
pub(crate) struct Sent {
    pub(crate) fields: Fields,
    pub(crate) files: Vec<SentFile>,
}

/// One file of it, on the disk until it is dropped.
pub(crate) struct SentFile {
    /// The name it has where it came from, without folders.
    pub(crate) name: String,
    pub(crate) media: String,
    pub(crate) file: NamedTempFile,
    pub(crate) bytes: u64,
}

impl FromRequest<Arc<App>> for Sent {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Sent, Trouble> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let visitor = visitor.ok_or(Trouble::SignIn { back: String::new() })?;
        let parts = Multipart::from_request(request, app).await.map_err(|_| broken())?;
        read(&visitor, parts).await
    }
}

fn broken() -> Trouble {
    Trouble::Unfit(
        "What was sent did not arrive whole. Nothing of it was taken; send it again.".to_owned(),
    )
}

/// Reads the fields and files. The token comes first, so that a stranger's files are not even
/// written.
async fn read(visitor: &Visitor, mut parts: Multipart) -> Result<Sent, Trouble> {
    let mut sent = Sent { fields: Fields::new(), files: Vec::new() };
    let mut left = LIMIT;
    while let Some(field) = parts.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() {
            sent.fields.insert(name, text(field).await?);
            continue;
        }
        check_token(visitor, sent.fields.get("csrf").map(String::as_str))?;
        let file = file(visitor, field, left).await?;
        left -= file.bytes;
        if !file.name.is_empty() {
            sent.files.push(file);
        }
    }
    check_token(visitor, sent.fields.remove("csrf").as_deref())?;
    Ok(sent)
}

async fn text(mut field: Field<'_>) -> Result<String, Trouble> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|_| broken())? {
        if bytes.len() + part.len() > LONGEST {
            return Err(Trouble::TooLarge("One field holds more than fits.".to_owned()));
        }
        bytes.extend_from_slice(&part);
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

async fn file(visitor: &Visitor, mut field: Field<'_>, left: u64) -> Result<SentFile, Trouble> {
    let name = field.file_name().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let media = field.content_type().unwrap_or("application/octet-stream").to_owned();
    let written = |fault: std::io::Error| Trouble::Broken(fault.into());
    let mut file = NamedTempFile::new_in(&visitor.office.folder).map_err(written)?;
    let mut bytes = 0_u64;
    while let Some(part) = field.chunk().await.map_err(|_| broken())? {
        bytes += part.len() as u64;
        if bytes > left {
            let text = "At most 4 GB are taken at once. Send the files one by one, or put them \
                        into the inbox folder.";
            return Err(Trouble::TooLarge(text.to_owned()));
        }
        file.write_all(&part).map_err(written)?;
    }
    file.flush().map_err(written)?;
    Ok(SentFile { name, media, file, bytes })
}
