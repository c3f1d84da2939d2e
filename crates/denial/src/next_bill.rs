//! Where a claim stands before the payer that comes next: to be billed, passed on by the payer
//! before it, on its way, or held by an open denial (features 12.01–12.03).

use jiff::civil::Date;

use crate::claim::PayerName;
use crate::cover::{Cover, Turn};
use crate::ids::PayerId;
use crate::money::Money;
use crate::named;
use crate::remittance::{ClaimPayment, Standing};

named! {
    /// Where it stands.
    State {
        /// It can be billed to the next payer now.
        ToBill = "to_bill",
        /// The payer before it refused something, and that is worked first.
        Denied = "denied",
        /// The payer before it passed the claim on: another would be a duplicate.
        Crossed = "crossed",
        /// A claim of ours waits in the outbox or with that payer.
        Waiting = "waiting",
    }
}

/// Remarks by which a payer says that it passed the claim on.
const PASSED_ON: [&str; 3] = ["MA07", "MA18", "N89"];

/// What a payer said that passed a claim on itself, in the field's words; `None` where it did not.
#[must_use]
pub fn passed_on(payment: &ClaimPayment) -> Option<String> {
    if let "19" | "20" | "21" | "23" = payment.status.as_str() {
        return Some(format!("status {} (CLP02)", payment.status));
    }
    if payment.crossover.is_some() {
        return Some("crossover payer named (NM1*TT)".to_owned());
    }
    let told = payment.remarks.iter().map(|one| one.code.as_str());
    let mut told = told.filter(|code| PASSED_ON.contains(code));
    told.next().map(|code| format!("remark {code}"))
}

/// What is left for whoever comes next: the patient's share (group PR) on claim and lines.
#[must_use]
pub fn share(payment: &ClaimPayment) -> Money {
    let of_patient = payment.all_adjustments().filter(|one| one.group.as_str() == "PR");
    of_patient.map(|one| one.amount).sum()
}

/// What one payer said of the claim.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// Who.
    pub payer: &'a PayerId,
    /// The day of its payment.
    pub on: Option<Date>,
    /// What.
    pub payment: &'a ClaimPayment,
}

/// A claim that went to a payer, or waits in the outbox for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Which payer.
    pub payer: PayerId,
    /// The day.
    pub on: Date,
}

/// What is known of a claim and its payers.
pub struct Known<'a> {
    /// Covers with the ids of their payers.
    pub covers: &'a [(PayerId, Cover)],
    /// What payers said, the first first.
    pub said: &'a [Word<'a>],
    /// What went to which payer.
    pub sent: &'a [Sent],
    /// Days on which a version of the claim was refused before adjudication.
    pub refused: &'a [Date],
    /// A case of the payer that spoke last is worked on, and is not about who pays first.
    pub is_denied: bool,
    /// The first day of service.
    pub served_on: Option<Date>,
}

/// The next payer of a claim and how it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// How it stands.
    pub state: State,
    /// The next payer; without a name where nobody named it.
    pub payer: PayerName,
    /// Its place among the known covers.
    pub cover: Option<usize>,
    /// The word that it follows, as a place in what was said; none where this payer comes first.
    pub after: Option<usize>,
    /// What is left for it: the patient's share.
    pub share: Money,
    /// Since when it stands so.
    pub since: Option<Date>,
    /// Why, in the field's words.
    pub why: String,
}

/// The payer that comes next, where one does and has not answered.
#[must_use]
pub fn next(known: &Known<'_>) -> Option<Next> {
    known.before_the_first().or_else(|| known.after_the_last())
}

impl Known<'_> {
    /// A payer that comes before the one that was billed first, and has never spoken.
    fn before_the_first(&self) -> Option<Next> {
        let is_first = |(_, (payer, cover)): &(usize, &(PayerId, Cover))| {
            cover.turn == Turn::Primary && cover.holds_on(self.served_on) && !self.spoke(payer)
        };
        let (at, (payer, cover)) = self.covers.iter().enumerate().find(is_first)?;
        let sent = self.with(payer);
        Some(Next {
            state: if sent.is_some() { State::Waiting } else { State::ToBill },
            payer: cover.payer.clone(),
            cover: Some(at),
            after: None,
            share: self.said.last().map(|word| word.payment.charge).unwrap_or_default(),
            since: sent.or_else(|| self.said.last().and_then(|word| word.on)),
            why: "this payer comes first; the claim went to another".to_owned(),
        })
    }

    fn after_the_last(&self) -> Option<Next> {
        let at = self.last()?;
        let word = self.said.get(at)?;
        if let Some(why) = passed_on(word.payment) {
            return Some(self.passed(at, word, why));
        }
        let cover = self.unanswered()?;
        let (payer, told) = self.covers.get(cover)?;
        let (share, sent) = (share(word.payment), self.with(payer));
        let (state, why) = match sent {
            Some(_) => (State::Waiting, "a claim to it has no answer yet"),
            None if self.is_denied => (State::Denied, "a denial of the payer before it is open"),
            None if share > Money::ZERO => (State::ToBill, "the payer before it has paid its part"),
            None => return None,
        };
        Some(Next {
            state,
            payer: told.payer.clone(),
            cover: Some(cover),
            after: Some(at),
            share,
            since: sent.or(word.on),
            why: why.to_owned(),
        })
    }

    /// The payer before it has passed the claim on.
    fn passed(&self, at: usize, word: &Word<'_>, why: String) -> Next {
        let cover = self.unanswered();
        let told = cover.and_then(|at| self.covers.get(at));
        let named = word.payment.crossover.clone();
        let payer = named.or_else(|| told.map(|(_, cover)| cover.payer.clone()));
        let sent = told.and_then(|(payer, _)| self.with(payer));
        Next {
            state: if sent.is_some() { State::Waiting } else { State::Crossed },
            payer: payer.unwrap_or_default(),
            cover,
            after: Some(at),
            share: share(word.payment),
            since: sent.or(word.on),
            why,
        }
    }

    /// The last adjudication, where it was not taken back. An estimate or a status that nobody
    /// knows stands beside it and says nothing.
    fn last(&self) -> Option<usize> {
        let says = |word: &Word<'_>| match word.payment.standing() {
            Standing::Processed | Standing::Denied | Standing::Forwarded | Standing::Reversal => {
                true
            }
            Standing::Predetermination | Standing::Review => false,
        };
        let at = self.said.iter().rposition(says)?;
        let word = self.said.get(at)?;
        (word.payment.standing() != Standing::Reversal).then_some(at)
    }

    /// What counts of what was said: where the first payer is known by its cover, nothing before
    /// its own word. Who was billed too early and said so has not answered yet.
    fn counted(&self) -> &[Word<'_>] {
        let first = self.covers.iter().find(|(_, cover)| cover.turn == Turn::Primary);
        let begun =
            first.and_then(|(payer, _)| self.said.iter().position(|word| word.payer == payer));
        self.said.get(begun.unwrap_or(0)..).unwrap_or_default()
    }

    fn spoke(&self, payer: &PayerId) -> bool {
        self.counted().iter().any(|word| word.payer == payer)
    }

    /// The first later cover whose payer has not spoken. A payer may write its name on a remittance
    /// otherwise than a claim does: each that spoke and is no cover we know takes one turn away.
    fn unanswered(&self) -> Option<usize> {
        let mut payers: Vec<&PayerId> = self.counted().iter().map(|word| word.payer).collect();
        payers.sort();
        payers.dedup();
        let known = |payer: &&&PayerId| self.covers.iter().any(|(cover, _)| cover == **payer);
        let strange = payers.len() - payers.iter().filter(known).count();
        // One of them is the payer that was billed first, unless a cover names that too.
        let is_first_known = self.covers.iter().any(|(_, cover)| cover.turn == Turn::Primary);
        let mut open: Vec<usize> = (0..self.covers.len()).filter(|at| self.is_open(*at)).collect();
        open.sort_by_key(|at| self.covers.get(*at).map(|(_, cover)| cover.turn));
        open.into_iter().nth(strange.saturating_sub(usize::from(!is_first_known)))
    }

    fn is_open(&self, at: usize) -> bool {
        self.covers.get(at).is_some_and(|(payer, cover)| {
            let is_later = cover.turn != Turn::Primary;
            is_later && cover.holds_on(self.served_on) && !self.spoke(payer)
        })
    }

    /// The day on which a claim went to a payer that has not answered it, and that was not refused
    /// after. What has no answer is never sent twice, however early it went: a remittance bears the
    /// day of its payment, which may be days after it came.
    fn with(&self, payer: &PayerId) -> Option<Date> {
        let own = self.said.iter().filter(|word| word.payer == payer);
        let answered = own.filter_map(|word| word.on).max();
        let waits = |one: &&Sent| one.payer == *payer && answered.is_none_or(|day| one.on > day);
        let sent = self.sent.iter().filter(waits).map(|one| one.on).max()?;
        let is_refused = self.refused.iter().any(|day| *day >= sent);
        (!is_refused).then_some(sent)
    }
}

#[cfg(test)]
mod tests;
