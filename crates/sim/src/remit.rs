//! A payer's payment of one day: which claims, which provider-level entries, how much money.

use jiff::civil::Date;

use crate::answer::{Answer, Channel, ProviderLevel};
use crate::edi;
use crate::payer::Payer;
use crate::world::Practice;

/// One transaction ST*835.
#[derive(Clone, Debug)]
pub(crate) struct Remittance {
    pub(crate) payer: usize,
    pub(crate) pay_on: Date,
    /// TRN02.
    pub(crate) trace: String,
    pub(crate) answers: Vec<Answer>,
    pub(crate) provider_level: Vec<ProviderLevel>,
    /// BPR02.
    pub(crate) total: i64,
}

/// What a payment that would have been below zero left for the next one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carry {
    cents: i64,
    /// TRN02 of the one that left it.
    from: String,
}

/// What a payer has to say to a practice on a day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Payable {
    pub(crate) answers: Vec<Answer>,
    pub(crate) debts: Vec<ProviderLevel>,
}

impl Remittance {
    /// Adds a day's answers up. What would go below zero is carried forward (PLB FB), and what
    /// was carried before is taken now (x12 §5).
    pub(crate) fn settle(
        practice: &Practice,
        payer: &Payer,
        channel: Channel,
        pay_on: Date,
        payable: Payable,
        carry: &mut Carry,
    ) -> Remittance {
        let Payable { mut answers, debts } = payable;
        let letter = match channel {
            Channel::Payment => 'P',
            Channel::Adjustment => 'A',
            Channel::Estimate => 'E',
        };
        let day = edi::short(pay_on);
        let trace = format!("{}{day}{:02}{letter}", payer.code, practice.at + 1);
        put_reversals_behind(&mut answers);
        let own = answers.iter().flat_map(|answer| answer.provider_level.iter().cloned());
        let mut provider_level: Vec<ProviderLevel> = own.chain(debts).collect();
        if channel != Channel::Estimate && carry.cents > 0 {
            let reference = std::mem::take(&mut carry.from);
            let amount = std::mem::take(&mut carry.cents);
            provider_level.push(ProviderLevel { code: "FB", reference, amount });
        }
        let paid: i64 = answers.iter().map(Answer::paid).sum();
        let taken: i64 = provider_level.iter().map(|entry| entry.amount).sum();
        let mut total = paid - taken;
        if total < 0 {
            *carry = Carry { cents: -total, from: trace.clone() };
            let reference = trace.clone();
            provider_level.push(ProviderLevel { code: "FB", reference, amount: total });
            total = 0;
        }
        Remittance { payer: payer.at, pay_on, trace, answers, provider_level, total }
    }
}

/// Some payers write the correction before the reversal.
fn put_reversals_behind(answers: &mut [Answer]) {
    for at in 1..answers.len() {
        let same = answers[at - 1].claim.number == answers[at].claim.number;
        if answers[at - 1].stands_behind && same {
            answers.swap(at - 1, at);
        }
    }
}
