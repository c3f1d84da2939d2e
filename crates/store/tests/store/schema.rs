//! The schema says what the enums say, and a database of a newer program is refused in words.

use std::collections::BTreeMap;

use denial::claim::ClaimSource;
use denial::denial::Status;
use denial::lifecycle::MOVES;
use denial::person::Role;
use denial::remittance::Source;
use store::doubts::Doubt;
use store::matches::Match;
use store::practices::PayeeKind;
use store::remittances::State;
use store::{Error, Store, Url};

use crate::place::{clinic, key, on_each};

const TEXT: &str = include_str!("../../migrations/0001_first.sql");

/// Every `check (column in (…))`, by table and column.
fn lists() -> BTreeMap<(String, String), Vec<String>> {
    let mut lists = BTreeMap::new();
    for table in TEXT.split("create table ").skip(1) {
        let name = table.split_whitespace().next().expect("a name").to_owned();
        let body = table.split(");\n").next().expect("a body");
        for check in body.split("check (").skip(1) {
            let (column, rest) = check.split_once(" in (").expect("a list");
            let words = rest.split(')').next().expect("its end").split(',');
            let words = words.map(|word| word.trim().trim_matches('\'').to_owned());
            lists.insert((name.clone(), column.to_owned()), words.collect());
        }
    }
    lists
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| name(*one).to_owned()).collect()
}

#[test]
fn every_list_of_words_is_that_of_its_enum() {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let open_closed = words(&["open", "closed"]);
    let expected = [
        ("payee", "kind", names(PayeeKind::ALL, PayeeKind::as_str)),
        ("membership", "role", names(Role::ALL, Role::as_str)),
        ("file", "state", words(&["reading", "taken"])),
        ("remittance", "state", names(State::ALL, State::as_str)),
        ("remittance", "source", names(Source::ALL, Source::as_str)),
        ("remittance", "balanced", words(&["yes", "no"])),
        ("claim_payment", "quarantined", words(&["yes", "no"])),
        ("claim", "source", names(ClaimSource::ALL, ClaimSource::as_str)),
        ("likely_match", "state", names(Match::ALL, Match::as_str)),
        ("doubt", "state", names(Doubt::ALL, Doubt::as_str)),
        ("rejection", "state", words(&["open", "resolved"])),
        ("denial", "state", open_closed),
        ("denial", "status", names(Status::ALL, Status::as_str)),
        ("denial", "quarantined", words(&["yes", "no"])),
        ("denial", "no_rule", words(&["yes", "no"])),
        ("journal", "chain", words(&["work", "views"])),
    ];
    let mut lists = lists();
    for (table, column, mut expected) in expected {
        let mut found = lists.remove(&(table.to_owned(), column.to_owned())).expect("a list");
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{table}.{column}");
    }
    assert!(lists.is_empty(), "compare these with their enums too: {lists:?}");
}

#[test]
fn the_table_of_moves_is_that_of_the_lifecycle() {
    on_each(async |place| {
        let mut found = place.pairs("select from_status, to_status from status_move").await;
        let mut expected: Vec<(String, String)> =
            MOVES.iter().map(|(a, b)| (a.as_str().to_owned(), b.as_str().to_owned())).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    });
}

#[test]
fn columns_are_text_or_numbers_and_keys_begin_with_the_practice() {
    on_each(async |place| {
        if matches!(place.url, Url::Postgres(_)) {
            return; // one text makes both
        }
        let odd = place
            .pairs(
                "select t.name, c.name from sqlite_master t, pragma_table_info(t.name) c
                 where t.type = 'table' and t.name not like 'sqlite_%'
                 and t.name <> '_sqlx_migrations' and lower(c.type) not in ('text', 'bigint')",
            )
            .await;
        assert_eq!(odd, []);
        let odd = place
            .pairs(
                "select t.name, c.name from sqlite_master t, pragma_table_info(t.name) c
                 where t.type = 'table' and c.name = 'practice' and c.pk <> 1
                 and t.name <> 'session'",
            )
            .await;
        assert_eq!(odd, []);
    });
}

#[test]
fn a_database_of_a_newer_program_is_refused_in_words() {
    on_each(async |place| {
        let copy = "insert into _sqlx_migrations
             (version, description, success, checksum, execution_time)
             select 999, 'of tomorrow', success, checksum, execution_time
             from _sqlx_migrations where version = 1";
        assert_eq!(place.past(copy).await, Ok(1));
        let refused = Store::open(&place.url, key()).await.err().expect("refused");
        assert!(matches!(refused, Error::Newer { found: 999, .. }), "{refused}");
        assert!(refused.to_string().contains("install the newer one"), "{refused}");
    });
}

#[test]
fn many_open_a_new_database_at_once() {
    on_each(async |place| {
        let url = place.across().await;
        let opening = |_| {
            let url = url.clone();
            tokio::spawn(async move {
                let store = Store::open(&url, key()).await.expect("opens");
                crate::place::make(&store, &clinic("main"), crate::place::AT).await;
                let practices = store.practices().await.expect("read").len();
                store.close().await;
                practices
            })
        };
        let all: Vec<_> = (0..8).map(opening).collect();
        for one in all {
            assert_eq!(one.await.expect("it ends well"), 1);
        }
        crate::place::Place::drop_across(&url).await;
    });
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    on_each(async |place| {
        let Url::Sqlite(path) = &place.url else { return };
        let mode = std::fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    });
}

#[test]
fn an_address_is_one_of_two_kinds() {
    assert!(matches!(Url::parse("sqlite:a.db"), Ok(Url::Sqlite(_))));
    assert!(matches!(Url::parse("mysql://a"), Err(Error::Url(_))));
}
