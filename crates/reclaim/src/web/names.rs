//! Patients' names before whoever needs them: masked elsewhere, and shown for a while to who says
//! why, which is on record before they stand there.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use denial::masks::{self, Masks, Place};
use jiff::SignedDuration;
use serde_json::json;
use store::journal::Entry;
use store::reveals::Reveal;
use store::{Tx, instant};

use crate::practice::Office;
use crate::web::case_view::{PatientView, Spoken};
use crate::web::gate::Posted;
use crate::web::session::Visitor;
use crate::web::sign_in::own_place;
use crate::web::trouble::Trouble;
use crate::web::words;

/// So long a name stays shown.
pub(crate) const SHOWN: SignedDuration = SignedDuration::from_mins(15);
/// The longest reason.
pub(crate) const LONGEST_WHY: usize = 500;

/// How names stand before a visitor.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    masks: Masks,
    /// The end of a reveal on the page of one claim.
    until: Option<String>,
}

impl Names {
    /// In lists.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(tx: &mut Tx) -> Result<Names, Trouble> {
        // A word that is none of ours masks most.
        let masks = Masks::from_name(&tx.masks().await?).unwrap_or(Masks::Lists);
        Ok(Names { masks, until: None })
    }

    /// On the page of some claims that are one.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn about(
        tx: &mut Tx,
        office: &Office,
        claims: &[String],
    ) -> Result<Names, Trouble> {
        let mut names = Names::of(tx).await?;
        if masks::shows(office.who.role, names.masks, Place::Own) {
            return Ok(names);
        }
        let (me, now) = (office.who.person.as_str(), instant(office.clock.now()));
        for claim in claims {
            names.until = tx.revealed_until(me, claim, "names", &now).await?.or(names.until);
        }
        Ok(names)
    }

    /// Names stand in lists as they are.
    pub(crate) fn in_lists(&self, office: &Office) -> bool {
        masks::shows(office.who.role, self.masks, Place::List)
    }

    /// A name of a list.
    pub(crate) fn listed(&self, office: &Office, name: &str) -> String {
        if self.in_lists(office) { name.to_owned() } else { masks::name(name) }
    }

    /// Names stand on this page as they are.
    pub(crate) fn are_shown(&self, office: &Office) -> bool {
        self.until.is_some() || masks::shows(office.who.role, self.masks, Place::Own)
    }

    /// The patient of a page, masked where the visitor needs no name; `claim` is whose, `here` the
    /// page itself.
    pub(crate) fn patient(
        &self,
        office: &Office,
        patient: PatientView,
        (claim, here): (&str, &str),
    ) -> PatientView {
        if self.are_shown(office) {
            let until = self.until.as_deref();
            let until = until.map(|until| words::instant(until, &office.clinic.zone));
            return PatientView { until, ..patient };
        }
        let is_known = !(patient.name.is_empty() && patient.member.is_empty());
        PatientView {
            name: masks::name(&patient.name),
            member: masks::member(&patient.member),
            born: String::new(),
            until: None,
            unmask: is_known.then(|| (format!("/claims/{claim}/names"), here.to_owned())),
        }
    }

    /// Segments without names where the visitor needs none.
    pub(crate) fn mask(&self, office: &Office, spoken: &mut [Spoken]) {
        if self.are_shown(office) {
            return;
        }
        for segment in spoken.iter_mut().flat_map(|one| &mut one.segments) {
            segment.text = masks::segment(&segment.text);
        }
    }

    /// Refuses a document, which names its patient, to who sees no names.
    ///
    /// # Errors
    /// [`Trouble::Denied`].
    pub(crate) fn let_documents(&self, office: &Office) -> Result<(), Trouble> {
        if self.are_shown(office) {
            return Ok(());
        }
        Err(Trouble::Denied(
            "A document names its patient, whom your role needs not to know. Show the name with a \
             reason first, on the page of the case or claim; then the document opens too."
                .to_owned(),
        ))
    }
}

/// A reason that somebody gave, of a length.
///
/// # Errors
/// [`Trouble::Unfit`].
pub(crate) fn why(text: Option<&String>) -> Result<&str, Trouble> {
    let why = text.map(|text| text.trim()).unwrap_or_default();
    match why.chars().count() {
        0 => Err(Trouble::Unfit("Say why, in a few words: it stands in the journal.".to_owned())),
        1..=LONGEST_WHY => Ok(why),
        _ => Err(Trouble::TooLarge(format!("A reason has at most {LONGEST_WHY} letters."))),
    }
}

/// `POST /claims/{id}/names`: shows the names of a claim for a while, on record before it.
pub(crate) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let why = why(fields.get("why"))?;
    let moment = office.moment();
    let until = instant(moment.now.checked_add(SHOWN).unwrap_or(moment.now));
    let mut tx = office.write().await?;
    if !tx.claims(std::slice::from_ref(&id)).await?.contains_key(&id) {
        return Err(Trouble::Nowhere);
    }
    tx.reveal(&Reveal {
        person: moment.who.person.as_str().to_owned(),
        about: id.clone(),
        kind: "names".to_owned(),
        why: why.to_owned(),
        began_at: instant(moment.now),
        until_at: until.clone(),
        looked_by: None,
        looked_at: None,
    })
    .await?;
    let facts = json!({ "why": why, "until": until });
    tx.append_views(vec![Entry::new(&id, "names.shown", &facts)], &moment).await?;
    tx.commit().await?;
    let here = own_place(fields.get("here").map(String::as_str).unwrap_or_default());
    let here = if here.is_empty() { format!("/claims/{id}") } else { here };
    Ok(Redirect::to(&here).into_response())
}
