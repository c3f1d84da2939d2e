//! The payers' letters of a case or claim that are no denials, as their pages show them.

use denial::denial::Denial;
use denial::person::{Access, allows};
use denial::request::{Request, RequestState};
use store::Tx;

use crate::practice::Office;
use crate::web::requests::Row;
use crate::web::trouble::Trouble;

/// The letters of a case or claim.
pub(crate) struct Letters {
    pub(crate) open: Vec<Row>,
    pub(crate) past: Vec<Row>,
    /// The visitor may open their pages.
    pub(crate) opens: bool,
    /// The visitor may key one.
    pub(crate) keys: bool,
}

impl Letters {
    /// Those of one case; `shows` says whether its patient's name stands before the visitor.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        case: &Denial,
        shows: bool,
    ) -> Result<Letters, Trouble> {
        let all = tx.requests_of(case.id.as_str()).await?;
        Ok(Letters::shown(&all, office, (shows, office.sees(case))))
    }

    /// Those about one claim, of any case or of none, that the visitor may see.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn about(
        tx: &mut Tx,
        office: &Office,
        claim: &str,
        shows: bool,
    ) -> Result<Letters, Trouble> {
        let mut all = tx.requests_about(claim).await?;
        all.retain(|one| one.is_seen_by(&office.who, None, &office.rules));
        Ok(Letters::shown(&all, office, (shows, true)))
    }

    fn shown(all: &[Request], office: &Office, (shows, keys): (bool, bool)) -> Letters {
        let today = office.moment().today;
        let (open, past): (Vec<_>, Vec<_>) =
            all.iter().partition(|one| one.state == RequestState::Open);
        let row = |one: &&Request| Row::of(one, shows, today);
        let role = office.who.role;
        Letters {
            open: open.iter().map(row).collect(),
            past: past.iter().map(row).collect(),
            opens: allows(role, Access::Requests),
            keys: keys && allows(role, Access::KeepRequests),
        }
    }
}
