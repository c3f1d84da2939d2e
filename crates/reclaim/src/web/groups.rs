//! Cases that are one job, as one row each (features 4.05).

use denial::ids::DenialId;
use insight::board::Group;
use store::Tx;

use crate::web::asked::Asked;
use crate::web::case_clocks;
use crate::web::queue;
use crate::web::queue_row::Row;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// One job.
pub(crate) struct GroupRow {
    /// The case that stands for it.
    pub(crate) like: Row,
    /// Where its cases are listed.
    pub(crate) href: String,
    pub(crate) cases: String,
    pub(crate) outstanding: String,
    pub(crate) clock: Due,
}

/// Jobs as rows; each is described by the case that comes first in it.
pub(crate) async fn rows(
    tx: &mut Tx,
    visitor: &Visitor,
    asked: &Asked,
    groups: Vec<Group>,
) -> Result<Vec<GroupRow>, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let ids: Vec<String> =
        groups.iter().map(|group| DenialId::from_bits(group.first).to_string()).collect();
    let cases = queue::ordered(tx, &ids).await?;
    let people = timeline::people(tx).await?;
    let row = |group: &Group| {
        // The board may know of a case that was opened after this look at the database began.
        let case = cases.iter().find(|case| case.id.bits() == group.first)?;
        let soonest = || case_clocks::soonest(case, today).1;
        Some(GroupRow {
            like: Row::of(case, &people, &office.rules, today),
            href: format!("/queue?{}", asked.of_job(case.id.as_str())),
            cases: words::number(i64::try_from(group.sum.cases).unwrap_or(i64::MAX)),
            outstanding: words::money(group.sum.outstanding),
            clock: group.due_on.map_or_else(soonest, |on| words::due(Some(on), today)),
        })
    };
    Ok(groups.iter().filter_map(row).collect())
}
