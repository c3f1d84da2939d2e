//! Patients' names before whoever needs them: masked elsewhere, and shown for a while to who says
//! why, which is on record before they stand there.

use std::collections::HashSet;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use denial::masks::{self, Masks, Place};
use denial::person::{Access, allows};
use denial::protected;
use jiff::SignedDuration;
use serde_json::json;
use store::journal::Entry;
use store::reveals::Reveal;
use store::{Tx, instant};

use crate::practice::Office;
use crate::web::case_view::{PatientView, Spoken};
use crate::web::gate::Posted;
use crate::web::protection;
use crate::web::reach;
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
    /// Which of the claims are specially protected.
    guarded: HashSet<String>,
}

impl Names {
    /// In lists.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(tx: &mut Tx) -> Result<Names, Trouble> {
        // A word that is none of ours masks most.
        let masks = Masks::from_name(&tx.masks().await?).unwrap_or(Masks::Lists);
        Ok(Names { masks, until: None, guarded: HashSet::new() })
    }

    /// In a list of these claims.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn among(tx: &mut Tx, claims: &[String]) -> Result<Names, Trouble> {
        let guarded = tx.protected_among(claims).await?.into_keys().collect();
        Ok(Names { guarded, ..Names::of(tx).await? })
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
        let mut names = Names::among(tx, claims).await?;
        if names.guarded.is_empty() && masks::shows(office.who.role, names.masks, Place::Own) {
            return Ok(names);
        }
        let (me, now) = (office.who.person.as_str(), instant(office.clock.now()));
        for claim in claims {
            names.until = tx.revealed_until(me, claim, "names", &now).await?.or(names.until);
        }
        Ok(names)
    }

    /// Of which of many claims the own pages show the names to the visitor.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn shown_among(
        tx: &mut Tx,
        office: &Office,
        claims: &[String],
    ) -> Result<HashSet<String>, Trouble> {
        let all = Names::among(tx, claims).await?;
        let (me, now) = (office.who.person.as_str(), instant(office.clock.now()));
        let until = tx.revealed_to(me, "names", &now).await?;
        let is_shown = |claim: &&String| {
            let guarded = all.guarded.get(*claim).cloned().into_iter().collect();
            let until = until.get(*claim).cloned();
            Names { masks: all.masks, until, guarded }.are_shown(office)
        };
        Ok(claims.iter().filter(is_shown).cloned().collect())
    }

    /// Names stand in lists as they are.
    pub(crate) fn in_lists(&self, office: &Office) -> bool {
        masks::shows(office.who.role, self.masks, Place::List)
    }

    /// The page is of a specially protected claim, and the visitor has not had it shown.
    pub(crate) fn hides(&self, office: &Office) -> bool {
        !self.guarded.is_empty() && !self.are_shown(office)
    }

    /// A claim of a list is specially protected.
    pub(crate) fn guards(&self, claim: &str) -> bool {
        self.guarded.contains(claim)
    }

    /// A name of a list, which is that of a claim.
    pub(crate) fn listed(&self, office: &Office, claim: &str, name: &str) -> String {
        if self.in_lists(office) && !self.guards(claim) {
            name.to_owned()
        } else {
            masks::name(name)
        }
    }

    /// Names stand on this page as they are.
    pub(crate) fn are_shown(&self, office: &Office) -> bool {
        let role = office.who.role;
        if !self.guarded.is_empty() {
            return self.until.is_some() && protected::may_clear(role);
        }
        self.until.is_some() || masks::shows(role, self.masks, Place::Own)
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
            unmask: (is_known && self.may_be_shown(office))
                .then(|| (format!("/claims/{claim}/names"), here.to_owned())),
        }
    }

    /// The visitor may have them shown with a reason.
    fn may_be_shown(&self, office: &Office) -> bool {
        let role = office.who.role;
        allows(role, Access::ReadPatients)
            && (self.guarded.is_empty() || protected::may_clear(role))
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
        if !self.may_be_shown(office) {
            protection::require_clearance(office)?;
        }
        Err(Trouble::Denied(
            "A document names its patient, who is masked before you. Show the name with a \
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

/// Whether somebody may have the names of a claim shown: they open claims, or see a case of it; and
/// are cleared where it is specially protected.
async fn may_show(tx: &mut Tx, office: &Office, claims: &[String]) -> Result<(), Trouble> {
    if !tx.protected_among(claims).await?.is_empty() {
        protection::require_clearance(office)?;
    }
    let cases = tx.cases_of(claims).await?;
    if allows(office.who.role, Access::Claims) || cases.iter().any(|case| office.sees(case)) {
        return Ok(());
    }
    let help = cases.first().map_or_else(|| "Ask a billing supervisor.".to_owned(), reach::help);
    Err(Trouble::Denied(format!("No case of this claim is yours. {help}")))
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
    let claims = [id.clone()];
    if !tx.claims(&claims).await?.contains_key(&id) {
        return Err(Trouble::Nowhere);
    }
    may_show(&mut tx, office, &claims).await?;
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
