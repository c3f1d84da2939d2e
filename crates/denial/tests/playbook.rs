//! The rules that the program ships: `data/` loads, and says what the facts behind it say.

mod shipped;

use std::collections::BTreeSet;
use std::fs;

use denial::category::{AdjustmentKind, Category};
use denial::claim::{PayerName, PlanType};
use denial::codes::{Carc, Group, Npi, Rarc};
use denial::deadline::{self, Anchors, DeadlineKind};
use denial::denial::NextActionKind as Next;
use denial::money::Money;
use denial::owner;
use denial::playbook::Ruling;
use denial::remittance::Remark;
use denial::rules::{self, Rules};
use jiff::civil::{Date, date};

fn shipped() -> Rules {
    rules::read(&shipped::files()).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{} faults:\n{}", faults.len(), faults.join("\n"))
    })
}

const DAY: Option<Date> = Some(date(2026, 3, 10));

fn ruling(rules: &Rules, group: &str, carc: &str, remarks: &[&str]) -> Ruling {
    let remark = |code: &&str| Remark { list: "LQ:HE".into(), code: Rarc::new(code) };
    let remarks: Vec<Remark> = remarks.iter().map(remark).collect();
    rules.playbook.ruling(None, &Group::new(group), &Carc::new(carc), &remarks, DAY)
}

#[test]
fn every_reason_has_a_letter_of_its_own_and_every_kind_one() {
    use denial::letter::{Asked, LetterKind, fitting};
    let rules = shipped();
    let day = DAY.expect("a day");
    for kind in LetterKind::ALL {
        for category in Category::ALL {
            let (kind, category, level, on) = (*kind, *category, 1, day);
            let asked = Asked { kind, payer: "Nobody", rules: None, category, level, on };
            let found = fitting(&rules.letters, &asked);
            let first = found.first().expect("a letter");
            let own = kind == LetterKind::Appeal && category != Category::Unmapped;
            assert_eq!(first.name == category.as_str(), own, "{kind:?} {category:?}");
        }
    }
}

#[test]
fn the_shipped_rules_load() {
    let summary = shipped().summary();
    assert!(summary.reasons >= 359, "{summary:?}");
    assert!(summary.remarks >= 272, "{summary:?}");
    assert!(summary.payers >= 50 && summary.windows >= 90, "{summary:?}");
}

#[test]
fn every_category_is_reached_and_owned() {
    let rules = shipped();
    let codes = carcs_of(&shipped::files());
    let reached: BTreeSet<Category> =
        codes.iter().map(|code| ruling(&rules, "CO", code, &[]).category).collect();
    for category in Category::ALL {
        assert!(reached.contains(category), "no reason is {}", category.as_str());
        let provider = Npi::default();
        let at = owner::Circumstance {
            category: *category,
            origin: category.origin(),
            provider: &provider,
            site: &provider,
            denied: Money::ZERO,
        };
        let row = owner::row_for(&at, None, &rules);
        assert!(row.is_some(), "nobody owns {}", category.as_str());
    }
}

/// The codes of the shipped list of reasons.
fn carcs_of(files: &[(String, String)]) -> Vec<String> {
    let list = files.iter().find(|(name, _)| name == "codes/carc.csv").expect("a list");
    let rows = list.1.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|line| Some(line.split_once(',')?.0.to_owned())).collect()
}

#[test]
fn every_listed_reason_has_a_rule_and_a_chance_if_it_is_a_denial() {
    let rules = shipped();
    for code in carcs_of(&shipped::files()) {
        let found = ruling(&rules, "OA", &code, &[]);
        assert_ne!(found.kind, AdjustmentKind::Unmapped, "{code} has no rule");
        let denied = found.kind == AdjustmentKind::Denial;
        assert_eq!(found.chance.basis_points() > 0, denied, "{code}: {}", found.chance);
        assert_eq!(found.suggestion.is_some(), denied && found.category == Category::Unmapped);
    }
}

/// A row of comma-separated cells, some in quotes.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("a cell").push(letter),
        }
    }
    cells
}

#[test]
fn the_playbook_agrees_with_the_facts_it_was_made_from() {
    let source = shipped::root().join("../shared/domain/carc.csv");
    let Ok(text) = fs::read_to_string(&source) else {
        eprintln!("SKIPPED: {} is not here; nothing was compared", source.display());
        return;
    };
    let rules = shipped();
    let mut compared = 0;
    for row in text.lines().skip(1).map(cells) {
        let [code, _, kind, category, ..] = row.as_slice() else { panic!("a short row") };
        let found = ruling(&rules, "OA", code, &[]);
        let wanted = rules.playbook.translate(kind, category);
        assert_eq!(Some((found.kind, found.category)), wanted, "{code}");
        compared += 1;
    }
    assert_eq!(compared, 359);
}

#[test]
fn what_is_no_denial_opens_nothing_whatever_the_group() {
    let rules = shipped();
    for (group, carc, kind) in [
        ("CO", "45", AdjustmentKind::Contractual),
        ("CO", "253", AdjustmentKind::PaymentAdjustment),
        ("PR", "1", AdjustmentKind::PatientShare),
        ("CO", "237", AdjustmentKind::PaymentAdjustment),
        ("OA", "23", AdjustmentKind::PaymentAdjustment),
        ("CO", "24", AdjustmentKind::Capitation),
        ("OA", "101", AdjustmentKind::Informational),
        ("PR", "45", AdjustmentKind::PatientShare),
        ("CO", "2", AdjustmentKind::Contractual),
    ] {
        assert_eq!(ruling(&rules, group, carc, &[]).kind, kind, "{group}-{carc}");
    }
}

#[test]
fn a_vague_reason_is_what_its_remark_says() {
    let rules = shipped();
    for (carc, remarks, category, next) in [
        ("16", &["M127"][..], Category::MissingDocumentation, Next::SendRecords),
        ("16", &["MA27"], Category::Registration, Next::Correct),
        ("16", &["M51"], Category::CodingOrModifier, Next::Correct),
        ("16", &["MA92"], Category::CoordinationOfBenefits, Next::Correct),
        ("16", &["M62"], Category::Authorization, Next::Correct),
        ("96", &["N115"], Category::MedicalNecessity, Next::Appeal),
        ("96", &["N30"], Category::Eligibility, Next::Review),
        ("A1", &["N570"], Category::Credentialing, Next::CallPayer),
        // A notice counts only where nothing else speaks.
        ("16", &["MA13", "N822"], Category::CodingOrModifier, Next::Correct),
        // The way that is open comes from one remark, the category from the other.
        ("16", &["MA130", "N290"], Category::Credentialing, Next::Correct),
        ("16", &[], Category::Registration, Next::Correct),
        ("16", &["X999"], Category::Registration, Next::Correct),
    ] {
        let found = ruling(&rules, "CO", carc, remarks);
        assert_eq!((found.category, found.next), (category, next), "{carc} {remarks:?}");
        assert!(found.suggestion.is_none(), "{carc} {remarks:?}");
    }
}

#[test]
fn a_specific_reason_keeps_its_category_and_heeds_its_remarks() {
    let rules = shipped();
    for (carc, remarks, category, next) in [
        ("197", &["N130"][..], Category::Authorization, Next::Appeal),
        ("11", &["N115"], Category::CodingOrModifier, Next::Appeal),
        ("151", &["N362"], Category::MedicalNecessity, Next::Correct),
        ("50", &["MA44"], Category::MedicalNecessity, Next::ProposeWriteOff),
        ("50", &["N211"], Category::MedicalNecessity, Next::ProposeWriteOff),
        ("18", &["N368"], Category::Duplicate, Next::Appeal),
        ("50", &["MA18"], Category::MedicalNecessity, Next::Appeal),
        ("22", &["MA18"], Category::CoordinationOfBenefits, Next::AwaitPayer),
        ("4", &["N938"], Category::CodingOrModifier, Next::AwaitPayer),
        ("50", &["MA01"], Category::MedicalNecessity, Next::Appeal),
    ] {
        let found = ruling(&rules, "CO", carc, remarks);
        assert_eq!((found.category, found.next), (category, next), "{carc} {remarks:?}");
    }
}

/// The payer's own crossover came first: the claim is judged there, and nothing is refused here.
#[test]
fn the_copy_of_a_crossover_is_no_denial() {
    assert_eq!(ruling(&shipped(), "OA", "18", &["N522"]).kind, AdjustmentKind::Informational);
    assert_eq!(ruling(&shipped(), "OA", "18", &[]).kind, AdjustmentKind::Denial);
}

#[test]
fn contract_money_never_moves_to_the_patient() {
    let rules = shipped();
    let remarks = rules_remarks(&shipped::files());
    for code in carcs_of(&shipped::files()) {
        for remark in remarks.iter().map(String::as_str).chain([""]) {
            let found = ruling(&rules, "CO", &code, &[remark]);
            let denied = found.kind == AdjustmentKind::Denial;
            assert!(!denied || found.next != Next::BillPatient, "CO-{code} {remark}");
        }
    }
    assert_eq!(ruling(&rules, "PR", "204", &[]).next, Next::BillPatient);
    assert_eq!(ruling(&rules, "PR", "50", &["M38"]).next, Next::BillPatient);
    assert_eq!(ruling(&rules, "CO", "50", &["M38"]).next, Next::Appeal);
}

fn rules_remarks(files: &[(String, String)]) -> Vec<String> {
    let list = files.iter().find(|(name, _)| name == "codes/rarc.csv").expect("a list");
    let rows = list.1.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|line| Some(line.split_once(',')?.0.to_owned())).collect()
}

#[test]
fn a_strange_group_is_parked_and_a_strange_reason_waits() {
    let rules = shipped();
    let parked = ruling(&rules, "ZZ", "45", &[]);
    assert_eq!((parked.kind, parked.category), (AdjustmentKind::Unmapped, Category::Unmapped));
    assert_eq!(ruling(&rules, "ZZ", "197", &[]).category, Category::Authorization);
    let strange = ruling(&rules, "CO", "9999", &["N115"]);
    assert_eq!(strange.kind, AdjustmentKind::Unmapped);
    assert_eq!(strange.suggestion, Some(Category::MedicalNecessity));
}

#[test]
fn chances_are_the_stated_priors() {
    let rules = shipped();
    for (carc, percent) in [("197", 34), ("4", 70), ("29", 12), ("18", 6), ("97", 38), ("22", 58)] {
        let found = ruling(&rules, "CO", carc, &[]).chance.basis_points();
        assert_eq!(found, percent * 100, "{carc}");
    }
}

#[test]
fn a_payers_own_reason_beats_the_general_one_on_its_days() {
    let own = "name = \"Test Health\"\n\n[[reason]]\ncarc = \"97\"\nfrom = 2026-03-01\n\
               kind = \"denial\"\ncategory = \"authorization\"\nrecoverable = \"low\"\n\
               correctable = false\nnext = \"call_payer\"\n";
    let mut all = shipped::files();
    all.push(("payers/test.toml".to_owned(), own.to_owned()));
    let rules = rules::read(&all).expect("rules");
    let name = PayerName { name: "TEST HEALTH".into(), ids: Vec::new() };
    let payer = rules.payer(&name, PlanType::Commercial);
    let of = |payer, on| {
        let (group, carc) = (Group::new("CO"), Carc::new("97"));
        rules.playbook.ruling(payer, &group, &carc, &[], Some(on)).category
    };
    assert_eq!(of(payer, date(2026, 3, 1)), Category::Authorization);
    assert_eq!(of(payer, date(2026, 2, 28)), Category::Bundling, "before its first day");
    assert_eq!(of(None, date(2026, 3, 1)), Category::Bundling, "at another payer");
}

/// The clocks of a payer's case: first service, denial, kind, last day.
#[test]
fn the_floors_of_the_law_give_their_days() {
    let rules = shipped();
    let nobody = PayerName { name: "Nobody Health".into(), ids: Vec::new() };
    let (filing, corrected, appeal) =
        (DeadlineKind::TimelyFiling, DeadlineKind::CorrectedClaim, DeadlineKind::Appeal(1));
    for (plan, kind, last) in [
        // 42 CFR 424.44(a): one calendar year from the service of 29 February 2024.
        (PlanType::Medicare, filing, Some(date(2025, 2, 28))),
        // 42 CFR 405.980(b)(1): a year from the initial determination.
        (PlanType::Medicare, corrected, Some(date(2025, 4, 1))),
        // 42 CFR 405.942(a): 1 April and 5 days presumed, then 120 days.
        (PlanType::Medicare, appeal, Some(date(2024, 8, 4))),
        // 42 CFR 422.582(b): 65 days.
        (PlanType::MedicareAdvantage, appeal, Some(date(2024, 6, 5))),
        (PlanType::MedicareAdvantage, filing, None),
        // 42 CFR 447.45(d)(1): 12 months.
        (PlanType::Medicaid, filing, Some(date(2025, 2, 28))),
        (PlanType::Medicaid, appeal, None),
        // 29 CFR 2560.503-1(h)(3)(i): 180 days.
        (PlanType::SelfFunded, appeal, Some(date(2024, 9, 28))),
        (PlanType::Commercial, appeal, Some(date(2024, 9, 28))),
        (PlanType::Marketplace, appeal, Some(date(2024, 9, 28))),
        (PlanType::Commercial, filing, None),
        // 32 CFR 199.7(d) and 199.10(a): a year; 90 days.
        (PlanType::Tricare, filing, Some(date(2025, 2, 28))),
        (PlanType::Tricare, appeal, Some(date(2024, 6, 30))),
        (PlanType::WorkersCompensation, appeal, None),
    ] {
        let anchors =
            Anchors { service_on: Some(date(2024, 2, 29)), ..Anchors::denied(date(2024, 4, 1)) };
        let payer = rules.payer(&nobody, plan);
        let clocks = deadline::clocks(payer, Category::CodingOrModifier, &anchors);
        let clock = clocks.iter().find(|clock| clock.kind == kind);
        let clock = clock.unwrap_or_else(|| panic!("{plan:?} has no clock {kind:?}"));
        assert_eq!(clock.date(), last, "{plan:?} {kind:?}");
    }
}

#[test]
fn medicare_gives_no_redetermination_of_late_filing() {
    // 42 CFR 405.926(n): a denial for late filing is no initial determination.
    let rules = shipped();
    let medicare = PayerName { name: "NOVITAS SOLUTIONS, INC.".into(), ids: Vec::new() };
    let payer = rules.payer(&medicare, PlanType::Medicare);
    let anchors = Anchors::denied(date(2026, 3, 10));
    let clocks = deadline::clocks(payer, Category::TimelyFiling, &anchors);
    assert!(clocks.iter().all(|clock| clock.kind != DeadlineKind::Appeal(1)));
}
