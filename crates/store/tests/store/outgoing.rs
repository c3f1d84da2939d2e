//! What leaves the house: queued once, called back, sent, answered.

use denial::rejection::{Acknowledgement, AnswerKind, Answerer, Level, Outcome};
use store::acknowledgements::NewAcknowledgement;
use store::files::Document;
use store::matches::{Match, Said};
use store::outgoing::{Counts, Outgoing, OutgoingAnswer, OutgoingItem};

use crate::claims::{bill, billed, id};
use crate::clinic::open;
use crate::place::{AT, Place, on_each, practice};

const LATER: &str = "2026-06-01T08:10:00.000000Z";

pub(crate) fn outgoing(number: i64) -> Outgoing {
    Outgoing {
        outgoing: format!("out_{number}"),
        kind: "claims".to_owned(),
        document: format!("hash {number}"),
        bytes: 9,
        name: format!("CLINIC_837P_20260601080000_{number:09}.edi"),
        route: "local".to_owned(),
        control: number,
        batch: format!("B{number}"),
        made_at: AT.to_owned(),
        made_by: "usr_1".to_owned(),
        made_role: "billing_specialist".to_owned(),
        leaves_at: LATER.to_owned(),
        state: "waiting".to_owned(),
        tries: 0,
        why: String::new(),
        uploaded_at: None,
        left_at: None,
        settled_at: None,
        receipt: String::new(),
        receipt_at: None,
    }
}

pub(crate) fn item(of: &Outgoing, denial: &str, content: &str, again: i64) -> OutgoingItem {
    OutgoingItem {
        outgoing: of.outgoing.clone(),
        n: 0,
        denial: Some(denial.to_owned()),
        claim: id(1),
        number: "C1".to_owned(),
        content: content.to_owned(),
        again,
        force: String::new(),
        live: "yes".to_owned(),
        act: "{}".to_owned(),
        acted: "not_yet".to_owned(),
        note: String::new(),
        outcome: String::new(),
        outcome_on: None,
    }
}

/// Queues one that carries one case; true where it went in.
async fn queued(place: &Place, one: &Outgoing, item: OutgoingItem) -> bool {
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let done = tx.queue_outgoing(one, &[item]).await.is_ok();
    if done {
        tx.commit().await.expect("durable");
    }
    done
}

#[test]
fn the_same_content_of_a_claim_is_queued_once_until_it_is_called_back() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        let (one, two, three, four) = (outgoing(1), outgoing(2), outgoing(3), outgoing(4));
        assert!(queued(place, &one, item(&one, &case, "x", 0)).await);
        assert!(!queued(place, &two, item(&two, &case, "x", 0)).await, "the same");
        assert!(queued(place, &two, item(&two, &case, "x", 1)).await, "again, on purpose");
        assert!(queued(place, &three, item(&three, &case, "y", 0)).await, "another");
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let known = tx.queued_contents(&["x".to_owned(), "z".to_owned()]).await.expect("read");
        assert_eq!(known.iter().map(|one| one.again).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(tx.free_outgoing_items("out_1").await.expect("freed"), 1);
        tx.commit().await.expect("durable");
        assert!(queued(place, &four, item(&four, &case, "x", 0)).await, "called back before");
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let of_claim = tx.outgoing_of_claim(&id(1)).await.expect("read");
        let live = of_claim.iter().map(|one| one.live.as_str()).collect::<Vec<_>>();
        assert_eq!(live, ["no", "yes", "yes", "yes"]);
        let mut out = async |claim| tx.contents_out(&[id(claim), id(9)]).await.expect("read");
        assert_eq!(out(1).await, ["x", "y"].map(str::to_owned).into());
        assert!(out(8).await.is_empty());
        let burden = tx.carried_by(&["out_1".to_owned()]).await.expect("read");
        assert_eq!((burden["out_1"].payers, burden["out_1"].outstanding), (1, 100));
        let all = tx.all_outgoing(9).await.expect("read");
        assert_eq!(all.iter().map(|one| one.control).collect::<Vec<_>>(), [4, 3, 2, 1]);
    });
}

#[test]
fn no_route_gives_a_number_that_another_gave() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let mut drawn = Vec::new();
        for (route, first) in [("one", 1), ("one", 1), ("two", 1), ("one", 1), ("two", 700)] {
            drawn.push(tx.next_control(route, first).await.expect("drawn"));
        }
        assert_eq!(drawn, [1, 2, 3, 4, 700]);
        assert_eq!(tx.next_control("one", 1).await.expect("drawn"), 701);
    });
}

#[test]
fn what_stands_otherwise_than_it_was_read_is_not_saved() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        let one = outgoing(1);
        assert!(queued(place, &one, item(&one, &case, "x", 0)).await);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert_eq!(tx.due_outgoing(AT).await.expect("read"), []);
        assert_eq!(tx.due_outgoing(LATER).await.expect("read"), std::slice::from_ref(&one));
        let leaving = Outgoing { state: "leaving".to_owned(), ..one.clone() };
        assert!(tx.save_outgoing(&leaving, "waiting").await.expect("saved"));
        assert!(!tx.save_outgoing(&leaving, "waiting").await.expect("asked"), "no longer");
        let (at, left_at) = (Some(LATER.to_owned()), Some(LATER.to_owned()));
        let sent =
            Outgoing { state: "sent".to_owned(), uploaded_at: at, left_at, ..leaving.clone() };
        assert!(tx.save_outgoing(&sent, "leaving").await.expect("saved"));
        assert_eq!(tx.outgoing("out_1").await.expect("read"), Some(sent.clone()));
        assert_eq!(
            tx.due_outgoing(AT).await.expect("read"),
            std::slice::from_ref(&sent),
            "to be settled"
        );
        let settled = Outgoing { settled_at: Some(LATER.to_owned()), ..sent };
        assert!(tx.save_outgoing(&settled, "sent").await.expect("saved"));
        assert_eq!(tx.due_outgoing(LATER).await.expect("read"), []);
    });
}

#[test]
fn an_answer_is_heard_once_and_its_cases_are_counted() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        let one = outgoing(1);
        assert!(queued(place, &one, item(&one, &case, "x", 0)).await);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let answer = OutgoingAnswer {
            outgoing: "out_1".to_owned(),
            file: "277".to_owned(),
            n: 0,
            kind: "277CA".to_owned(),
            outcome: "rejected".to_owned(),
            on_day: Some("2026-06-02".to_owned()),
            heard_at: LATER.to_owned(),
        };
        assert!(tx.hear_outgoing(&answer).await.expect("heard"));
        assert!(!tx.hear_outgoing(&answer).await.expect("heard before"));
        let mut item = tx.outgoing_items("out_1", 0, 9).await.expect("read").remove(0);
        item.acted = "refused".to_owned();
        item.outcome = "rejected".to_owned();
        tx.save_outgoing_item(&item).await.expect("saved");
        assert_eq!(tx.outgoing_items("out_1", 0, 9).await.expect("read"), [item.clone()]);
        let asked = ["out_1".to_owned(), "out_9".to_owned()];
        let carried = [("out_1".to_owned(), vec![item])].into();
        assert_eq!(tx.outgoing_items_of(&asked, 1).await.expect("read"), carried);
        assert_eq!(tx.outgoing_items_of(&asked, 0).await.expect("read"), [].into());
        assert_eq!(tx.outgoing_items("out_1", 1, 9).await.expect("read"), []);
        let counts = tx.count_outgoing(&[outgoing(9), one]).await.expect("counted");
        let counted = Counts { items: 1, answered: 1, refused: 1, unmoved: 1 };
        assert_eq!(counts, [("out_1".to_owned(), counted)].into());
    });
}

#[test]
fn what_is_answered_is_found_by_its_numbers_unless_somebody_else_used_them() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        for number in [1, 2, 4, 5] {
            let mut one = outgoing(number);
            match number {
                4 => one.kind = "packet".to_owned(),
                5 => one.kind = "status_inquiry".to_owned(),
                _ => {}
            }
            assert!(queued(place, &one, item(&one, &case, &number.to_string(), 0)).await);
        }
        // Ours, taken in as a file; and one of another program in a group of the same number.
        let sent_in = |batch: &str| {
            let version = bill(1, "2026-06-01", "x");
            store::claims::NewVersion { batch: Some(batch.to_owned()), ..version }
        };
        billed(place, "hash 1", sent_in("1/0001")).await;
        billed(place, "foreign", sent_in("2/0001")).await;
        billed(place, "other", sent_in("5/0001")).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let mut of = async |control, kind: &str, batch: &str| {
            let found = tx.outgoing_by_control(control, kind, batch).await.expect("read");
            found.map(|one| one.outgoing)
        };
        assert_eq!(of(1, "claims", "1/0001").await.as_deref(), Some("out_1"));
        assert_eq!(of(1, "", "1/0001").await.as_deref(), Some("out_1"));
        assert_eq!(of(1, "status_inquiry", "").await, None, "it holds claims");
        assert_eq!(of(2, "claims", "2/0001").await, None);
        assert_eq!(of(3, "claims", "3/0001").await, None);
        assert_eq!(of(4, "", "4/0001").await, None, "no TA1 or 999 answers a packet");
        // Claims of another program under the same numbers are no questions.
        assert_eq!(of(5, "status_inquiry", "").await.as_deref(), Some("out_5"));
        assert_eq!(of(5, "", "5/0001").await, None, "a TA1 does not say which");
        assert_eq!(of(5, "claims", "5/0001").await, None);
        assert_eq!(tx.outgoing_by_batch("B2").await.expect("read").len(), 1);
        assert_eq!(tx.outgoing_by_batch("").await.expect("read"), []);
    });
}

#[test]
fn what_was_said_of_a_claim_comes_with_the_file_that_says_it() {
    on_each(async |place| {
        let said = NewAcknowledgement {
            n: 0,
            claim: Some(id(1)),
            batch: None,
            outcome: "accepted".to_owned(),
            body: "{}".to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.add_acknowledgements("hash", vec![said]).await.expect("kept");
        let found = tx.answers_of_claim(&id(1)).await.expect("read");
        assert_eq!(found, [("hash".to_owned(), "{}".to_owned())]);
        assert_eq!(tx.answers_of_claim(&id(2)).await.expect("read"), []);
    });
}

#[test]
fn the_bytes_of_what_has_not_left_are_needed_until_it_is_called_back() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        let one = outgoing(1);
        assert!(queued(place, &one, item(&one, &case, "x", 0)).await);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let document = Document {
            hash: one.document.clone(),
            name: one.name.clone(),
            media: "application/edi-x12".to_owned(),
            bytes: one.bytes,
            taken_at: AT.to_owned(),
            taken_by: "usr_1".to_owned(),
        };
        tx.keep_document(&document).await.expect("kept");
        for (state, settled, waiting) in [
            ("sent", None, 1),
            ("failed", None, 1),
            ("called_back", None, 0),
            ("sent", Some(LATER.to_owned()), 0),
        ] {
            let before = tx.outgoing("out_1").await.expect("read").expect("there");
            let after = Outgoing { state: state.to_owned(), settled_at: settled, ..before.clone() };
            assert!(tx.save_outgoing(&after, &before.state).await.expect("saved"));
            let kept = tx.kept_bytes().await.expect("read");
            let own = kept.iter().find(|kept| kept.hash == one.document).expect("kept");
            assert_eq!(own.waiting, waiting, "{state}");
        }
        assert_eq!(tx.claims_of_file(&one.document).await.expect("read"), [id(1)]);
        assert_eq!(tx.drafts_among(&[case.as_str()]).await.expect("read"), []);
    });
}

#[test]
fn what_was_sent_again_of_claims_is_told_together() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        let (one, two) = (outgoing(1), outgoing(2));
        assert!(queued(place, &one, item(&one, &case, "x", 0)).await);
        assert!(queued(place, &two, item(&two, &case, "y", 0)).await);
        billed(place, "new", bill(1, "2026-02-01 new", "x")).await;
        billed(place, "old", bill(1, "2026-01-01 old", "y")).await;
        let answer = Acknowledgement {
            kind: AnswerKind::Claims,
            level: Level::Claim,
            outcome: Outcome::Rejected,
            claim: None,
            control: None,
            clearinghouse: None,
            patient: Default::default(),
            charge: None,
            question: Default::default(),
            payment: None,
            codes: Vec::new(),
            on: None,
            required_by: None,
            answers: Default::default(),
            provider: Default::default(),
            answerer: Answerer::Payer,
            from: Default::default(),
            test: false,
            span: Default::default(),
        };
        let refused = NewAcknowledgement {
            n: 0,
            claim: Some(id(1)),
            batch: None,
            outcome: "rejected".to_owned(),
            body: serde_json::to_string(&answer).expect("JSON"),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.add_acknowledgements("hash", vec![refused]).await.expect("kept");
        assert_eq!(tx.free_outgoing_items("out_2").await.expect("freed"), 1);
        let claims = [id(1), id(2)];
        let versions = tx.versions_among(&claims).await.expect("read");
        let files: Vec<&str> = versions.iter().map(|one| one.file.as_str()).collect();
        assert_eq!(files, ["new", "old"]);
        let on_their_way = tx.on_their_way(&claims).await.expect("read");
        let ids: Vec<&str> = on_their_way.iter().map(|one| one.outgoing.as_str()).collect();
        assert_eq!(ids, ["out_1"], "what was called back is on no way");
        assert_eq!(on_their_way[0].denial, case);
        assert_eq!(tx.refusals_among(&claims).await.expect("read"), [(id(1), answer)]);
    });
}

#[test]
fn cases_whose_claims_may_have_gone_again_are_few() {
    on_each(async |place| {
        let cases = open(place, &[100, 100, 100, 100]).await;
        let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
        let denied_on = cases[0].denied_on;
        billed(place, "old", bill(1, "2020-01-01 old", "x")).await;
        billed(place, "new", bill(2, &format!("{denied_on} new"), "y")).await;
        let of = async || {
            let mut tx = place.store.read(&practice()).await.expect("a look");
            let mut found = tx.sent_since_denied(&ids).await.expect("read");
            found.sort();
            found
        };
        assert_eq!(of().await, [ids[1].clone()]);
        let one = outgoing(1);
        assert!(queued(place, &one, item(&one, &ids[0], "x", 0)).await);
        assert_eq!(of().await, ids[..2], "it is in the outbox");
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let (claim, candidate) = (&id(3), &id(4));
        let said = Said { claim, candidate, state: Match::Accepted, by: "usr_1", at: AT };
        tx.put_match(&said).await.expect("put");
        tx.commit().await.expect("durable");
        assert_eq!(of().await, ids, "a joined claim may tell");
    });
}
