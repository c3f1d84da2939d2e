//! What the database itself refuses, whoever writes.

use denial::denial::{Denial, Status};
use denial::ids::PayerId;
use denial::lifecycle::MOVES;
use store::journal::Entry;

use crate::clinic::{act, moment, open};
use crate::place::{AT, Place, clinic, make, on_each, practice};

#[track_caller]
fn refused(done: Result<u64, String>, why: &str) {
    let said = done.expect_err("it is to be refused");
    assert!(said.contains(why), "{said}");
}

/// Tries every pair of statuses by a direct update, each on a case of its own.
#[test]
fn a_status_moves_only_as_the_lifecycle_allows() {
    on_each(async |place| {
        let all =
            || Status::ALL.iter().flat_map(|from| Status::ALL.iter().map(move |to| (*from, *to)));
        let cases = open(place, &vec![100; all().count()]).await;
        for (case, (from, to)) in cases.iter().zip(all()) {
            for step in road(Status::New, from) {
                assert_eq!(update(place, case, step).await, Ok(1), "to {step:?}");
            }
            let is_move = from == to || MOVES.contains(&(from, to));
            let done = update(place, case, to).await;
            assert_eq!(done.is_ok(), is_move, "{from:?} to {to:?}: {done:?}");
        }
    });
}

async fn update(place: &Place, case: &Denial, to: Status) -> Result<u64, String> {
    let (to, id) = (to.as_str(), &case.id);
    let text =
        format!("update denial set status = '{to}', version = version + 1 where denial = '{id}'");
    place.past(&text).await
}

/// The statuses from one to another, by the table of moves.
fn road(from: Status, to: Status) -> Vec<Status> {
    let mut roads = vec![vec![from]];
    for at in 0.. {
        let road = roads[at].clone();
        let last = *road.last().expect("it begins somewhere");
        if last == to {
            return road[1..].to_vec();
        }
        for (_, next) in MOVES.iter().filter(|(start, _)| *start == last) {
            if !roads.iter().any(|road| road.last() == Some(next)) {
                roads.push([road.clone(), vec![*next]].concat());
            }
        }
    }
    unreachable!("the roads end before the numbers do")
}

#[test]
fn the_journal_takes_no_move_that_does_not_exist() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let entry = Entry {
            moved: Some((Status::New, Status::Paid)),
            ..Entry::new("den_1", "denial.settled", &())
        };
        tx.append(vec![entry], &moment()).await.expect_err("no such move");
    });
}

#[test]
fn what_happened_and_what_was_posted_stay() {
    on_each(async |place| {
        let cases = open(place, &[10_000]).await;
        let case = act(place, &cases[0], r#"{"act": "review"}"#).await;
        let id = denial::ids::PostingId::from_bits(5);
        let post = format!(
            r#"{{"act": "post", "entries": [{{"id": "{id}", "kind": "payer_payment",
            "amount": 4000, "why": "paid"}}]}}"#
        );
        act(place, &case, &post).await;
        refused(place.past("update journal set body = ''").await, "append-only");
        refused(place.past("delete from journal").await, "append-only");
        refused(place.past("update posting set amount = 1").await, "append-only");
        refused(place.past("delete from posting").await, "append-only");
        refused(place.past("delete from denial").await, "never deleted");
        let body = "update denial set body = '{}'";
        refused(place.past(body).await, "a case changes by acts");
        let status = "update denial set status = 'new', version = version + 1";
        refused(place.past(status).await, "that status move does not exist");
    });
}

#[test]
fn claim_payments_are_written_once() {
    on_each(async |place| {
        let insert = format!(
            "insert into remittance (practice, remittance, file, number, deal, content, state,
             source, payer, payer_name, trace, total, paid, provider_level, claims, lines,
             balanced, head, separators, imbalances, taken_at, settled) values ('main', '{}', 'f',
             1, 'd', 'c', 'published', '835', 'p', 'P', 'T', 0, 0, 0, 1, 1, 'yes', '{{}}', '', '',
             '', 0)",
            crate::remittances::id(1)
        );
        assert_eq!(place.past(&insert).await, Ok(1));
        let payment = format!(
            "insert into claim_payment (practice, remittance, n, claim, quarantined, segment, byte,
             raw) values ('main', '{}', 0, 'c', 'no', 1, 1, '')",
            crate::remittances::id(1)
        );
        assert_eq!(place.past(&payment).await, Ok(1));
        refused(place.past("update claim_payment set raw = 'x'").await, "written once");
        refused(place.past("update claim_payment set claim = 'x'").await, "written once");
    });
}

#[test]
fn words_outside_the_lists_are_refused() {
    on_each(async |place| {
        open(place, &[100]).await;
        let refused = [
            "update denial set quarantined = 'maybe'",
            "insert into membership (practice, person, role) values ('main', 'usr_1', 'king')",
            "insert into journal_head (practice, chain, seq, hash) values ('main', 'work', 0, '')",
        ];
        for statement in refused {
            assert!(place.past(statement).await.is_err(), "{statement}");
        }
    });
}

/// Statements as somebody might forget to write them: without `practice = …`.
#[test]
fn postgres_keeps_practices_apart_whatever_a_statement_says() {
    on_each(async |place| {
        let north = clinic("north");
        make(&place.store, &north, AT).await;
        open(place, &[100, 200]).await;
        let mut tx = place.store.write(&north.practice).await.expect("a turn");
        let payer = (PayerId::from_bits(9), "Northern payer".to_owned());
        tx.know_payers(&[payer]).await.expect("known");
        tx.append(vec![Entry::new("usr_1", "test.acted", &())], &moment()).await.expect("told");
        tx.append_house(vec![Entry::new("usr_1", "test.in", &())], &moment()).await.expect("told");
        tx.commit().await.expect("durable");
        let within =
            async |practice: Option<&str>, text: &str| place.as_plain(practice, text).await;
        let practices = "select distinct practice from journal order by 1";
        let Some(seen) = within(Some("main"), practices).await else { return };
        assert_eq!(seen, ["*", "main"]);
        assert_eq!(within(Some("north"), practices).await.expect("rows"), ["*", "north"]);
        assert_eq!(within(None, practices).await.expect("rows"), ["*"]);
        let cases = "select denial from denial";
        assert_eq!(within(Some("main"), cases).await.expect("rows").len(), 2);
        assert_eq!(within(Some("north"), cases).await.expect("rows"), [""; 0]);
        assert_eq!(within(None, cases).await.expect("rows"), [""; 0]);
        let names = "select name from payer order by 1";
        assert_eq!(within(Some("north"), names).await.expect("rows"), ["Northern payer"]);
        let changed = "update payer set name = 'x' returning name";
        assert_eq!(within(Some("elsewhere"), changed).await.expect("rows"), [""; 0]);
        let foreign = "insert into payer (practice, payer, name) values ('main', 'pay_x', 'x')
             returning name";
        let refused = within(Some("north"), foreign).await.expect("words");
        assert!(refused[0].contains("row-level security"), "{refused:?}");
    });
}

#[test]
fn every_table_of_practices_stands_behind_the_wall() {
    on_each(async |place| {
        let open = "select c.relname from pg_class c
             join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice'
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
               and not (c.relrowsecurity and c.relforcerowsecurity) order by 1";
        let around = place.store.walks_around_walls().await.expect("read");
        let Some(open) = place.as_plain(None, open).await else {
            assert!(!around, "a file has no roles");
            return;
        };
        let said = "select (rolsuper or rolbypassrls)::text from pg_roles
             where rolname = session_user";
        assert_eq!(place.as_plain(None, said).await.expect("a role"), [around.to_string()]);
        assert_eq!(open, ["membership", "payee", "practice", "session"]);
    });
}
