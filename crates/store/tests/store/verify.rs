//! Whatever is altered behind the program's back is found and named.

use store::Error;
use store::audit::Book;
use store::files::Document;
use store::journal::{Chain, Entry};
use store::remittances::State;
use store::verify::Proven;

use crate::clinic::{act, open};
use crate::place::{AT, Place, on_each, practice};

/// Two cases, one of them worked and posted on.
async fn work(place: &Place) {
    let cases = open(place, &[10_000, 5_000]).await;
    let case = act(place, &cases[0], r#"{"act": "review"}"#).await;
    let id = denial::ids::PostingId::from_bits(5);
    let post = format!(
        r#"{{"act": "post", "entries": [{{"id": "{id}", "kind": "payer_payment",
        "amount": 4000, "why": "paid"}}]}}"#
    );
    let case = act(place, &case, &post).await;
    let ask = r#"{"act": "ask_colleague", "to": "certified_coder", "text": "which modifier?"}"#;
    act(place, &case, ask).await;
}

async fn verify(place: &Place) -> Result<(), Error> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let walked = tx.walk_chain(Chain::Work, &|_| {}).await?;
    tx.walk_chain(Chain::Views, &|_| {}).await?;
    tx.walk_house(&|_| {}).await?;
    let seen = tx.check_cases(&walked, &|_| {}).await?;
    assert_eq!((seen.cases, seen.events), (walked.openings, walked.of_cases));
    tx.check_told().await?;
    tx.check_no_orphan().await
}

const JOURNAL: &[&str] = &["journal_keep_update", "journal_keep_delete"];
const POSTING: &[&str] = &["posting_keep_update", "posting_keep_delete"];
const DENIAL: &[&str] = &["denial_keep_delete", "denial_moves", "denial_versions"];

/// What is done behind the program's back, and the words that name it.
const DAMAGE: &[(&str, &[&str], &str, &str)] = &[
    ("journal", JOURNAL, "update journal set body = '{}' where seq = 2", "its body is not the one"),
    ("journal", JOURNAL, "update journal set actor = 'usr_9' where seq = 2", "its hash does not"),
    (
        "journal",
        JOURNAL,
        "update journal set body = '{}', digest = \
         '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' where seq = 2",
        "its hash does not",
    ),
    ("journal", JOURNAL, "delete from journal where seq = 2", "the entry is missing"),
    (
        "journal",
        JOURNAL,
        "delete from journal where seq = (select seq from journal_head where practice = 'main'
         and chain = 'work')",
        "the head says",
    ),
    (
        "journal_head",
        &[],
        "update journal_head set hash = 'x' where practice = 'main' and chain = 'work'",
        "the head's hash",
    ),
    (
        "denial",
        DENIAL,
        "update denial set outstanding = 1 where number = 'C1'",
        "outstanding is not what its journal says",
    ),
    (
        "denial",
        DENIAL,
        "update denial set person = 'usr_9' where number = 'C2'",
        "person is not what its journal says",
    ),
    (
        "denial",
        DENIAL,
        "update denial set due_on = '2026-01-01' where number = 'C2'",
        "it has no clock of that day",
    ),
    (
        "denial",
        DENIAL,
        "update denial set body = replace(body, '\"number\":\"C2\"', '\"number\":\"C9\"')
         where number = 'C2'",
        "number in it is not what its journal comes to",
    ),
    ("posting", POSTING, "update posting set amount = 1", "did not post it so"),
    ("posting", POSTING, "delete from posting", "a posting of its journal has no row"),
    ("asked", &[], "delete from asked", "the questions beside it"),
];

#[test]
fn each_alteration_is_found_and_named() {
    for (table, triggers, statement, words) in DAMAGE {
        on_each(async |place| {
            work(place).await;
            verify(place).await.expect("nothing differs yet");
            place.damage(table, triggers, statement).await;
            let found = verify(place).await.expect_err(statement).to_string();
            assert!(found.contains(words), "{statement}: {found}");
        });
    }
}

#[test]
fn a_case_without_a_row_or_a_journal_is_found() {
    on_each(async |place| {
        work(place).await;
        place.damage("denial", DENIAL, "delete from denial where number = 'C2'").await;
        let found = verify(place).await.expect_err("it is gone").to_string();
        assert!(found.contains("1 cases"), "{found}");
    });
}

#[test]
fn another_key_is_told() {
    on_each(async |place| {
        work(place).await;
        let store = store::Store::open(&place.url, store::Key::new(b"another")).await;
        let store = store.expect("opens");
        let mut tx = store.read(&practice()).await.expect("a look");
        let found = tx.walk_chain(Chain::Work, &|_| {}).await.expect_err("another key");
        assert!(found.to_string().contains("another journal key"), "{found}");
        drop(tx);
        store.close().await;
    });
}

#[test]
fn a_visible_remittance_or_file_was_taken_in_by_an_entry() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.stage_remittance(&crate::remittances::row(1, State::Staging)).await.expect("staged");
        tx.commit().await.expect("durable");
        verify(place).await.expect("nobody sees it yet");
        let publish = "update remittance set state = 'published'";
        assert_eq!(place.past(publish).await, Ok(1));
        let found = verify(place).await.expect_err("untold").to_string();
        assert!(found.contains("no entry of the journal took it in"), "{found}");
    });
}

#[test]
fn a_proof_works_on_from_where_it_ended() {
    on_each(async |place| {
        work(place).await;
        verify(place).await.expect("whole");
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert_eq!(tx.checkpoint().await.expect("read"), None);
        let proven = tx.ends(AT).await.expect("read");
        tx.keep_checkpoint(&proven).await.expect("kept");
        tx.commit().await.expect("durable");
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.checkpoint().await.expect("read"), Some(proven.clone()));
        let walked = tx.walk_on(Book::Work, &proven.work, &|_| {}).await.expect("nothing is new");
        assert_eq!(walked.entries, 0);
        assert_eq!(tx.cases_since(proven.work.seq).await.expect("read"), [""; 0]);
        let all = tx.walk_on(Book::Work, &Proven::default(), &|_| {}).await.expect("whole");
        assert_eq!(all.entries, u64::try_from(proven.work.seq).expect("a place"));
        drop(tx);

        let case = worked(place).await;
        act(place, &case, r#"{"act": "note", "text": "seen"}"#).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let walked = tx.walk_on(Book::Work, &proven.work, &|_| {}).await.expect("it goes on");
        assert_eq!((walked.entries, walked.of_cases), (1, 1));
        tx.walk_on(Book::House, &proven.house, &|_| {}).await.expect("nothing is there");
        let since = tx.cases_since(proven.work.seq).await.expect("read");
        assert_eq!(since, [case.id.as_str()]);
        assert!(tx.check_some_cases(&since).await.expect("it agrees").cases >= 1);
        assert_eq!(tx.remittances_since(proven.work.seq).await.expect("read"), [""; 0]);
        assert_eq!(tx.hashes_since(AT).await.expect("read"), []);
        drop(tx);

        let moved = "update denial set priority = 3, outstanding = 1 where priority = 7";
        assert_eq!(place.past(moved).await, Ok(1));
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let found = tx.check_some_cases(&since).await.expect_err("altered");
        assert!(found.to_string().contains("outstanding"), "{found}");
        let other = Proven { hash: "0".repeat(64), ..proven.work.clone() };
        let found = tx.walk_on(Book::Work, &other, &|_| {}).await.expect_err("another");
        assert!(found.to_string().contains("proven with another hash"), "{found}");
        drop(tx);

        let forged = "update sweep set result = replace(result, '\"seq\":', '\"seq\":1')";
        assert_eq!(place.past(forged).await, Ok(1));
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let found = tx.checkpoint().await.expect_err("nobody else says what is proven");
        assert!(found.to_string().contains("not written with this journal key"), "{found}");
    });
}

/// The case that was worked.
async fn worked(place: &Place) -> denial::denial::Denial {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let id = denial::ids::DenialId::from_bits(1);
    tx.case(id.as_str()).await.expect("there")
}

/// A case with a thing that leaves for it and a draft of a letter, each with its entry.
async fn sent(place: &Place) {
    let case = open(place, &[10_000]).await.remove(0);
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let one = crate::outgoing::outgoing(1);
    let document = Document {
        hash: one.document.clone(),
        name: one.name.clone(),
        media: "text/plain".to_owned(),
        bytes: one.bytes,
        taken_at: AT.to_owned(),
        taken_by: "usr_1".to_owned(),
    };
    tx.keep_document(&document).await.expect("kept");
    let item = crate::outgoing::item(&one, case.id.as_str(), "x", 0);
    tx.queue_outgoing(&one, &[item]).await.expect("queued");
    let entry = Entry::new(&one.outgoing, "outbox.queued", &());
    tx.append(vec![entry], &crate::clinic::moment()).await.expect("told");
    let entry = Entry::new(case.id.as_str(), "appeal.drafted", &());
    let draft = crate::appeals::draft(&case, 1, 1);
    assert!(tx.add_draft(&draft, entry, &crate::clinic::moment()).await.expect("kept"));
    let letter = crate::requests::letter(&case, 1, None);
    let entry = Entry::new(letter.id.as_str(), "request.kept", &());
    tx.add_request(&letter, entry, &crate::clinic::moment()).await.expect("kept");
    tx.commit().await.expect("durable");
}

async fn left(place: &Place) -> Result<(), Error> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    tx.check_outgoing().await?;
    tx.check_drafts().await?;
    tx.check_requests().await
}

#[test]
fn what_leaves_has_its_bytes_its_cases_and_its_entry() {
    for (table, triggers, statement, words) in [
        ("outgoing", &[][..], "update outgoing set document = 'x'", "no document is its bytes"),
        ("outgoing", &[], "update outgoing set bytes = 8", "no document is its bytes"),
        ("outgoing_item", &[], "delete from outgoing_item", "a case or claim that it is of"),
        ("outgoing", &[], "update outgoing set state = 'called_back'", "no entry of the journal"),
        (
            "journal",
            JOURNAL,
            "update journal set kind = 'x' where kind = 'outbox.queued'",
            "no entry of the journal",
        ),
        (
            "journal",
            JOURNAL,
            "update journal set kind = 'x' where kind = 'appeal.drafted'",
            "its case or the entry that began it",
        ),
        ("payer_request", &[], "update payer_request set version = 2", "that entries tell"),
    ] {
        on_each(async |place| {
            sent(place).await;
            left(place).await.expect("nothing differs yet");
            place.damage(table, triggers, statement).await;
            let found = left(place).await.expect_err(statement).to_string();
            assert!(found.contains(words), "{statement}: {found}");
        });
    }
}
