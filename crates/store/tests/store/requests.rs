//! Letters of payers that are no denials: by their last day, of a case and of a claim, and nobody
//! writes over another.

use denial::denial::{Channel, Denial};
use denial::ids::RequestId;
use denial::person::{Actor, Reach, Role, reach};
use denial::request::{Letter, Request, RequestKind, RequestState, Subject};
use jiff::civil::Date;
use store::Error;
use store::journal::Entry;

use crate::clinic::{self, TODAY};
use crate::place::{on_each, practice};

pub(crate) fn letter(case: &Denial, bits: u128, printed: Option<Date>) -> Request {
    let letter = Letter {
        kind: RequestKind::Records,
        reference: "ADR-1".to_owned(),
        channel: Channel::Mail,
        dated_on: TODAY,
        received_on: TODAY,
        printed,
        asked: "the record".to_owned(),
        amount: None,
        role: Role::BillingSpecialist,
        document: None,
    };
    let subject = Subject {
        case: Some(case.id.clone()),
        claim: Some(case.claim.clone()),
        number: case.number.as_str().into(),
        payer: case.payer.clone(),
        payer_name: "Standin".into(),
    };
    let id = RequestId::from_bits(bits);
    Request::keep(id, letter, subject, None, &clinic::moment()).expect("fits")
}

#[test]
fn letters_stand_by_their_last_day_and_stale_ones_are_told() {
    on_each(async |place| {
        let case = clinic::open(place, &[900]).await.remove(0);
        let moment = clinic::moment();
        let entry = |one: &Request| Entry::new(one.id.as_str(), "request.kept", &());
        let later = TODAY.saturating_add(jiff::Span::new().days(9));
        let all =
            [letter(&case, 1, None), letter(&case, 2, Some(later)), letter(&case, 3, Some(TODAY))];
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for one in &all {
            tx.add_request(one, entry(one), &moment).await.expect("kept");
        }
        let open = tx.open_requests(9).await.expect("read");
        let ids: Vec<_> = open.iter().map(|one| one.id.bits()).collect();
        assert_eq!(ids, [3, 2, 1], "the soonest first, not configured last");
        assert_eq!(tx.open_requests(1).await.expect("read").len(), 1);
        let closed = all[0].closed("not ours", &moment).expect("closed");
        tx.save_request(&closed, 1, entry(&closed), &moment).await.expect("saved");
        let late = tx.save_request(&closed, 1, entry(&closed), &moment).await;
        assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
        assert_eq!(tx.request(closed.id.as_str()).await.expect("read"), closed);
        assert_eq!(tx.open_requests(9).await.expect("read").len(), 2);
        let past = tx.past_requests(RequestState::Closed, 9).await.expect("read");
        assert_eq!(past, [closed]);
        assert_eq!(tx.past_requests(RequestState::Answered, 9).await.expect("read"), []);
        assert_eq!(tx.requests_of(case.id.as_str()).await.expect("read").len(), 3);
        assert_eq!(tx.requests_about(case.claim.as_str()).await.expect("read").len(), 3);
        assert_eq!(tx.requests_about("clm_none").await.expect("read"), []);
        let bodies = tx.request_bodies("", 2).await.expect("read");
        assert_eq!(bodies.len(), 2);
        assert_eq!(tx.request_bodies(&bodies[1].0, 9).await.expect("read").len(), 1);
        assert!(tx.has_request(all[0].id.as_str()).await.expect("asked"));
        assert!(!tx.has_request("req_none").await.expect("asked"));
        assert!(matches!(tx.request("req_none").await, Err(Error::Missing { .. })));
        let gone = letter(&case, 9, None);
        let missing = tx.save_request(&gone, 1, entry(&gone), &moment).await;
        assert!(matches!(missing, Err(Error::Missing { .. })), "{missing:?}");
        tx.commit().await.expect("written");
    });
}

#[test]
fn letters_without_a_claim_are_found_by_payer_and_open_ones_counted_for_who_sees_them() {
    on_each(async |place| {
        let case = clinic::open(place, &[900]).await.remove(0);
        let moment = clinic::moment();
        let entry = |one: &Request| Entry::new(one.id.as_str(), "request.kept", &());
        let later = TODAY.saturating_add(jiff::Span::new().days(9));
        let mut lone = letter(&case, 2, Some(TODAY));
        (lone.subject.claim, lone.subject.case) = (None, None);
        lone.letter.role = Role::CertifiedCoder;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for one in [&letter(&case, 1, Some(later)), &lone] {
            tx.add_request(one, entry(one), &moment).await.expect("kept");
        }
        let payers = ["pay_former".to_owned(), case.payer.to_string()];
        assert_eq!(tx.requests_about_nothing(&payers).await.expect("read"), [lone]);
        assert_eq!(tx.requests_about_nothing(&payers[..1]).await.expect("read"), []);
        let (today, owner) = (later.to_string(), case.owner().expect("open").role.as_str());
        for (who, counted) in [
            (("", ""), (2, 1)),
            (("certified_coder", "usr_no"), (1, 1)),
            ((owner, "usr_no"), (1, 0)),
            (("provider", "usr_no"), (0, 0)),
        ] {
            let count = tx.count_open_requests(&today, who, &["Nobody".to_owned()]).await;
            assert_eq!(count.expect("counted"), counted, "{who:?}");
        }
        tx.commit().await.expect("written");
    });
}

#[test]
fn the_count_of_open_letters_is_that_of_those_that_each_role_sees() {
    on_each(async |place| {
        let mut cases = clinic::open(place, &[900, 800, 700, 600]).await;
        let ask = r#"{"act": "ask_colleague", "to": "certified_coder", "text": "is it so?"}"#;
        let team = r#"{"act": "assign", "role": "authorization_staff", "team": "Desk"}"#;
        let named = clinic::someone(7);
        let placed = format!(r#"{{"act": "assign", "role": "vendor", "person": "{named}"}}"#);
        for (at, json) in [(1, ask), (2, team), (3, placed.as_str())] {
            cases[at] = clinic::act(place, &cases[at], json).await;
        }
        let moment = clinic::moment();
        let about = (1..).zip(&cases).map(|(bits, one)| letter(one, bits, None));
        let mut all: Vec<Request> = about.collect();
        let mut lone = letter(&cases[0], 9, Some(TODAY));
        (lone.subject.claim, lone.subject.case) = (None, None);
        lone.letter.role = Role::UtilizationReview;
        all.push(lone);
        all.push(letter(&cases[2], 10, Some(TODAY)));
        let closed = letter(&cases[1], 11, Some(TODAY)).closed("not ours", &moment);
        let closed = closed.expect("closed");
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for one in all.iter().chain([&closed]) {
            let entry = Entry::new(one.id.as_str(), "request.kept", &());
            tx.add_request(one, entry, &moment).await.expect("kept");
        }
        let mut rules = clinic::rules();
        rules.owners.teams[0].lead.id = Some(clinic::someone(8));
        let later = TODAY.saturating_add(jiff::Span::new().days(1));
        for role in Role::ALL.iter().copied() {
            for person in [1, 7, 8].map(clinic::someone) {
                let who = Actor { person, role };
                let case = |one: &Request| {
                    cases.iter().find(|case| one.subject.case.as_ref() == Some(&case.id))
                };
                let seen = all.iter().filter(|one| one.is_seen_by(&who, case(one), &rules));
                let missed = seen.clone().filter(|one| one.is_missed(later)).count();
                let [open, missed] = [seen.count(), missed].map(i64::try_from);
                let expected = (open.expect("few"), missed.expect("few"));
                let asks = match reach(role) {
                    Reach::Every => "",
                    Reach::Own => role.as_str(),
                    Reach::Placed | Reach::Nothing => {
                        assert_eq!(expected, (0, 0), "{who:?} has no list of them");
                        continue;
                    }
                };
                let teams = rules.owners.teams_of(&who.person).map(|team| team.name.to_string());
                let teams: Vec<String> = teams.collect();
                let asks = (asks, who.person.as_str());
                let counted = tx.count_open_requests(&later.to_string(), asks, &teams).await;
                assert_eq!(counted.expect("counted"), expected, "{who:?}");
            }
        }
    });
}
