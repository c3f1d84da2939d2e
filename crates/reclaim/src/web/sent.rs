//! Forms with files: each file goes to the disk as it comes, under a limit.

use std::io::Write;
use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use denial::lifecycle::texts;
use tempfile::NamedTempFile;

use crate::access;
use crate::fields::Fields;
use crate::scanner::Verdict;
use crate::web::App;
use crate::web::form;
use crate::web::gate::check_token;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// The most bytes of the files of one form, and what is said beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    /// Files of payers.
    Files,
    /// Code lists: the tables of the NCCI have some millions of lines.
    Lists,
    /// Documents of a case; none is longer, and no form has two.
    Documents,
}

impl Limit {
    /// That of the form which is sent to an address.
    fn of(path: &str) -> Limit {
        match path {
            "/upload" => Limit::Files,
            "/rules/lists" => Limit::Lists,
            _ => Limit::Documents,
        }
    }

    const fn bytes(self) -> u64 {
        match self {
            Limit::Files => 4 << 30,
            Limit::Lists => 1 << 30,
            Limit::Documents => LARGEST,
        }
    }

    fn beyond(self) -> Trouble {
        let text = match self {
            Limit::Files => {
                "At most 4 GB are taken at once. Send the files one by one, or put them into the \
                 inbox folder."
            }
            Limit::Lists => {
                "At most 1 GB of code lists is taken at once; `reclaim codes import` takes more."
            }
            Limit::Documents => "A document has at most 50 MB. Scan it in fewer dots, or in parts.",
        };
        Trouble::TooLarge(text.to_owned())
    }
}

/// The most bytes of a document.
pub(crate) const LARGEST: u64 = 50 << 20;
/// The most bytes of one field that is no file.
const LONGEST: usize = 64 << 10;
/// The most bytes of a file's name.
const LONGEST_NAME: usize = 255;

/// A form that was sent with its session's token.
pub(crate) struct Sent {
    pub(crate) fields: Fields,
    pub(crate) files: Vec<SentFile>,
}

/// One file of it, on the disk until it is dropped.
pub(crate) struct SentFile {
    /// The name it has where it came from, without folders.
    pub(crate) name: String,
    pub(crate) file: NamedTempFile,
    pub(crate) bytes: u64,
}

impl FromRequest<Arc<App>> for Sent {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Sent, Trouble> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let visitor = visitor.ok_or(Trouble::SignIn { back: String::new() })?;
        let limit = Limit::of(request.uri().path());
        let parts = Multipart::from_request(request, app).await.map_err(|_| broken())?;
        read(&visitor, parts, limit).await
    }
}

fn broken() -> Trouble {
    Trouble::Unfit(
        "What was sent did not arrive whole. Nothing of it was taken; send it again.".to_owned(),
    )
}

/// Reads the fields and files. The token comes first, so that a stranger's files are not even
/// written.
async fn read(visitor: &Visitor, mut parts: Multipart, limit: Limit) -> Result<Sent, Trouble> {
    let mut sent = Sent { fields: Fields::new(), files: Vec::new() };
    let mut left = limit.bytes();
    let mut count = 0_usize;
    while let Some(field) = parts.next_field().await.map_err(|_| broken())? {
        count += 1;
        if count > form::MOST {
            let text = "At most 1,000 files and fields are taken at once. Send them in parts, or \
                        put the files into the inbox folder.";
            return Err(Trouble::TooLarge(text.to_owned()));
        }
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() {
            form::add(&mut sent.fields, name, text(field).await?)?;
            continue;
        }
        check_token(visitor, sent.fields.get("csrf").map(String::as_str))?;
        let file = file(visitor, field, (left, limit)).await?;
        left -= file.bytes;
        if !file.name.is_empty() {
            harmless(visitor, &file).await?;
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

async fn file(
    visitor: &Visitor,
    mut field: Field<'_>,
    (left, limit): (u64, Limit),
) -> Result<SentFile, Trouble> {
    let name = field.file_name().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    if name.len() > LONGEST_NAME || !name.chars().all(texts::is_plain) {
        return Err(Trouble::Unfit(
            "The file's name is too long or holds a sign that cannot be shown. Give it another \
             name and send it again."
                .to_owned(),
        ));
    }
    let written = |fault: std::io::Error| Trouble::Broken(fault.into());
    let mut file = NamedTempFile::new_in(&visitor.office.folder).map_err(written)?;
    let mut bytes = 0_u64;
    while let Some(part) = field.chunk().await.map_err(|_| broken())? {
        bytes += part.len() as u64;
        if bytes > left {
            return Err(limit.beyond());
        }
        file.write_all(&part).map_err(written)?;
    }
    file.flush().map_err(written)?;
    Ok(SentFile { name, file, bytes })
}

/// Asks the scanner about a file, where one is configured. A scanner that does not answer lets
/// nothing through.
async fn harmless(visitor: &Visitor, file: &SentFile) -> Result<(), Trouble> {
    let Some(scanner) = visitor.office.scanner.clone() else { return Ok(()) };
    match scanner.ask(file.file.path()).await {
        Ok(Verdict::Clean) => Ok(()),
        Ok(Verdict::Found(what)) => {
            tracing::warn!("the scanner refuses a file: {what}");
            let office = &visitor.office;
            access::note_refusal(office, "upload", "file.refused", "the scanner found harm").await;
            Err(Trouble::Unfit(
                "The virus scanner refuses this file. Nothing of it was kept; tell your \
                 administrator."
                    .to_owned(),
            ))
        }
        Ok(Verdict::TooLong) => {
            let bytes = file.bytes;
            tracing::warn!(
                "the scanner reads no file of {bytes} bytes; raise StreamMaxLength of clamd"
            );
            Err(Trouble::Unfit(
                "This file is longer than the virus scanner reads, so it is not taken. Nothing of \
                 it was kept; ask your administrator to let the scanner read longer ones."
                    .to_owned(),
            ))
        }
        Err(fault) => {
            tracing::error!("the scanner does not answer: {fault:#}");
            Err(Trouble::Unfit(
                "The virus scanner does not answer, so no file is taken now. Try again in a while, \
                 and tell your administrator if it goes on."
                    .to_owned(),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_long_is_read_for_long() {
        for (path, limit) in [
            ("/upload", Limit::Files),
            ("/rules/lists", Limit::Lists),
            ("/rules/codes", Limit::Documents),
            ("/keyed", Limit::Documents),
            ("/cases/den_1/acts", Limit::Documents),
            ("/questions/den_1/1", Limit::Documents),
        ] {
            assert_eq!(Limit::of(path), limit, "{path}");
        }
    }
}
