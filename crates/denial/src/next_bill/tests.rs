//! Who comes next after what payers said, and that nothing goes twice.

use jiff::civil::date;

use super::*;
use crate::codes::{Carc, Group, Rarc};
use crate::remittance::{Adjustment, Remark};

const PAID_ON: Date = date(2026, 3, 2);

fn payer(bits: u128) -> PayerId {
    PayerId::from_bits(bits)
}

fn cover(bits: u128, turn: Turn) -> (PayerId, Cover) {
    let name = PayerName { name: format!("Payer {bits}").into(), ids: Vec::new() };
    (payer(bits), Cover { payer: name, ..Cover::at(turn) })
}

fn payment(status: &str, share: i64) -> ClaimPayment {
    let adjustment = |group: &str, reason: &str, cents: i64| Adjustment {
        group: Group::new(group),
        reason: Carc::new(reason),
        amount: Money::from_cents(cents),
        units: None,
    };
    let adjustments = vec![adjustment("PR", "2", share), adjustment("CO", "45", 1_000)];
    ClaimPayment { status: status.into(), adjustments, ..ClaimPayment::default() }
}

/// What a test says of a claim; the first payer is 1.
#[derive(Default)]
struct Story {
    covers: Vec<(PayerId, Cover)>,
    said: Vec<(u128, Date, ClaimPayment)>,
    sent: Vec<(u128, Date)>,
    refused: Vec<Date>,
    is_denied: bool,
}

impl Story {
    fn next(&self) -> Option<Next> {
        let payers: Vec<PayerId> = self.said.iter().map(|(bits, ..)| payer(*bits)).collect();
        let word = |(payer, (_, on, payment))| Word { payer, on: Some(on), payment };
        let said = payers.iter().zip(self.said.iter().map(|(bits, on, said)| (bits, *on, said)));
        let said: Vec<Word<'_>> = said.map(word).collect();
        let sent = self.sent.iter().map(|(bits, on)| Sent { payer: payer(*bits), on: *on });
        let sent: Vec<Sent> = sent.collect();
        next(&Known {
            covers: &self.covers,
            said: &said,
            sent: &sent,
            refused: &self.refused,
            is_denied: self.is_denied,
            served_on: Some(date(2026, 2, 1)),
        })
    }

    fn state(&self) -> Option<State> {
        self.next().map(|next| next.state)
    }
}

fn paid() -> Story {
    Story {
        covers: vec![cover(2, Turn::Secondary)],
        said: vec![(1, PAID_ON, payment("1", 3_000))],
        ..Story::default()
    }
}

#[test]
fn a_paid_claim_with_a_second_payer_is_to_bill() {
    let next = paid().next().expect("a payer comes next");
    assert_eq!((next.state, next.cover, next.after), (State::ToBill, Some(0), Some(0)));
    assert_eq!((next.share, next.since), (Money::from_cents(3_000), Some(PAID_ON)));
    assert_eq!(next.payer.name, "Payer 2");
}

#[test]
fn nothing_is_to_bill_where_nothing_is_left_or_nobody_comes() {
    let nothing = Story { said: vec![(1, PAID_ON, payment("1", 0))], ..paid() };
    assert_eq!(nothing.state(), None);
    assert_eq!(Story { covers: Vec::new(), ..paid() }.state(), None);
    let taken_back = Story { said: vec![(1, PAID_ON, payment("22", 3_000))], ..paid() };
    assert_eq!(taken_back.state(), None);
    let mut over = paid();
    over.covers[0].1.to = Some(date(2026, 1, 31));
    assert_eq!(over.state(), None, "the cover ended before the day of service");
}

#[test]
fn an_open_denial_is_worked_first() {
    assert_eq!(Story { is_denied: true, ..paid() }.state(), Some(State::Denied));
    let whole = Story { said: vec![(1, PAID_ON, payment("4", 3_000))], ..paid() };
    assert_eq!(whole.state(), Some(State::ToBill), "a whole refusal leaves the patient's share");
    assert_eq!(Story { is_denied: true, ..whole }.state(), Some(State::Denied));
}

#[test]
fn what_is_no_adjudication_hides_none() {
    for status in ["25", "99"] {
        let mut story = paid();
        story.said.push((1, date(2026, 3, 9), payment(status, 0)));
        let next = story.next().expect("the payment stands");
        assert_eq!((next.state, next.after), (State::ToBill, Some(0)), "{status}");
    }
}

#[test]
fn what_was_passed_on_is_not_billed_again() {
    for status in ["19", "20", "21", "23"] {
        let story = Story { said: vec![(1, PAID_ON, payment(status, 3_000))], ..paid() };
        assert_eq!(story.state(), Some(State::Crossed), "{status}");
    }
    for code in ["MA18", "N89", "MA07"] {
        let mut told = payment("1", 3_000);
        told.remarks = vec![Remark { list: "MOA".into(), code: Rarc::new(code) }];
        let story = Story { said: vec![(1, PAID_ON, told)], ..paid() };
        let next = story.next().expect("a payer comes next");
        assert_eq!((next.state, next.why), (State::Crossed, format!("remark {code}")));
    }
    let mut named = payment("1", 3_000);
    named.crossover = Some(PayerName { name: "Crossing Plan".into(), ids: Vec::new() });
    let story = Story { said: vec![(1, PAID_ON, named)], covers: Vec::new(), ..Story::default() };
    let next = story.next().expect("named by the payer alone");
    assert_eq!((next.payer.name.as_str(), next.cover), ("Crossing Plan", None));
}

#[test]
fn what_went_waits_and_what_was_refused_is_to_bill_again() {
    let sent = Story { sent: vec![(2, date(2026, 3, 5))], ..paid() };
    assert_eq!(sent.state(), Some(State::Waiting));
    let refused = Story { refused: vec![date(2026, 3, 6)], ..sent };
    assert_eq!(refused.state(), Some(State::ToBill));
    // A remittance is dated on its day of payment: what went before that has no answer either.
    let before = Story { sent: vec![(2, date(2026, 3, 1))], ..paid() };
    assert_eq!(before.state(), Some(State::Waiting));
}

#[test]
fn an_answer_ends_it_under_whatever_name_and_the_third_payer_follows() {
    let answer = (2, date(2026, 3, 20), payment("2", 1_000));
    let mut answered = paid();
    answered.said.push(answer.clone());
    assert_eq!(answered.state(), None);
    let mut strange = paid();
    strange.said.push((9, answer.1, answer.2.clone()));
    assert_eq!(strange.state(), None, "somebody else spoke: nothing goes twice");
    for bits in [2, 9] {
        let mut third = paid();
        third.covers.push(cover(3, Turn::Tertiary));
        third.said.push((bits, answer.1, answer.2.clone()));
        let next = third.next().expect("a third payer");
        assert_eq!((next.state, next.payer.name.as_str()), (State::ToBill, "Payer 3"));
    }
}

#[test]
fn a_payer_that_comes_first_is_billed_before_all_else() {
    let mut story = paid();
    story.covers = vec![cover(7, Turn::Primary)];
    story.is_denied = true;
    let next = story.next().expect("the first payer");
    assert_eq!((next.state, next.after), (State::ToBill, None));
    let sent = Story { sent: vec![(7, date(2026, 3, 9))], ..story };
    assert_eq!(sent.state(), Some(State::Waiting));
}

#[test]
fn who_was_billed_too_early_comes_second_once_the_first_payer_has_spoken() {
    let story = Story {
        covers: vec![cover(7, Turn::Primary), cover(1, Turn::Secondary)],
        said: vec![(1, PAID_ON, payment("1", 0)), (7, date(2026, 4, 1), payment("1", 3_000))],
        // It answered what went to it then.
        sent: vec![(1, date(2026, 2, 5))],
        ..Story::default()
    };
    let next = story.next().expect("the payer that was billed first by mistake");
    assert_eq!((next.state, next.cover, next.after), (State::ToBill, Some(1), Some(1)));
}
