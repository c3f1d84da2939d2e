//! Faults of rule files, each with its line; payers and their spellings.

use std::fs;
use std::path::Path;

use super::*;
use crate::category::Origin;
use crate::checklist::Step;
use crate::codes::Npi;
use crate::denial::Owner;
use crate::money::Money;
use crate::owner::{Circumstance, owner_for};
use crate::person::Role;

/// The shipped files, which each test breaks in one place.
pub(crate) fn shipped() -> Vec<(String, String)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let mut files = Vec::new();
    for folder in ["", "codes", "letters", "payers"] {
        for entry in fs::read_dir(data.join(folder)).expect("data/ is there") {
            let path = entry.expect("a readable entry").path();
            if path.is_file() {
                let name = path.strip_prefix(&data).expect("below data/").to_string_lossy();
                files.push((name.into_owned(), fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    files
}

pub(super) fn with(file: &str, text: &str) -> Vec<(String, String)> {
    let mut files = shipped();
    files.retain(|(name, _)| name != file);
    files.push((file.to_owned(), text.to_owned()));
    files
}

pub(super) fn text_of(file: &str) -> String {
    shipped().into_iter().find(|(name, _)| name == file).expect("a shipped file").1
}

/// What is wrong when `file` holds `text` beside the shipped files.
fn faults(file: &str, text: &str) -> Vec<String> {
    match read(&with(file, text)) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn one_fault(file: &str, text: &str, begins: &str) {
    let found = faults(file, text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(begins), "{}", found[0]);
}

/// The line at which an appended text begins.
fn added(file: &str, text: &str) -> (String, usize) {
    let before = text_of(file);
    let line = before.lines().count() + 1;
    (format!("{before}{text}"), line)
}

const HEAD: &str = "name = \"Test Health\"\nplan_types = [\"commercial\"]\n";
const WINDOW: &str = "\n[[window]]\nkind = \"timely_filing\"\ndays = 90\nfrom_event = \"service\"\n\
                      source = \"contract 4.1\"\nas_of = \"2026\"\nverification = \"clinic\"\n";

#[test]
fn a_clinic_adds_a_payer_in_a_few_lines() {
    let rules = read(&with("payers/test.toml", &format!("{HEAD}{WINDOW}"))).expect("rules");
    let name = PayerName { name: "TEST HEALTH, INC.".into(), ids: Vec::new() };
    let payer = rules.payer(&name, PlanType::Commercial).expect("the payer");
    assert_eq!((payer.name.as_str(), payer.windows.len()), ("Test Health", 1));
}

const SOURCE: &str = "source = \"contract 4.2\"\nas_of = \"2026\"\nverification = \"clinic\"\n";

#[test]
fn a_payer_says_what_it_takes_when_a_claim_goes_again() {
    let table = "\n[resubmission]\ntakes_replacement = true\nnote_required = true\n\
                 note_code = \"ADD\"\n";
    let rules = read(&with("payers/test.toml", &format!("{HEAD}{table}{SOURCE}"))).expect("rules");
    let name = PayerName { name: "Test Health".into(), ids: Vec::new() };
    let said = rules.resubmission(&name, PlanType::Commercial).expect("said");
    assert_eq!((said.replaces(false), said.replaces(true)), (Some(true), Some(true)));
    assert_eq!((said.void_first, said.note_code.as_deref()), (None, Some("ADD")));
    let wrong = "\n[resubmission]\ntakes_replacment = true\nnote_code = \"add\"\n";
    let found = faults("payers/test.toml", &format!("{HEAD}{wrong}"));
    let begins = [
        "payers/test.toml:4: a resubmission that says nothing (leave the table out",
        "payers/test.toml:4: as_of is missing",
        "payers/test.toml:4: source is missing",
        "payers/test.toml:4: verification is missing",
        "payers/test.toml:5: `takes_replacment` is not a key of this table (known: as_of, ",
        "payers/test.toml:6: note_code: came \"add\" (write three letters: ADD)",
    ];
    for begin in begins {
        assert!(found.iter().any(|fault| fault.starts_with(begin)), "{begin}\n{found:#?}");
    }
    assert_eq!(found.len(), begins.len(), "{found:#?}");
}

#[test]
fn a_payer_says_how_it_takes_letters() {
    use crate::denial::Channel;
    let fax = "\n[[channel]]\nby = \"fax\"\nto = \"555 0100\"\nmost_pages = 50\n";
    let rules = read(&with("payers/test.toml", &format!("{HEAD}{fax}{SOURCE}"))).expect("rules");
    let name = PayerName { name: "Test Health".into(), ids: Vec::new() };
    let of = |by| rules.channel(&name, PlanType::Commercial, by);
    let said = of(Channel::Fax).expect("said");
    assert_eq!((said.to.as_str(), said.most_pages), ("555 0100", Some(50)));
    assert_eq!((said.most_megabytes, of(Channel::Portal)), (None, None));
    let twice = faults("payers/test.toml", &format!("{HEAD}{fax}{SOURCE}{fax}{SOURCE}"));
    assert_eq!(twice.len(), 1, "{twice:#?}");
    assert!(twice[0].contains("two channels by fax (keep one of them)"), "{twice:#?}");
}

#[test]
fn shipped_payers_say_what_they_take_again() {
    let rules = read(&shipped()).expect("rules");
    let said = |file: &str| {
        let payer = rules.payers.iter().find(|payer| payer.file == file).expect("shipped");
        payer.resubmission.clone()
    };
    let medicare = said("payers/medicare.toml");
    assert_eq!((medicare.replaces(false), medicare.replaces(true)), (Some(false), Some(true)));
    assert_eq!(said("payers/medicaid_california.toml").one_line_per_replacement, Some(true));
    assert_eq!(said("payers/premera_alaska.toml").note_code.as_deref(), Some("ADD"));
    assert!(said("payers/aetna_commercial.toml").is_unsaid(), "nothing is guessed");
    // What it takes again keeps no floor of the law away, and the floor hides none of it.
    let name = PayerName { name: "Kaiser Permanente Washington".into(), ids: Vec::new() };
    let payer = rules.payer(&name, PlanType::SelfFunded).expect("the floor");
    assert_eq!(payer.file, "payers/erisa.toml");
    let said = rules.resubmission(&name, PlanType::SelfFunded).expect("its own");
    assert_eq!(said.takes_replacement, Some(true));
    let name = PayerName { name: "Nobody".into(), ids: Vec::new() };
    let said = rules.resubmission(&name, PlanType::Medicare).expect("Medicare's");
    assert_eq!(said.takes_replacement, Some(false));
    assert_eq!(rules.resubmission(&name, PlanType::Commercial), None);
}

#[test]
fn every_fault_of_a_file_is_told_with_its_line() {
    let text = "name = 5\nplan_type = [\"commercial\"]\nplan_types = [\"vision\"]\n\n\
                [[window]]\nkind = \"apeal\"\ncount = -3\nunit = \"weeks\"\n\n\
                [[reason]]\ncarc = \"197\"\n";
    let found = faults("payers/test.toml", text);
    let begins = [
        "payers/test.toml:1: name: expected a text, came 5 (",
        "payers/test.toml:2: `plan_type` is not a key of this table (known: aliases, answer, ",
        "payers/test.toml:3: plan_types: expected a list of one of medicare, ",
        "payers/test.toml:5: as_of is missing (add as_of = …)",
        "payers/test.toml:5: from_event is missing",
        "payers/test.toml:5: source is missing",
        "payers/test.toml:5: verification is missing",
        "payers/test.toml:6: kind: came \"apeal\" (write timely_filing, ",
        "payers/test.toml:7: count: expected a whole number from 0 to 65535, came -3 (",
        "payers/test.toml:8: unit: expected one of calendar_days, ",
        "payers/test.toml:10: kind is missing (add kind = …)",
    ];
    for begin in begins {
        assert!(found.iter().any(|fault| fault.starts_with(begin)), "{begin}\n{found:#?}");
    }
    assert_eq!(found.len(), begins.len(), "{found:#?}");
}

#[test]
fn broken_syntax_has_a_line() {
    let found = faults("payers/test.toml", &format!("{HEAD}aliases = [\"x\"\n[[window]\n"));
    assert!(found[0].starts_with("payers/test.toml:"), "{found:#?}");
    assert!(found.iter().all(|fault| !fault.starts_with("payers/test.toml:1:")), "{found:#?}");
}

#[test]
fn a_file_of_another_name_or_a_missing_one_is_told() {
    one_fault("playbok.toml", "", "playbok.toml:1: no rules are read from a file of this name");
    let mut files = shipped();
    files.retain(|(name, _)| name != "owners.toml");
    let found = read(&files).expect_err("no owners");
    assert!(found.iter().any(|fault| fault.message == "the file is missing"));
}

#[test]
fn two_rules_for_one_day_and_days_without_one_are_told() {
    let rule = |from: &str, to: &str| {
        format!("\n[[reason]]\ncarc = \"94\"\nkind = \"informational\"\n{from}{to}")
    };
    let (text, line) = added("playbook.toml", &rule("", ""));
    let begins = format!("playbook.toml:{}: reason 94 has two rules for one day: line", line + 1);
    one_fault("playbook.toml", &text, &begins);

    let two = rule("", "to = 2026-01-31\n") + &rule("from = 2026-03-01\n", "");
    let own = |text: &str| format!("{HEAD}{text}");
    let begins = "payers/test.toml:9: payers/test.toml: reason 94 has no rule between 2026-01-31 \
                  and 2026-03-01";
    one_fault("payers/test.toml", &own(&two), begins);
    let whole = rule("", "to = 2026-02-28\n") + &rule("from = 2026-03-01\n", "");
    assert_eq!(faults("payers/test.toml", &own(&whole)), [""; 0]);
    let backward = rule("from = 2026-03-01\n", "to = 2026-01-01\n");
    one_fault("payers/test.toml", &own(&backward), "payers/test.toml:4: payers/test.toml: reason");
}

#[test]
fn a_category_without_an_owner_is_told() {
    let owners =
        text_of("owners.toml").replacen("category = \"bundling\"", "category = \"duplicate\"", 1);
    let found = faults("owners.toml", &owners);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|fault| fault.contains("category bundling has no owner")));
    assert!(found.iter().any(|fault| fault.contains("category duplicate has two owners")));
}

#[test]
fn a_window_with_two_values_is_told() {
    let both = WINDOW.replace("days = 90", "days = 90\ncount = 3\nunit = \"months\"");
    let begins = "payers/test.toml:6: a window with two values: days beside count and unit";
    one_fault("payers/test.toml", &format!("{HEAD}{both}"), begins);
    let twice = format!("{HEAD}{WINDOW}{}", WINDOW.replace("90", "120"));
    one_fault("payers/test.toml", &twice, "payers/test.toml:12: a window with two values: line 4");
    let parted = format!(
        "{HEAD}{WINDOW}to = 2026-02-28\n{}from = 2026-03-01\n",
        WINDOW.replace("90", "120")
    );
    assert_eq!(faults("payers/test.toml", &parted), [""; 0]);
    let gap = parted.replace("from = 2026-03-01", "from = 2026-04-01");
    let begins = "payers/test.toml:13: timely filing from service has no rule between 2026-02-28";
    one_fault("payers/test.toml", &gap, begins);
    let narrowed = format!(
        "{HEAD}{WINDOW}except = [\"bundling\"]\n{}categories = [\"bundling\"]\n",
        WINDOW.replace("90", "120")
    );
    assert_eq!(faults("payers/test.toml", &narrowed), [""; 0]);
}

#[test]
fn an_alias_that_two_payers_claim_is_told() {
    let text = format!("{HEAD}aliases = [\"AETNA, Inc\"]\n");
    let found = faults("payers/test.toml", &text);
    assert_eq!(found.len(), 2, "Aetna has two programs: {found:#?}");
    assert!(found[0].contains("name AETNA, Inc, which payers/aetna_commercial.toml claims too"));
    let program = "name = \"Aetna\"\nplan_types = [\"marketplace\", \"self_funded\"]\n";
    one_fault(
        "payers/test.toml",
        program,
        "payers/test.toml:1: self_funded of Aetna, which payers/aetna_commercial.toml claims too",
    );
    one_fault(
        "payers/test.toml",
        &format!("{HEAD}default_for = [\"tricare\"]\n"),
        "payers/tricare.toml:1: default_for tricare, as payers/test.toml is",
    );
}

#[test]
fn a_code_that_no_list_holds_is_told() {
    let reason = "\n[[reason]]\ncarc = \"1977\"\nkind = \"contractual\"\n";
    let begins = "payers/test.toml:5: reason code 1977 is in no list";
    one_fault("payers/test.toml", &format!("{HEAD}{reason}"), begins);
    let group =
        format!("{HEAD}{}[[reason.unless]]\ngroups = [\"C0\"]\n", reason.replace("1977", "97"));
    one_fault("payers/test.toml", &group, "payers/test.toml:8: group C0 is in no list");
    let (text, line) = added("remarks.toml", "\n[[remark]]\nrarc = \"N99999\"\n");
    let begins = format!("remarks.toml:{}: remark code N99999 is in no list", line + 2);
    one_fault("remarks.toml", &text, &begins);
}

fn rules() -> Rules {
    read(&shipped()).expect("the shipped rules")
}

fn called(name: &str) -> PayerName {
    PayerName { name: name.into(), ids: Vec::new() }
}

#[test]
fn spellings_of_a_payer_are_one_payer() {
    let rules = rules();
    let name = |spelling: &str| rules.canonical(&called(spelling)).map(|one| one.name.as_str());
    for spelling in
        ["Aetna", "AETNA, INC.", "aetna inc", "The Aetna Company", "AETNA LIFE INSURANCE CO."]
    {
        assert_eq!(name(spelling), Some("Aetna"), "{spelling}");
    }
    assert_eq!(name("U.H.C."), Some("UnitedHealthcare"));
    assert_eq!(name("Aetnax"), None);
    assert_eq!(name("Highmark CO"), None, "CO may be Colorado");
    assert_eq!(name(""), None);
    let by_id = PayerName { name: "SOMETHING ELSE".into(), ids: vec!["87726 ".into()] };
    assert_eq!(rules.canonical(&by_id).map(|one| one.name.as_str()), Some("UnitedHealthcare"));
}

#[test]
fn the_plan_type_chooses_the_program_and_then_the_floor() {
    let rules = rules();
    let file = |name: &str, plan| rules.payer(&called(name), plan).map(|one| one.file.as_str());
    assert_eq!(file("UHC", PlanType::Commercial), Some("payers/unitedhealthcare_commercial.toml"));
    let advantage = Some("payers/unitedhealthcare_medicare_advantage.toml");
    assert_eq!(file("UHC", PlanType::MedicareAdvantage), advantage);
    assert_eq!(file("UHC", PlanType::Medicaid), Some("payers/medicaid.toml"));
    assert_eq!(file("UHC", PlanType::Unknown), None, "two programs, and nothing tells which");
    assert_eq!(file("Florida Blue", PlanType::Unknown), Some("payers/florida_blue.toml"));
    assert_eq!(file("Nobody Health", PlanType::SelfFunded), Some("payers/erisa.toml"));
    assert_eq!(file("Nobody Health", PlanType::Auto), None);
}

/// A bundled line of so many cents.
fn bundled(provider: &Npi, cents: i64) -> Circumstance<'_> {
    let denied = Money::from_cents(cents);
    let (category, origin) = (Category::Bundling, Origin::BackEnd);
    Circumstance { category, origin, provider, site: provider, denied }
}

#[test]
fn the_narrowest_row_of_the_matrix_holds() {
    let row = |only: &str, role: &str| {
        format!(
            "\n[[owner]]\ncategory = \"bundling\"\n{only}role = \"{role}\"\n\
             then = \"manager\"\nafter_days = 2\n"
        )
    };
    let npi = "provider = \"1234567893\"\n";
    let owners = shipped().into_iter().find(|(name, _)| name == "owners.toml").expect("there").1
        + &row("from = \"500.00\"\n", "billing_supervisor")
        + &row("from = \"5000.00\"\n", "manager")
        + &row(npi, "utilization_review");
    let rules = read(&with("owners.toml", &owners)).expect("rules");
    let (nobody, named) = (Npi::default(), Npi::new("1234567893"));
    let owner = |provider, cents| {
        let on = jiff::civil::date(2026, 3, 1);
        owner_for(&bundled(provider, cents), None, &rules, on).role
    };
    assert_eq!(owner(&nobody, 49_999), Role::CertifiedCoder);
    assert_eq!(owner(&nobody, 50_000), Role::BillingSupervisor);
    assert_eq!(owner(&nobody, 500_000), Role::Manager);
    assert_eq!(owner(&named, 500_000), Role::UtilizationReview);
    let at = Circumstance { site: &named, ..bundled(&nobody, 500_000) };
    let billed = owner_for(&at, None, &rules, Date::MIN);
    assert_eq!(billed.role, Role::UtilizationReview, "who billed it counts too");
    let twice = owners.clone() + &row(npi, "manager");
    assert!(read(&with("owners.toml", &twice)).is_err(), "two rows for one provider");
    let placed = owners.clone() + &row("from = \"9000.00\"\n", "vendor");
    let faults = read(&with("owners.toml", &placed)).expect_err("nobody would see it");
    assert!(faults[0].to_string().contains("with a person or team of theirs alone"), "{faults:#?}");
    let left = owners.clone() + &row("from = \"9000.00\"\nperson = \"vera\"\n", "vendor");
    let rules_of_theirs = read(&with("owners.toml", &left)).expect("rules");
    let large = owner_for(&bundled(&nobody, 900_000), None, &rules_of_theirs, Date::MIN);
    assert_eq!((large.role, large.person), (Role::BillingSupervisor, None), "vera has left");
    let wrong = owners + &row("provider = \"1234567890\"\n", "manager");
    let faults = read(&with("owners.toml", &wrong)).expect_err("no NPI");
    assert!(faults.iter().any(|fault| fault.to_string().contains("no NPI")), "{faults:#?}");
}

#[test]
fn a_team_owns_and_covers_and_its_faults_stand_at_their_line() {
    let text = text_of("owners.toml");
    let team = "\n[[team]]\nname = \"Desk\"\nmembers = [\"anna\", \"ben\"]\nlead = \"anna\"\n";
    let row = |only: &str| {
        format!(
            "\n[[owner]]\ncategory = \"bundling\"\nfrom = \"500.00\"\n{only}then = \"manager\"\n\
             after_days = 2\n"
        )
    };
    let ours = row("role = \"vendor\"\nteam = \"Desk\"\n");
    let rules = read(&with("owners.toml", &(text.clone() + team + &ours))).expect("rules");
    let owner = owner_for(&bundled(&Npi::default(), 50_000), None, &rules, Date::MIN);
    assert_eq!(owner, Owner { team: Some("Desk".into()), ..Owner::of(Role::Vendor) });
    let away = "\n[[away]]\nperson = \"ben\"\nfrom = 2026-03-01\nuntil = 2026-03-02\n";
    let begins = u32::try_from(text.lines().count()).expect("few");
    for (wrong, line, told) in [
        (ours, 6, "no team is called"),
        (
            format!("{team}{}", row("role = \"vendor\"\nteam = \"Desk\"\nperson = \"ben\"\n")),
            11,
            "or to a team",
        ),
        (format!("{team}{team}"), 8, "two teams are called Desk"),
        (team.replace("\"anna\", \"ben\"", ""), 4, "lacks a person"),
        (team.replace("\"ben\"", "\"anna\""), 4, "has one twice"),
        (team.replace("Desk", "A, B"), 3, "no name of a team"),
        (team.replace("lead = \"anna\"\n", ""), 2, "lead is missing"),
        (away.to_owned(), 2, "covered by a person or by a team"),
        (format!("{away}team = \"Desk\"\n"), 6, "no team is called"),
    ] {
        let faults = read(&with("owners.toml", &(text.clone() + &wrong))).expect_err("wrong");
        let is_it = |one: &RuleFault| one.line == begins + line && one.message.contains(told);
        assert!(faults.iter().any(is_it), "{told}: {faults:#?}");
    }
    let payer = row("role = \"billing_specialist\"\nteam = \"Desk\"\n");
    let faults = read(&with("payers/test.toml", &format!("{HEAD}{payer}"))).expect_err("strange");
    assert!(faults[0].to_string().contains("no team is called"), "{faults:#?}");
}

#[test]
fn a_payers_own_owner_comes_first() {
    let row = "\n[[owner]]\ncategory = \"bundling\"\nrole = \"billing_supervisor\"\n\
               then = \"manager\"\nafter_days = 2\n";
    let rules = read(&with("payers/test.toml", &format!("{HEAD}{row}"))).expect("rules");
    let payer = rules.payer(&called("Test Health"), PlanType::Commercial);
    let owner = |payer| {
        let on = jiff::civil::date(2026, 3, 1);
        owner_for(&bundled(&Npi::default(), 100), payer, &rules, on).role
    };
    assert_eq!((owner(payer), owner(None)), (Role::BillingSupervisor, Role::CertifiedCoder));
}

#[test]
fn the_desk_counts_cost_by_the_minute() {
    let desk = rules().desk;
    assert_eq!(desk.cost_of(Category::MedicalNecessity), Money::from_cents(3_850));
    assert_eq!(desk.days_for(NextActionKind::Resubmit), 1);
    let short = text_of("desk.toml").replace("appeal = 10\n", "");
    one_fault("desk.toml", &short, "desk.toml:43: action_days lacks appeal");
    let below = text_of("desk.toml").replace("\"10.00\"", "\"-10.00\"");
    one_fault("desk.toml", &below, "desk.toml:6: small_balance: expected an amount as text");
    let words = |line: &str| {
        text_of("desk.toml").replace("[sub_statuses]\n", &format!("[sub_statuses]\n{line}\n"))
    };
    let own =
        read(&with("desk.toml", &words("in_review = [\"Records asked for\"]"))).expect("rules");
    assert_eq!(own.desk.sub_statuses_of(Status::InReview), ["Records asked for"]);
    one_fault("desk.toml", &words("paid = [\"Over\"]"), "desk.toml:41: `paid");
    one_fault("desk.toml", &words("new = [\"A\", \"A\"]"), "desk.toml:41: `new");
    let float = text_of("desk.toml").replace("\"10.00\"", "10.00");
    one_fault("desk.toml", &float, "desk.toml:6: small_balance: expected an amount as text");
}

#[test]
fn chances_fall_from_high_to_low() {
    let text = text_of("playbook.toml").replacen("high = 71", "high = 61", 1);
    let found = faults("playbook.toml", &text);
    assert!(
        found[0].contains("eligibility: the chances do not fall from high to low"),
        "{found:?}"
    );
    let text = text_of("playbook.toml").replacen("high = 71", "high = 171", 1);
    assert!(faults("playbook.toml", &text)[0].contains("high: 171 percent"));
}

#[test]
fn no_text_makes_the_reader_panic() {
    for file in ["payers/medicare.toml", "desk.toml", "codes/groups.csv"] {
        let whole = text_of(file);
        for (at, _) in whole.char_indices().step_by(7) {
            let mut draft = Draft::default();
            draft.read(file, &whole[..at]);
            draft.read(file, &whole[at..]);
            draft.read(
                file,
                &whole.replacen(&whole[at..].chars().take(1).collect::<String>(), "[", 3),
            );
        }
    }
}

#[test]
fn a_checklist_says_its_steps_and_a_payer_says_single_ones_otherwise() {
    let rules = read(&shipped()).expect("whole");
    assert_eq!(rules.summary().without_steps, []);
    let categories = Category::ALL.iter().map(|category| rules.steps(None, *category));
    assert!(categories.into_iter().all(|steps| steps.contains_key(&Step::ClaimSubmission)));
    let own =
        format!("{HEAD}[[checklist]]\ncategory = \"duplicate\"\npolicy_verification = \"Ask\"\n");
    let rules = read(&with("payers/test.toml", &own)).expect("whole");
    let payer = rules.payers.iter().find(|one| one.file == "payers/test.toml");
    let steps = rules.steps(payer, Category::Duplicate);
    assert_eq!(steps.get(&Step::PolicyVerification).map(|text| text.as_str()), Some("Ask"));
    assert_eq!(steps.len(), 6);
}

#[test]
fn a_checklist_without_a_step_or_twice_is_a_fault() {
    let (text, line) = added("playbook.toml", "[[checklist]]\ncategory = \"duplicate\"\n");
    let found = faults("playbook.toml", &text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].starts_with(&format!("playbook.toml:{line}: checklist duplicate has no step"))
    );
    let (text, line) =
        added("playbook.toml", "[[checklist]]\ncategory = \"duplicate\"\nfiling = \"x\"\n");
    let found = faults("playbook.toml", &text);
    let begins = format!("playbook.toml:{}: `filing` is not a key", line + 2);
    assert!(found.iter().any(|one| one.starts_with(&begins)), "{found:#?}");
}

#[test]
fn what_marks_a_protected_record_is_checked() {
    for (text, fault) in [
        ("[[kind]]\nname = \"hiv\"\nlabel = \"Again\"\n", "the kind hiv is there twice"),
        ("[[kind]]\nname = \"Own Kind\"\nlabel = \"Own\"\n", "`Own Kind` is no word for rows"),
        ("[[kind]]\nname = \"own\"\nlabel = \" \"\n", "a label has 1 to 40 letters"),
        ("[[kind]]\nname = \"own\"\n", "label is missing"),
        (
            "[[kind]]\nname = \"own\"\nlabel = \"Own\"\ndiagnoses = [\"F\"]\n",
            "`F` begins no diagnosis",
        ),
        ("[[kind]]\nname = \"own\"\nlabel = \"Own\"\nproviders = [\"123\"]\n", "`123` is no NPI"),
        ("[[kind]]\nname = \"own\"\nlabel = \"Own\"\nservices = [\" \"]\n", "an empty text marks"),
        ("[[kind]]\nname = \"own\"\nlabel = \"Own\"\ncodes = []\n", "`codes` is not a key"),
    ] {
        let (whole, _) = added("protected.toml", text);
        let found = faults("protected.toml", &whole);
        assert!(found.len() == 1 && found[0].contains(fault), "{fault}: {found:#?}");
    }
    let protected = read(&shipped()).expect("whole").protected;
    let names: Vec<&str> = protected.kinds.iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(names, ["substance_use", "hiv", "psychotherapy_notes"]);
    assert!(!protected.has("mental_health"), "off until the practice says so");
    let without: Vec<_> =
        shipped().into_iter().filter(|(name, _)| name != "protected.toml").collect();
    let rules = read(&without).expect("rules that were saved before it was there");
    assert!(rules.protected.kinds.is_empty());
}

#[test]
fn what_an_answer_means_is_checked() {
    let rule = "[[answer]]\ncategory = \"P1\"\nstep = \"call\"\ndays = 1\ntext = \"x\"\n";
    for (text, fault) in [
        (rule.repeat(2), "P1 has two rules for one status"),
        (rule.replace("P1", "p1"), "`p1` is no category of an answer"),
        (rule.replace("\"call\"", "\"phone\""), "step: expected one of look_again"),
        (rule.replace("days = 1\n", ""), "days is missing"),
    ] {
        let (whole, _) = added("status.toml", &text);
        let found = faults("status.toml", &whole);
        assert!(found.len() == 1 && found[0].contains(fault), "{fault}: {found:#?}");
    }
    let status = read(&shipped()).expect("whole").status;
    assert!(status.asks_by_itself && status.again_days == Some(14));
    let without: Vec<_> = shipped().into_iter().filter(|(name, _)| name != "status.toml").collect();
    let rules = read(&without).expect("rules that were saved before it was there");
    assert!(!rules.status.asks_by_itself && rules.status.answers.is_empty());
}
