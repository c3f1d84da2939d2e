//! Taking back what was done last with a case: offered while it can be, told why where it cannot.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::Denial;
use denial::lifecycle::Event;
use denial::person::Moment;
use store::journal::Happened;

use crate::act::Failed;
use crate::bulk;
use crate::web::case;
use crate::web::gate::Posted;
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::told_money::Around;
use crate::web::trouble::Trouble;

/// What the visitor could take back now, in words; nothing where they could not.
pub(crate) fn offer(
    case: &Denial,
    told: &[Happened],
    people: &People,
    moment: &Moment,
) -> Option<String> {
    bulk::undoing(case, told, case.version, moment).ok()?;
    let events = told.iter().filter_map(|one| serde_json::from_str::<Event>(&one.body).ok());
    let mut last = events.filter(|one| one.version == case.version);
    last.next().map(|one| timeline::sentence(&one.change, people, Around::default()))
}

/// `POST /cases/{id}/undo`.
pub(crate) async fn undo(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(mut fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let version = case::version(&mut fields)?;
    let mut tx = office.write().await?;
    reach::own(&mut tx, office, &id).await?;
    match bulk::undo_one(&mut tx, office, &office.moment(), &id, version).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/cases/{id}?done=undo")).into_response())
        }
        Err(Failed::Refused(why)) => {
            drop(tx);
            case::refused(&visitor, &id, &why).await
        }
        Err(Failed::Missing) => Err(Trouble::Nowhere),
        Err(Failed::Stale { .. }) => Err(Trouble::Unfit(
            "Somebody saved this case meanwhile. Open it again to see what stands.".to_owned(),
        )),
        Err(Failed::Store(error)) => Err(error.into()),
        Err(Failed::Folder(fault)) => Err(fault.into()),
    }
}
