//! The desk: the board's list, what was done with many cases at once, saved views.

use std::collections::BTreeSet;

use denial::denial::Denial;
use denial::person::Role;
use insight::board::{Board, Facet, Own, Sort, Wanted};
use store::batches::Batch;
use store::board::Changed;
use store::denials::Rank;
use store::questions::Answer;
use store::views::SavedView;
use store::words::{Word, WordKind};
use store::{Error, instant};

use crate::clinic::{TODAY, act, moment, open, rank, someone};
use crate::place::{Place, on_each, practice};

async fn listed(place: &Place, since: Option<i64>) -> Board {
    let mut board = Board::default();
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let mut put = |case: &insight::board::Listed<'_>| board.put(case);
    match since {
        Some(seq) => tx.list_since(seq, &mut put).await.expect("listed"),
        None => tx.list_all(&mut put).await.expect("listed"),
    }
    board.settle();
    board
}

fn found(board: &Board, wanted: &Wanted) -> Vec<u128> {
    board.page(&board.find(wanted, TODAY), Sort::Money, 0, 9)
}

#[test]
fn the_board_lists_every_case_and_then_what_changed() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let known = place.store.read(&practice()).await.expect("a look").known().await;
        let known = known.expect("read");
        assert!(known.seq > 0 && known.ranked_at.is_empty());
        assert_eq!(found(&listed(place, None).await, &Wanted::default()), [1, 3, 2]);
        assert_eq!(listed(place, Some(known.seq)).await.len(), 0);

        act(place, &cases[1], r#"{"act": "take"}"#).await;
        let changed_by_others = async |seq: i64, me: &str| {
            let mut tx = place.store.read(&practice()).await.expect("a look");
            tx.changed_since(seq, me, 9).await.expect("read")
        };
        let taken = Changed { denial: cases[1].id.to_string(), is_new: false };
        assert_eq!(changed_by_others(known.seq, "usr_other").await, [taken]);
        assert_eq!(changed_by_others(known.seq, someone(1).as_str()).await, []);
        assert!(changed_by_others(0, "usr_other").await.iter().all(|one| one.is_new));
        let changed = listed(place, Some(known.seq)).await;
        assert_eq!(found(&changed, &Wanted::default()), [2]);
        let owner = vec![someone(1).to_string()];
        let mine = Wanted { chosen: vec![(Facet::Owner, owner)], ..Wanted::default() };
        assert_eq!(found(&listed(place, None).await, &mine), [2]);

        let ask = r#"{"act": "ask_colleague", "to": "certified_coder", "text": "is it so?"}"#;
        act(place, &cases[2], ask).await;
        let waits = Wanted {
            chosen: vec![(Facet::Waiting, vec!["colleague".to_owned()])],
            ..Wanted::default()
        };
        assert_eq!(found(&listed(place, None).await, &waits), [3]);
        let unmapped = Wanted {
            chosen: vec![(Facet::Unmapped, vec!["CO-QQ1".to_owned()])],
            ..Wanted::default()
        };
        assert_eq!(found(&listed(place, None).await, &unmapped).len(), 3);

        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.note_sweep("rank", &instant(moment().now), "").await.expect("noted");
        let now = tx.known().await.expect("read");
        assert!(now.seq > known.seq && now.ranked_at > known.ranked_at);
    });
}

#[test]
fn what_the_board_is_told_is_what_the_rows_hold() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        act(place, &cases[1], r#"{"act": "take"}"#).await;
        let snooze = r#"{"act": "snooze", "until": "2026-06-20", "reason": "waits"}"#;
        let asleep = act(place, &cases[2], snooze).await;
        let promised = r#"{"act": "log_contact", "channel": "phone", "said": "soon",
            "promised_by": "2026-06-12"}"#;
        act(place, &cases[0], promised).await;
        let bring = r#"{"act": "escalate", "to": "manager", "reason": "waits"}"#;
        act(place, &asleep, bring).await;
        let board = listed(place, None).await;
        let taken = someone(1).to_string();
        let role = cases[0].owner().map_or("", |owner| owner.role.as_str());
        let table: [(Facet, &str, &[u128]); 22] = [
            (Facet::Role, role, &[1, 3, 2]),
            (Facet::Role, "poster", &[]),
            (Facet::Owner, &taken, &[2]),
            (Facet::Owner, "", &[1, 3]),
            (Facet::Reason, "non_covered", &[1, 3, 2]),
            (Facet::Reason, "bundling", &[]),
            (Facet::Status, "new", &[1, 3, 2]),
            (Facet::Status, "paid", &[]),
            (Facet::Payer, cases[0].payer.as_str(), &[1, 3, 2]),
            (Facet::Plan, "commercial", &[1, 3, 2]),
            (Facet::Next, "correct", &[3, 2]),
            (Facet::Clock, "none", &[1, 3, 2]),
            (Facet::NoRule, "yes", &[1, 3, 2]),
            (Facet::Unmapped, "CO-1", &[]),
            (Facet::Brought, "manager", &[3]),
            (Facet::Waiting, "us", &[3, 2]),
            (Facet::Waiting, "payer", &[1]),
            (Facet::Opened, "2026-06-01", &[1, 3, 2]),
            (Facet::Opened, "2026-06-02", &[]),
            (Facet::Promise, "open", &[1]),
            (Facet::Promise, "broken", &[]),
            (Facet::Lacks, "yes", &[]),
        ];
        for (facet, value, expected) in table {
            let chosen = vec![(facet, vec![value.to_owned()])];
            let wanted = Wanted { asleep: true, chosen, ..Wanted::default() };
            assert_eq!(found(&board, &wanted), expected, "{facet:?} {value}");
        }
        assert_eq!(found(&board, &Wanted::default()), [1, 2], "one sleeps");
        let own = Own { role: Some(Role::Poster), person: taken, teams: Vec::new() };
        let wanted = Wanted { own: Some(own), ..Wanted::default() };
        assert_eq!(found(&board, &wanted), [2]);
    });
}

#[test]
fn a_batch_keeps_its_cases_and_ends_once() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let batch = Batch {
            batch: "bat_1".to_owned(),
            act: "plan".to_owned(),
            person: someone(1).to_string(),
            done_at: instant(moment().now),
            undone_at: None,
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.begin_batch(&batch).await.expect("begun");
        for case in &cases {
            tx.add_to_batch("bat_1", case.id.as_str(), 2).await.expect("added");
        }
        assert_eq!(tx.batch("bat_1").await.expect("there"), batch);
        assert!(matches!(tx.batch("bat_2").await, Err(Error::Missing { .. })));
        let first = tx.batch_cases("bat_1", "", 2).await.expect("read");
        assert_eq!(first.iter().map(|(_, version)| *version).collect::<Vec<_>>(), [2, 2]);
        let rest = tx.batch_cases("bat_1", &first[1].0, 2).await.expect("read");
        assert_eq!(rest, [(cases[2].id.to_string(), 2)]);
        let me = someone(1).to_string();
        let last = tx.last_batch(&me, "2026").await.expect("read").expect("there");
        assert_eq!((last.batch.as_str(), last.act.as_str(), last.cases), ("bat_1", "plan", 3));
        assert_eq!(tx.last_batch(&me, "2027").await.expect("read"), None, "too long ago");
        assert_eq!(tx.last_batch("usr_9", "2026").await.expect("read"), None, "another's");
        assert!(tx.end_batch("bat_1", "2026-06-02").await.expect("ended"));
        assert_eq!(tx.last_batch(&me, "2026").await.expect("read"), None, "taken back");
        assert!(!tx.end_batch("bat_1", "2026-06-03").await.expect("ended before"));
        let ended = tx.batch("bat_1").await.expect("there");
        assert_eq!(ended.undone_at.as_deref(), Some("2026-06-02"));
    });
}

#[test]
fn views_are_the_teams_or_ones_own() {
    on_each(async |place| {
        let view = |id: &str, person: &str, query: &str| SavedView {
            view: id.to_owned(),
            person: person.to_owned(),
            name: "Late ones".to_owned(),
            query: query.to_owned(),
            saved_at: instant(moment().now),
            saved_by: "usr_1".to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.save_view(&view("viw_1", "", "due=past")).await.expect("saved");
        tx.save_view(&view("viw_2", "usr_1", "when=late")).await.expect("saved");
        tx.save_view(&view("viw_3", "usr_2", "when=today")).await.expect("saved");
        tx.save_view(&view("viw_4", "usr_1", "when=week")).await.expect("saved again");
        let ids = |views: Vec<SavedView>| -> Vec<(String, String)> {
            views.into_iter().map(|view| (view.view, view.query)).collect()
        };
        let pair = |id: &str, query: &str| (id.to_owned(), query.to_owned());
        let own = ids(tx.saved_views("usr_1").await.expect("read"));
        assert_eq!(own, [pair("viw_2", "when=week"), pair("viw_1", "due=past")]);
        assert!(!tx.forget_view("viw_2", "usr_2").await.expect("another's stays"));
        assert!(tx.forget_view("viw_2", "usr_1").await.expect("gone"));
        assert!(tx.forget_view("viw_1", "").await.expect("gone"));
        assert_eq!(ids(tx.saved_views("usr_1").await.expect("read")), []);
    });
}

#[test]
fn cases_are_found_by_what_their_words_begin_with() {
    on_each(async |place| {
        let cases = open(place, &[300, 100]).await;
        let [one, other] = [cases[0].id.as_str(), cases[1].id.as_str()];
        let word = |about: &str, kind, word: &str| Word {
            about: about.to_owned(),
            kind,
            word: word.to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let words = BTreeSet::from([
            word(one, WordKind::Name, "standin"),
            word(one, WordKind::Member, "m77"),
            word(one, WordKind::Note, "éclair"),
            word(other, WordKind::Name, "standish"),
            word(other, WordKind::Note, "standin"),
        ]);
        tx.add_words(&words).await.expect("added");
        tx.add_words(&words).await.expect("there already");
        let mut about = async |beginning: &str, kind: Option<WordKind>| {
            let found = tx.about_word(beginning, kind, 9).await.expect("read");
            found.into_iter().map(|id| if id == one { 1 } else { 2 }).collect::<Vec<_>>()
        };
        let name = Some(WordKind::Name);
        assert_eq!(about("standi", name).await, [1, 2]);
        assert_eq!(about("standin", name).await, [1]);
        assert_eq!(about("standin", Some(WordKind::Note)).await, [2]);
        assert_eq!(about("standin", None).await, [1, 2]);
        assert_eq!(about("m7", None).await, [1]);
        assert_eq!(about("éc", None).await, [1]);
        assert_eq!(about("tandin", None).await, [] as [i32; 0]);
        let both = tx.about_word("stand", None, 9).await.expect("read");
        assert_eq!(tx.about_word("stand", None, 1).await.expect("read").len(), 1, "no more than");
        let of_those = tx.about_word_among("m77", None, &both).await.expect("read");
        assert_eq!(of_those, BTreeSet::from([one.to_owned()]));
        let ids = [one.to_owned(), other.to_owned()];
        let named = tx.names_among(&ids).await.expect("read");
        assert_eq!((named[one].len(), named[other].len()), (2, 1));
        tx.forget_names(one).await.expect("gone");
        tx.name_like(one, other).await.expect("named");
        assert_eq!(tx.about_word("stand", name, 9).await.expect("read").len(), 2);
        assert_eq!(tx.about_word("éclair", None, 9).await.expect("read").len(), 1, "notes stay");
        tx.forget_notes(one).await.expect("gone");
        assert_eq!(tx.about_word("éclair", None, 9).await.expect("read").len(), 0);
    });
}

#[test]
fn a_long_queue_can_be_made_to_be_measured() {
    on_each(async |place| {
        if matches!(place.url, store::Url::Postgres(_)) {
            return; // it is SQLite's own text
        }
        open(place, &[300, 100]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.multiply_cases(1, 10).await.expect("copied");
        tx.commit().await.expect("durable");
        let board = listed(place, None).await;
        assert_eq!(board.len(), 2 + 20, "a tenth of two");
        let ids: Vec<String> = found(&board, &Wanted::default())
            .into_iter()
            .map(|bits| denial::ids::DenialId::from_bits(bits).to_string())
            .collect();
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.cases_among(&ids).await.expect("each reads").len(), ids.len());
    });
}

#[test]
fn cases_alike_have_the_payer_and_the_code() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for case in &cases[..2] {
            let rank = Rank { code: "CO-197".to_owned(), ..Rank::default() };
            assert_eq!(tx.rerank(&[(case, rank)]).await.expect("ranked"), 1);
        }
        let alike = tx.cases_alike(&cases[2], "CO-197", 9).await.expect("read");
        let ids: Vec<_> = alike.iter().map(|one| one.id.clone()).collect();
        assert_eq!(ids, [cases[1].id.clone(), cases[0].id.clone()]);
        let others = tx.cases_alike(&cases[0], "CO-197", 9).await.expect("read");
        assert_eq!(others.len(), 1, "never the case itself");
        assert_eq!(tx.cases_alike(&cases[2], "CO-197", 1).await.expect("read").len(), 1);
        assert_eq!(tx.cases_alike(&cases[2], "CO-50", 9).await.expect("read"), []);
    });
}

#[test]
fn a_question_waits_for_its_role_and_its_answer_for_who_asked() {
    on_each(async |place| {
        let cases = open(place, &[300, 100]).await;
        let ask = r#"{"act": "ask_colleague", "to": "certified_coder", "text": "is it so?"}"#;
        let asked = act(place, &cases[0], ask).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let waiting = tx.asked_of("certified_coder", 9).await.expect("read");
        assert_eq!(waiting, std::slice::from_ref(&asked));
        assert_eq!(tx.asked_of("provider", 9).await.expect("read"), []);
        let me = someone(1).to_string();
        let own = tx.asked_by(&me, "2020-01-01", 9).await.expect("read");
        assert_eq!(own, [asked.id.to_string()]);
        let late = tx.asked_by(&me, "2099-01-01", 9).await.expect("read");
        assert_eq!(late, own, "it waits, however long ago it was asked");
        assert_eq!(tx.asked_by("usr_other", "2020-01-01", 9).await.expect("read"), [""; 0]);
        drop(tx);

        let answer = r#"{"act": "answer", "question": 1, "text": "it is"}"#;
        let answered = act(place, &asked, answer).await;
        let (id, me) = (asked.id.as_str(), someone(1).to_string());
        // Of two cases that on which something waits is first, then what was said last.
        let other = act(place, &cases[1], ask).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let own = tx.asked_by(&me, "2020-01-01", 9).await.expect("read");
        assert_eq!(own, [other.id.to_string(), id.to_owned()]);
        assert_eq!(tx.asked_by(&me, "2020-01-01", 1).await.expect("read"), own[..1]);
        assert_eq!(tx.asked_by(&me, "2099-01-01", 9).await.expect("read"), own[..1]);
        let told = tx.told_of_questions(&own).await.expect("read");
        let told: Vec<_> = told.iter().map(|one| (one.about.as_str(), one.kind.as_str())).collect();
        let kinds = ["denial.asked", "denial.answered"];
        assert_eq!(told, [(id, kinds[0]), (id, kinds[1]), (own[0].as_str(), kinds[0])]);
        drop(tx);
        act(place, &other, answer).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.keep_answer(id, &asked.questions[0], "2026-06-02").await.expect("kept");
        assert_eq!(tx.asked_of("certified_coder", 9).await.expect("read"), []);
        let kept = tx.answers_for(&me, 9).await.expect("read");
        let expected =
            Answer { denial: id.to_owned(), number: 1, answered_at: "2026-06-02".to_owned() };
        assert_eq!(kept, [expected]);
        assert_eq!(tx.see_answers(id, None, "usr_other").await.expect("nobody's"), 0);
        assert_eq!(tx.see_answers(id, Some(2), &me).await.expect("another"), 0);
        assert_eq!(tx.see_answers(id, Some(1), &me).await.expect("seen"), 1);
        assert_eq!(tx.answers_for(&me, 9).await.expect("read"), []);
        tx.keep_answer(id, &asked.questions[0], "2026-06-02").await.expect("kept");
        tx.commit().await.expect("durable");

        // An answer that was taken back is none.
        let again = Denial { questions: asked.questions.clone(), ..answered };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let after = Denial { version: again.version + 1, ..again.clone() };
        tx.save_case(&after, again.version, &rank(1), Vec::new(), &moment()).await.expect("saved");
        assert_eq!(tx.answers_for(&me, 9).await.expect("read"), []);
    });
}
