//! The whole circle by itself: files come, simulated specialists work, what they send leaves, a
//! simulated payer answers, and in the end everything agrees. On either database.

use serde_json::Value;

use crate::place::Desk;

/// Lets days happen; gives the figures.
fn go_round(desk: &Desk) -> Value {
    let text = desk.ok(&[
        "demo",
        "--size",
        "tiny",
        "--seed",
        "3",
        "--days",
        "40",
        "--no-serve",
        "--score",
    ]);
    let mut lines = text.lines();
    let figures: Value = serde_json::from_str(lines.next().expect("figures")).expect("JSON");
    let score: Value = serde_json::from_str(lines.next().expect("a score")).expect("JSON");
    for of in ["denied_lines", "category_checked", "chaos_expected", "chaos_ids"] {
        let met = match of {
            "denied_lines" => "in_cases",
            "category_checked" => "category_right",
            "chaos_expected" => "chaos_quarantined",
            _ => "chaos_met",
        };
        assert_eq!(score[of], score[met], "{of}: {score}");
    }
    assert_eq!(score["traps_in_cases"], 0, "{score}");
    assert_eq!(score["quarantined_besides"], 0, "{score}");
    figures
}

#[test]
fn it_closes_without_anybody_and_is_the_same_on_each_database() {
    let mut seen: Option<Value> = None;
    for desk in Desk::each() {
        let figures = go_round(&desk);
        for nothing in ["forgotten", "cents_off", "posted_off", "expired"] {
            assert_eq!(figures[nothing], 0, "{}: {figures}", desk.kind());
        }
        assert_eq!(figures["differs"], "", "{figures}");
        for something in
            ["paid", "written_off", "corrections", "appeals", "letters", "posted_cents"]
        {
            assert!(figures[something].as_i64() > Some(0), "{something}: {figures}");
        }
        let count = |name: &str| figures[name].as_i64().expect("a number");
        assert_eq!(count("cases"), count("paid") + count("written_off") + count("open"));
        // What is done stays done: the figures come again, and nothing happens twice.
        assert_eq!(go_round(&desk), figures);
        let refused = desk.run(&["demo", "--size", "tiny", "--seed", "3", "--no-serve"]);
        assert!(!refused.status.success(), "another demo does not go on with it");
        match &seen {
            None => seen = Some(figures),
            Some(before) => assert_eq!(*before, figures, "{}", desk.kind()),
        }
    }
}
