//! Legal holds on the page of a case: placed by who leads, lifted by a manager, each with a reason.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::Denial;
use denial::person::{Access, Role, allows};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::journal::Entry;
use store::retention::Hold;
use store::{Tx, instant};

use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::names;
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// The holds over a case, and what the visitor may do about them.
pub(crate) struct Holds {
    pub(crate) rows: Vec<HoldView>,
    pub(crate) places: bool,
    pub(crate) lifts: bool,
}

/// One hold.
pub(crate) struct HoldView {
    pub(crate) id: String,
    pub(crate) what: &'static str,
    pub(crate) why: String,
    pub(crate) by: String,
}

impl Holds {
    /// Those over one case.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        case: &Denial,
        people: &People,
    ) -> Result<Holds, store::Error> {
        let own = office.sees(case);
        let leads = allows(office.who.role, Access::Hold);
        let view = |hold: Hold| HoldView {
            what: in_words(&hold.scope),
            by: format!(
                "{}, {}",
                timeline::name(people, &hold.placed_by),
                words::instant(&hold.placed_at, &office.clinic.zone)
            ),
            id: hold.hold,
            // A reason for all of the practice may name whom it is about; it is for those who lead.
            why: if hold.scope == "practice" && !leads { String::new() } else { hold.why },
        };
        let rows = over(tx, case.id.as_str()).await?.into_iter().map(view).collect();
        Ok(Holds {
            rows,
            places: own && allows(office.who.role, Access::Hold),
            lifts: own && may_lift(office.who.role),
        })
    }
}

/// The holds that are over a case.
async fn over(tx: &mut Tx, case: &str) -> Result<Vec<Hold>, store::Error> {
    let holds = tx.holds().await?;
    if holds.is_empty() {
        return Ok(holds);
    }
    let patients = tx.cases_of_patient(case).await?;
    let is_over = |hold: &Hold| match hold.scope.as_str() {
        "practice" => true,
        "patient" => patients.contains(&hold.about),
        _ => hold.about == case,
    };
    Ok(holds.into_iter().filter(is_over).collect())
}

/// Who leads places a hold; the one who answers for the practice's business lifts it.
const fn may_lift(role: Role) -> bool {
    matches!(role, Role::Manager)
}

/// What a hold of a scope is on.
pub(crate) fn in_words(scope: &str) -> &'static str {
    match scope {
        "practice" => "the whole practice",
        "patient" => "this patient's cases",
        _ => "this case",
    }
}

/// `POST /cases/{id}/hold`.
pub(crate) async fn place(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let why = names::why(fields.get("why"))?;
    let scope = fields.get("scope").map(String::as_str).unwrap_or_default();
    if !["case", "patient", "practice"].contains(&scope) {
        return Err(Trouble::Unfit("Choose what is to be held.".to_owned()));
    }
    let moment = office.moment();
    let at = instant(moment.now);
    let mut tx = office.write().await?;
    let case = reach::own(&mut tx, office, &id).await?;
    if scope == "patient"
        && tx.names_among(std::slice::from_ref(&id)).await?.get(&id).is_none_or(|words| {
            words.iter().all(|word| word.kind != store::words::WordKind::Member)
        })
    {
        return Err(Trouble::Unfit(
            "No member id is known here, by which the patient's other cases would be found. Hold \
             each case, or the whole practice."
                .to_owned(),
        ));
    }
    let drawn = Sha256::digest(format!("hold {id} {scope} {at} {why}"));
    let hold = Hold {
        hold: format!("hld_{}", hex::encode(drawn.get(..16).unwrap_or_default())),
        scope: scope.to_owned(),
        about: case.id.to_string(),
        why: why.to_owned(),
        placed_at: at,
        placed_by: moment.who.person.to_string(),
    };
    let is_same =
        |one: &Hold| one.scope == scope && (scope == "practice" || one.about == hold.about);
    if tx.holds().await?.iter().any(is_same) {
        return Err(Trouble::Unfit(
            "That is held already, for the reason that stands on the case under Legal hold."
                .to_owned(),
        ));
    }
    tx.place_hold(&hold).await?;
    let facts = json!({ "why": why, "what": scope, "hold": hold.hold });
    tx.append(vec![Entry::new(&id, "hold.placed", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(back(&id, "hold"))
}

/// `POST /cases/{id}/hold/lift`.
pub(crate) async fn lift(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let why = names::why(fields.get("why"))?;
    if !may_lift(office.who.role) {
        return Err(Trouble::Denied("Only a manager lifts a legal hold.".to_owned()));
    }
    let moment = office.moment();
    let mut tx = office.write().await?;
    reach::own(&mut tx, office, &id).await?;
    let wanted = fields.get("hold").map(String::as_str).unwrap_or_default();
    let Some(hold) = over(&mut tx, &id).await?.into_iter().find(|one| one.hold == wanted) else {
        return Err(Trouble::Nowhere);
    };
    tx.lift_hold(&hold.hold, moment.who.person.as_str(), &instant(moment.now)).await?;
    let facts = json!({ "why": why, "what": hold.scope, "hold": hold.hold });
    tx.append(vec![Entry::new(&id, "hold.lifted", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(back(&id, "hold"))
}

fn back(id: &str, done: &str) -> Response {
    Redirect::to(&format!("/cases/{id}?done={done}")).into_response()
}
