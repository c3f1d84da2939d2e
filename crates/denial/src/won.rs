//! What a case that was won still has to bring: what its payer said, less what is posted.

use crate::denial::{Denial, Status};
use crate::money::Money;

/// What is to be posted of a case that was won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToPost {
    /// What the payer told that it pays, less its payments that are posted.
    Told(Money),
    /// It told no amount: what is outstanding, which is more than it may pay.
    Untold(Money),
}

impl ToPost {
    /// The amount, where the payer told it.
    #[must_use]
    pub const fn told(self) -> Option<Money> {
        match self {
            ToPost::Told(amount) => Some(amount),
            ToPost::Untold(_) => None,
        }
    }
}

impl Denial {
    /// What is to be posted; `None` where the payer has not given way, or the case is closed.
    #[must_use]
    pub fn to_post(&self) -> Option<ToPost> {
        if self.status() != Status::Overturned {
            return None;
        }
        Some(match self.told() {
            Some(told) => ToPost::Told((told - self.recovered_of_it()).max(Money::ZERO)),
            None => ToPost::Untold(self.balance.outstanding()),
        })
    }

    /// What the payer told that it pays: what remittances say where they pay every line, else what
    /// it promised when it gave way, else what they say of some lines.
    #[must_use]
    pub fn told(&self) -> Option<Money> {
        let promised = self.work.won().and_then(|won| won.promised);
        promised.filter(|_| !self.is_won()).or_else(|| self.paid_after_all())
    }

    /// What is posted of what it told: a promise is of what came after it, remittances of all.
    fn recovered_of_it(&self) -> Money {
        let won = self.work.won().filter(|won| won.promised.is_some() && !self.is_won());
        self.balance.recovered - won.map_or(Money::ZERO, |won| won.recovered)
    }

    /// What remittances pay of the lines that were denied; `None` where they pay none.
    #[must_use]
    pub fn paid_after_all(&self) -> Option<Money> {
        let mut paid = self.lines.iter().filter_map(|line| line.recovered.as_ref()).peekable();
        paid.peek().is_some().then(|| paid.map(|one| one.amount).sum())
    }
}
