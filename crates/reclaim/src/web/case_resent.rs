//! What went to the payer again and has no answer yet, as the case and the queue tell it.

use denial::denial::Denial;
use denial::lifecycle::Act;
use denial::person::{Access, Moment, allows};
use denial::resent::{Found, Resent};
use store::Tx;

use crate::practice::Office;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{identity, resent};

/// What a case waits with.
pub(crate) struct ResentView {
    pub(crate) text: String,
    /// Nothing is to be done meanwhile; what did not leave waits for nobody.
    pub(crate) waits: bool,
    /// Where it lies, and what that is called.
    pub(crate) at: Option<(String, &'static str)>,
    /// What records it on the case, where no record tells of it.
    pub(crate) record: Option<Record>,
}

/// The act that records what a file tells.
pub(crate) struct Record {
    pub(crate) frequency: &'static str,
    pub(crate) on: String,
    /// The file's name: our number of what was sent.
    pub(crate) reference: String,
    pub(crate) document: String,
}

/// What a case waits with, and the name of the file that tells of it.
pub(crate) struct Awaited {
    pub(crate) resent: Resent,
    file: String,
}

impl Awaited {
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        case: &Denial,
    ) -> Result<Option<Awaited>, Trouble> {
        let Some(resent) = resent::of_one(tx, office, case).await? else { return Ok(None) };
        let file = match resent.found {
            Found::InFile => tx.file(&resent.source).await?,
            Found::OnCase | Found::InOutbox(_) => None,
        };
        Ok(Some(Awaited { resent, file: file.map(|file| file.name).unwrap_or_default() }))
    }
}

impl ResentView {
    pub(crate) fn of(awaited: &Awaited, case: &Denial, visitor: &Visitor) -> ResentView {
        let office = &visitor.office;
        let (resent, role) = (&awaited.resent, office.who.role);
        let at = match resent.found {
            Found::InOutbox(_) if allows(role, Access::Outbox) => {
                Some(("/outbox".to_owned(), "The outbox"))
            }
            Found::InFile if allows(role, Access::Remittances) => {
                Some((format!("/files/{}", resent.source), "Its file"))
            }
            Found::OnCase | Found::InFile | Found::InOutbox(_) => None,
        };
        ResentView {
            text: words::sentence(&resent.to_string()),
            waits: resent.waits(),
            at,
            record: record(awaited, case, &office.moment(), office),
        }
    }
}

fn record(awaited: &Awaited, case: &Denial, at: &Moment, office: &Office) -> Option<Record> {
    let resent = &awaited.resent;
    let is_untold = resent.found == Found::InFile && !awaited.file.is_empty();
    let may = is_untold && case.admit(Act::Resubmit, at, &office.rules).is_ok();
    may.then(|| Record {
        frequency: resent.frequency.as_str(),
        on: resent.on.to_string(),
        reference: awaited.file.clone(),
        document: identity::document(&resent.source).map(|id| id.to_string()).unwrap_or_default(),
    })
}
