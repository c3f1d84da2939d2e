//! The way from a case to the correction of its claim, and how far that has come.

use denial::denial::{Denial, Status};
use denial::person::{Access, allows};
use denial::proven::Prepared;
use store::Tx;
use store::corrections::Correction;

use crate::correcting;
use crate::practice::{Office, console_actor};
use crate::web::correct;
use crate::web::names::Names;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// The correction of a case.
pub(crate) struct CorrectionView {
    pub(crate) href: String,
    pub(crate) label: &'static str,
    /// Who saved it when; empty where nobody has begun.
    pub(crate) text: String,
    pub(crate) is_begun: bool,
}

impl CorrectionView {
    /// Where the visitor may correct the claim now.
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        case: &Denial,
        people: &People,
    ) -> Result<Option<CorrectionView>, Trouble> {
        let is_ours = matches!(case.status(), Status::New | Status::InReview);
        let may = is_ours && allows(office.who.role, Access::Correct);
        if !may || !office.sees(case) || correct::may_correct(case, office).is_err() {
            return Ok(None);
        }
        // It shows names: those of a specially protected record are shown with a reason first.
        let names = Names::about(tx, office, &[case.claim.to_string()]).await?;
        if names.hides(office) {
            return Ok(None);
        }
        let Some(base) = correcting::base(tx, office, case).await? else { return Ok(None) };
        let kept = tx.correction(case.id.as_str()).await?;
        let kept = kept.filter(|kept| !correcting::went_out(kept, &base, case));
        let form = format!("/cases/{}/correct", case.id);
        let Some(kept) = kept else {
            let (label, text) = ("Correct the claim", String::new());
            return Ok(Some(CorrectionView { href: form, label, text, is_begun: false }));
        };
        let asked = kept
            .edit
            .question
            .is_some_and(|number| case.questions.iter().any(|one| one.number == number));
        let (label, href) = match (asked, &kept.edit.approval) {
            (true, _) => ("Look at the correction", format!("{form}/look")),
            (false, Some(_)) => ("Look at the correction and send it", format!("{form}/look")),
            (false, None) => ("Go on with the correction", form),
        };
        if let Some(prepared) = &kept.edit.prepared {
            let label = if asked { label } else { "Look at the prepared correction" };
            let text = said_of(prepared, (people, &kept), office);
            return Ok(Some(CorrectionView { href, label, text, is_begun: true }));
        }
        let waits = if asked { "; it waits for a coder" } else { "" };
        let name = timeline::name(people, &kept.changed_by);
        let at = words::instant(&kept.changed_at, &office.clinic.zone);
        let text = format!("Saved {at} by {name}{waits}.");
        Ok(Some(CorrectionView { href, label, text, is_begun: true }))
    }
}

/// Which rule prepared it by what proof, and who went on with it.
fn said_of(prepared: &Prepared, (people, kept): (&People, &Correction), office: &Office) -> String {
    let at = words::instant(&kept.changed_at, &office.clinic.zone);
    let by = if kept.changed_by == console_actor().person.as_str() {
        format!("Prepared {at} by the rule {}", prepared.rule)
    } else {
        let name = timeline::name(people, &kept.changed_by);
        format!("Saved {at} by {name}, prepared by the rule {}", prepared.rule)
    };
    format!("{by}: {}. Nothing has left.", prepared.proof)
}
