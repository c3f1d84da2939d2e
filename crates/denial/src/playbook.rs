//! What an adjustment is: kind, category, origin, whether it can be corrected, what to do first.

use std::collections::BTreeMap;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::{AdjustmentKind, Category, Origin};
use crate::codes::{Carc, Group, Rarc};
use crate::denial::NextActionKind;
use crate::money::Chance;
use crate::payer::PayerRules;
use crate::remittance::Remark;

/// What the rules say of one adjustment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whether money that may be won back was refused at all.
    pub kind: AdjustmentKind,
    /// The reason; [`Category::Unmapped`] unless the kind is a denial.
    pub category: Category,
    /// Front desk or behind it.
    pub origin: Origin,
    /// True where sending the claim again with the fault mended can win.
    pub correctable: bool,
    /// What to do first.
    pub next: NextActionKind,
    /// What has to be found or sent, in the playbook's words (`medical_record`).
    pub documents: Vec<SmolStr>,
    /// The stated prior chance of winning, before the clinic's own history says more.
    pub chance: Chance,
    /// For an unmapped reason: the category that it most likely is.
    pub suggestion: Option<Category>,
}

impl Ruling {
    /// The ruling of a reason that no rule names: somebody has to look.
    #[must_use]
    pub fn unmapped() -> Ruling {
        Ruling {
            kind: AdjustmentKind::Unmapped,
            category: Category::Unmapped,
            origin: Category::Unmapped.origin(),
            correctable: false,
            next: NextActionKind::Review,
            documents: Vec::new(),
            chance: Chance::default(),
            suggestion: None,
        }
    }
}

/// Every rule about reasons and remarks that holds for all payers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Playbook {
    pub(crate) reasons: BTreeMap<Carc, Vec<Reason>>,
}

/// One reason code over one span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) ruling: Ruling,
    pub(crate) unless: Vec<Unless>,
}

/// What differs where a narrower condition holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unless {
    pub(crate) group: Option<Group>,
    pub(crate) rarc: Option<Rarc>,
    pub(crate) ruling: Ruling,
}

impl Playbook {
    /// What an adjustment is at this payer. Narrower beats broader, payer beats general; a reason
    /// that no rule names is [`Ruling::unmapped`].
    #[must_use]
    pub fn ruling(
        &self,
        _payer: Option<&PayerRules>,
        group: &Group,
        reason: &Carc,
        remarks: &[Remark],
    ) -> Ruling {
        let Some(rule) = self.reasons.get(reason).and_then(|rules| rules.last()) else {
            return Ruling::unmapped();
        };
        let holds = |unless: &&Unless| {
            unless.group.as_ref().is_none_or(|wanted| wanted == group)
                && unless.rarc.as_ref().is_none_or(|code| remarks.iter().any(|r| r.code == *code))
        };
        rule.unless.iter().find(holds).map_or(&rule.ruling, |unless| &unless.ruling).clone()
    }
}
