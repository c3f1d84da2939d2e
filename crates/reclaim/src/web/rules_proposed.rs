//! What a form would write into rule files: shown with what it changes, then saved.

use axum::http::StatusCode;
use denial::ids::DenialId;
use store::rule_versions::RuleVersion;

use crate::line_changes::{self, Line};
use crate::own_rules::{self, Text, Unsaved};
use crate::web::rules_edit::{FaultRow, fault_rows, text_of};
use crate::web::rules_tried::{self, Tried};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// What a page shows of texts that a form made.
#[derive(Default)]
pub(crate) struct Proposal {
    /// What each file would say otherwise.
    pub(crate) files: Vec<(String, Vec<Line>)>,
    pub(crate) faults: Vec<FaultRow>,
    pub(crate) refused: Option<String>,
    pub(crate) tried: Option<Tried>,
}

impl Proposal {
    /// A form that cannot be read; says what to change.
    pub(crate) fn refused(text: impl Into<String>) -> Proposal {
        Proposal { refused: Some(text.into()), ..Proposal::default() }
    }

    /// How its page answers.
    pub(crate) fn status(&self) -> StatusCode {
        let is_fine = self.refused.is_none() && self.faults.is_empty();
        if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// Texts checked and tried on cases.
    pub(crate) async fn tried(
        visitor: &Visitor,
        own: &[RuleVersion],
        texts: &[Text],
        cases: &[DenialId],
    ) -> Result<Proposal, Trouble> {
        let office = &visitor.office;
        let changes = |text: &Text| {
            let before = text_of(office, own, &text.path);
            (text.path.clone(), line_changes::between(&before, &text.text))
        };
        let shown = Proposal { files: texts.iter().map(changes).collect(), ..Proposal::default() };
        let mut tx = office.read().await?;
        let read = office.rule_books.tried(&mut tx, &office.rules, own, texts).await?;
        drop(tx);
        match read {
            Err(faults) => Ok(Proposal { faults: fault_rows(&faults, ""), ..shown }),
            Ok(book) => {
                let tried = Some(rules_tried::tried(visitor, &book, cases).await?);
                Ok(Proposal { tried, ..shown })
            }
        }
    }
}

/// Saves texts that a form made; what to show where that is refused.
pub(crate) async fn save(
    visitor: &Visitor,
    texts: &[Text],
    why: &str,
    read: i64,
) -> Result<Option<Proposal>, Trouble> {
    match own_rules::save(&visitor.office, texts, why, read).await {
        Ok(_) => Ok(None),
        Err(Unsaved::Store(fault)) => Err(fault.into()),
        Err(Unsaved::Faults(faults)) => {
            Ok(Some(Proposal { faults: fault_rows(&faults, ""), ..Proposal::default() }))
        }
        Err(Unsaved::Unfit(text)) => Ok(Some(Proposal::refused(text))),
        Err(Unsaved::Stale { .. }) => Ok(Some(Proposal::refused(
            "Somebody changed the same file after you had opened this page; nothing was saved. \
             Look at what you would change now, then save again.",
        ))),
    }
}
