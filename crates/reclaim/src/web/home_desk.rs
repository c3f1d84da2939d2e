//! Home of those who work cases: what is theirs today, what comes next, and what their desk can
//! keep from happening again.

use std::collections::BTreeSet;

use denial::category::Category;
use denial::codes::{Carc, Group, Npi};
use denial::denial::{Denial, NextAction};
use denial::person::Role;
use denial::resent::Resent;
use denial::rules::Rules;
use form_urlencoded::Serializer;
use insight::board::{Facet, Sort};
use insight::odds::History;
use store::Tx;

use crate::practice::Office;
use crate::resent;
use crate::web::case_clocks;
use crate::web::home;
use crate::web::questions;
use crate::web::queue;
use crate::web::queue_patients;
use crate::web::queue_row;
use crate::web::reasons;
use crate::web::saved;
use crate::web::tiles::{Cell, Counter, Link, Listing, Section, Tile, cases_in_words, small};
use crate::web::trouble::Trouble;
use crate::web::won;
use crate::web::words;
use crate::web::worth::{ORDER, Prospects, Worth};

/// Cases of the short list.
const NEXT: usize = 8;
/// Rows of a table of reasons.
const REASONS: usize = 8;

/// What somebody works on, in the words of the queue's address; none where they work no cases.
pub(crate) fn work(office: &Office) -> Option<String> {
    let role = office.who.role;
    let shares = office.teams().next().is_some();
    match role {
        Role::FrontDesk
        | Role::AuthorizationStaff
        | Role::CertifiedCoder
        | Role::BillingSpecialist => Some(if shares {
            format!("role={}&person=me,team,nobody", roles(office).join(","))
        } else {
            format!("role={}&person=me,nobody", role.as_str())
        }),
        Role::UtilizationReview => Some("category=medical_necessity".to_owned()),
        Role::Poster => Some("status=overturned".to_owned()),
        Role::Provider => Some(String::new()),
        // What is placed with an outsourcer is theirs by name.
        Role::Vendor if shares => Some("person=me,team".to_owned()),
        Role::Vendor => Some("person=me".to_owned()),
        Role::BillingSupervisor
        | Role::Manager
        | Role::Executive
        | Role::Administrator
        | Role::Auditor => None,
    }
}

/// Somebody's role, and those whose cases the matrix gives to a team of theirs.
fn roles(office: &Office) -> Vec<&'static str> {
    let own = office.rules.payers.iter().flat_map(|payer| &payer.owners);
    let rows = office.rules.owners.rows.iter().chain(own);
    let is_ours = |name: &str| office.teams().any(|team| team.name == name);
    let shared = rows.filter(|row| row.team.as_deref().is_some_and(is_ours));
    let roles = shared.map(|row| row.role).filter(|role| *role != office.who.role);
    let others: BTreeSet<&str> = roles.map(Role::as_str).collect();
    std::iter::once(office.who.role.as_str()).chain(others).collect()
}

/// The parts for who works cases.
pub(crate) fn sections(counter: &Counter<'_>) -> Vec<Section> {
    let role = counter.office.who.role;
    let Some(work) = work(counter.office) else { return Vec::new() };
    let mut sections = Vec::new();
    if role == Role::Poster {
        sections.push(money(counter));
    } else if role == Role::Provider {
        sections.extend([asked(counter), causes(counter)]);
    } else {
        sections.push(mine(counter, &work));
    }
    if matches!(role, Role::FrontDesk | Role::AuthorizationStaff) {
        sections.push(drivers(counter));
    } else if role == Role::CertifiedCoder {
        sections.push(repeats(counter));
    }
    sections
}

/// What an outsourcer is told of its list.
const PLACED: &str = "Cases that were placed with you by name.";

/// What is theirs, clocks first.
fn mine(counter: &Counter<'_>, work: &str) -> Section {
    let role = counter.office.who.role.as_str();
    let shares = counter.office.teams().next().is_some();
    let with = |more: &str| format!("{work}&{more}");
    let mut tiles = vec![
        counter.cases("Due within 7 days", &with("due=soon"), "soon"),
        counter.cases("Past due", &with("due=past"), "past"),
        counter.cases("Next action late or today", &with("when=late,today"), "soon"),
        counter.cases("You have", "person=me", ""),
        counter.cases("Waits on the payer", "person=me&waiting=payer", ""),
    ];
    let own = if work.starts_with("category") {
        tiles.insert(0, counter.cases("Medical necessity", work, ""));
        "Cases of medical necessity that you may see."
    } else if counter.office.who.role == Role::Vendor {
        if shares { "Cases placed with you by name, or with a team of yours." } else { PLACED }
    } else {
        let nobodys = format!("role={role}&person=nobody");
        tiles.push(counter.cases("No person has them", &nobodys, ""));
        if shares {
            "Your cases, those that your teams share, and those of your role that no person has."
        } else {
            "Your cases, and those of your role that no person has."
        }
    };
    if shares {
        let at = tiles.len() - 1;
        tiles.insert(at, counter.cases("Your teams share", "person=team", ""));
    }
    let lead = format!("{own} Amounts are what is outstanding.");
    Section { title: "My work today".to_owned(), lead, tiles, ..Section::default() }
}

/// What was won and is to be posted, and what keeps money from being posted.
fn money(counter: &Counter<'_>) -> Section {
    let tiles = vec![
        won::tile(counter),
        counter.cases("Money does not add up", "quarantined=yes&snoozed=show", "soon"),
        counter.cases("You have", "person=me", ""),
    ];
    Section {
        title: "Money to post".to_owned(),
        lead: "A payer gave way and its payment is not posted: the amount is what it told that it \
               pays. What does not add up waits for somebody to look."
            .to_owned(),
        tiles,
        ..Section::default()
    }
}

fn asked(counter: &Counter<'_>) -> Section {
    Section {
        title: "Cases that wait for you".to_owned(),
        lead: "Those with a question to your role, and those that are yours.".to_owned(),
        tiles: vec![counter.cases("Cases you may see", "snoozed=show", "")],
        ..Section::default()
    }
}

/// The questions to a role with the day by which the soonest is to be answered, as a tile.
pub(crate) async fn questions(tx: &mut Tx, office: &Office) -> Result<Tile, store::Error> {
    let (count, soonest) = questions::waiting_for(tx, office).await?;
    let due = words::due(soonest, office.moment().today);
    let note = match soonest {
        None => "none waits".to_owned(),
        Some(_) => format!("the soonest {}", due.left),
    };
    let class = if matches!(due.class, "past" | "soon") { due.class } else { "" };
    let tile = home::tile("Questions to you", count, &note, "/questions#asked");
    Ok(Tile { class, ..tile })
}

/// What payers deny of the provider who looks, as figures: the cases are opened by those who work
/// them.
fn causes(counter: &Counter<'_>) -> Section {
    let title = "Causes of your denials".to_owned();
    let office = counter.office;
    let npis: Vec<&str> =
        office.rules.owners.npis_of(&office.who.person).map(Npi::as_str).collect();
    if npis.is_empty() {
        let lead = "Not configured: nobody has said which provider (NPI) you are, so nothing is \
                    counted here rather than guessed.";
        return Section { title, lead: lead.to_owned(), ..Section::default() };
    }
    let all = Counter::of(counter.board, office, false);
    let query = format!("provider={}&snoozed=show", npis.join(","));
    let pairs = all.board.by_two((Facet::Reason, Facet::Code), &all.wanted(&query), all.today);
    let row = |((reason, code), sum): &((String, String), insight::board::Sum)| {
        vec![
            Cell::with_note(words::label(reason), code.clone()),
            Cell::of(meaning(code, &office.rules)),
            all.cell(&query, *sum, ""),
            Cell::of(words::money(sum.outstanding)),
        ]
    };
    Section {
        title,
        lead: format!(
            "Open cases of services that you (NPI {}) rendered, or billed where nobody is named, by \
             reason and code; closed ones are not counted. {}",
            npis.join(", "),
            small(all.sum(&query).cases)
        ),
        listing: Some(Listing {
            caption: "Reasons and codes of your denials".to_owned(),
            heads: vec![
                ("Reason", false),
                ("The payer says", false),
                ("Cases", true),
                ("Outstanding", true),
            ],
            rows: pairs.iter().take(REASONS).map(row).collect(),
            none: "No open case is of a service of yours.".to_owned(),
        }),
        ..Section::default()
    }
}

/// Which codes are refused at this desk lately, with what the playbook says to have and to check.
fn drivers(counter: &Counter<'_>) -> Section {
    let rules = &counter.office.rules;
    let lately = format!("role={}&age=30&snoozed=show", counter.office.who.role.as_str());
    let facets = (Facet::Reason, Facet::Code);
    let pairs = counter.board.by_two(facets, &counter.wanted(&lately), counter.today);
    let row = |((reason, code), sum): &((String, String), insight::board::Sum)| {
        let query = narrowed(&lately, [("category", reason), ("code", code)]);
        vec![
            Cell::with_note(words::label(reason), code.clone()),
            Cell::of(meaning(code, rules)),
            counter.cell(&query, *sum, ""),
            Cell::of(words::money(sum.outstanding)),
            to_have(reason, code, rules),
        ]
    };
    let all = counter.sum(&lately);
    let desk = words::lower(counter.office.who.role.as_str());
    Section {
        title: "What is refused at this desk".to_owned(),
        lead: format!(
            "Open cases of the {desk}, denied in the last 30 days, by reason and code; closed ones \
             are not counted. {}",
            small(all.cases)
        ),
        listing: Some(Listing {
            caption: "Reasons refused lately, and what to ask".to_owned(),
            heads: vec![
                ("Reason", false),
                ("The payer says", false),
                ("Cases", true),
                ("Outstanding", true),
                ("Have and check", false),
            ],
            rows: pairs.iter().take(REASONS).map(row).collect(),
            none: "Nothing was refused here in the last 30 days.".to_owned(),
        }),
        ..Section::default()
    }
}

/// A list of which only cases with these values are left.
fn narrowed(query: &str, values: [(&str, &String); 2]) -> String {
    let mut narrower = Serializer::new(query.to_owned());
    for (name, value) in values {
        narrower.append_pair(name, if value.is_empty() { "none" } else { value });
    }
    narrower.finish()
}

/// What a code such as `CO-27` means.
fn meaning(code: &str, rules: &Rules) -> String {
    let carc = code.split_once('-').map_or("", |(_, carc)| carc);
    let known = rules.wording.carc(&Carc::new(carc));
    known.map_or_else(|| "Not in the code lists".to_owned(), |it| it.text.to_string())
}

/// The playbook's own words: what is needed for a code, and what to look at for its reason.
fn to_have(reason: &str, code: &str, rules: &Rules) -> Cell {
    let (group, carc) = code.split_once('-').unwrap_or(("", code));
    let ruling = rules.playbook.ruling(None, &Group::new(group), &Carc::new(carc), &[], None);
    let documents: Vec<String> =
        ruling.documents.iter().map(|one| words::lower(one.as_str())).collect();
    let steps = Category::from_name(reason).map(|category| rules.steps(None, category));
    let steps: Vec<String> =
        steps.unwrap_or_default().values().take(2).map(ToString::to_string).collect();
    if documents.is_empty() && steps.is_empty() {
        return Cell::of("The playbook says nothing of it yet.");
    }
    let text = if documents.is_empty() {
        String::new()
    } else {
        format!("Have: {}.", documents.join(", "))
    };
    Cell::with_note(text, steps.join(" "))
}

/// Coding denials that came to the same provider more than once.
fn repeats(counter: &Counter<'_>) -> Section {
    let coding = "category=coding_or_modifier,bundling&snoozed=show";
    let facets = (Facet::Provider, Facet::Code);
    let pairs = counter.board.by_two(facets, &counter.wanted(coding), counter.today);
    let again = pairs.iter().filter(|((provider, _), sum)| sum.cases > 1 && !provider.is_empty());
    let rules = &counter.office.rules;
    let row = |((provider, code), sum): &((String, String), insight::board::Sum)| {
        let query = narrowed(coding, [("provider", provider), ("code", code)]);
        vec![
            Cell::of(provider.clone()),
            Cell::with_note(code.clone(), meaning(code, rules)),
            counter.cell(&query, *sum, ""),
            Cell::of(words::money(sum.outstanding)),
        ]
    };
    Section {
        title: "Coding denials that repeat".to_owned(),
        lead: format!(
            "Open coding and bundling cases that you may see: one provider (NPI) and one code, twice \
             or more. {}",
            small(counter.sum(coding).cases)
        ),
        listing: Some(Listing {
            caption: "Providers and codes that repeat".to_owned(),
            heads: vec![
                ("Provider", false),
                ("Code", false),
                ("Cases", true),
                ("Outstanding", true),
            ],
            rows: again.take(REASONS).map(row).collect(),
            none: "No provider has the same coding denial twice among the open cases.".to_owned(),
        }),
        ..Section::default()
    }
}

/// The head of somebody's queue: where it is, how long it is, its first cases.
pub(crate) struct Head {
    query: String,
    rows: u64,
    ids: Vec<String>,
}

impl Head {
    /// True where a case stands in it.
    pub(crate) fn names_any(&self) -> bool {
        !self.ids.is_empty()
    }
}

/// The head of the queue of who works cases.
pub(crate) fn head(counter: &Counter<'_>) -> Option<Head> {
    let query = work(counter.office)?;
    let places = counter.board.find(&counter.wanted(&query), counter.today);
    let ids = queue::ids(counter.board, &places, Sort::Priority, 0, NEXT);
    Some(Head { query, rows: counter.board.sum(&places).cases, ids })
}

/// The short list, in the queue's own order.
pub(crate) async fn next(tx: &mut Tx, office: &Office, head: Head) -> Result<Section, Trouble> {
    let cases = queue::ordered(tx, &head.ids).await?;
    let patients = queue_patients::masked(tx, office, &cases).await?;
    let history = office.histories.of(tx, office.moment().today).await?;
    let waits = resent::of(tx, office, &cases, None).await?;
    let by = (office, &*history);
    let row = |(case, who): (&Denial, &String)| row(case, who, waits.get(case.id.as_str()), by);
    let sort = format!("sort={}", Sort::Priority.as_str());
    let query = match head.query.as_str() {
        "" => sort,
        query => format!("{query}&{sort}"),
    };
    let href = saved::address(&query);
    let text = format!("The queue in this order: {}", cases_in_words(head.rows));
    Ok(Section {
        title: "Next".to_owned(),
        lead: if cases.is_empty() { String::new() } else { ORDER.to_owned() },
        listing: Some(Listing {
            caption: "The first cases of your queue".to_owned(),
            heads: vec![
                ("Claim", false),
                ("Reason", false),
                ("Payer", false),
                ("Clock", false),
                ("Next action", false),
                ("Outstanding", true),
                ("Priority", true),
            ],
            rows: cases.iter().zip(&patients).map(row).collect(),
            none: "No case of yours waits.".to_owned(),
        }),
        links: (head.rows > 0)
            .then_some((text, Link { href, rows: head.rows }))
            .into_iter()
            .collect(),
        ..Section::default()
    })
}

fn row(
    case: &Denial,
    patient: &str,
    resent: Option<&Resent>,
    (office, history): (&Office, &History),
) -> Vec<Cell> {
    let today = office.moment().today;
    let clock = case_clocks::shown(case, today, false);
    let again = resent.and_then(|one| one.next(case, today, &office.rules));
    let next = again.or(case.next().copied());
    let next_on = words::due(next.map(|next| next.on), today);
    let codes: Vec<String> =
        reasons::leading(case, &office.rules).into_iter().take(2).map(|one| one.code).collect();
    vec![
        Cell {
            href: Some(format!("/cases/{}", case.id)),
            chip: resent.and_then(queue_row::untold).map(|text| ("sent again", text)),
            ..Cell::with_note(case.number.to_string(), patient)
        },
        Cell::with_note(words::label(case.category.as_str()), codes.join(" · ")),
        Cell::of(case.payer_name.name.to_string()),
        Cell { class: clock.due.class, ..Cell::with_note(clock.due.when, clock.note) },
        Cell {
            class: if next_on.class == "past" { "past" } else { "" },
            ..Cell::with_note(
                next.map(|next| words::label(next.kind.as_str())).unwrap_or_default(),
                next_on.when,
            )
        },
        Cell::with_note(
            case.balance.outstanding().to_string(),
            won::of_case(case).unwrap_or_default(),
        ),
        why_here(case, again, office, history),
    ]
}

/// Why it stands where it stands: its points, and what they come from.
fn why_here(case: &Denial, again: Option<NextAction>, office: &Office, history: &History) -> Cell {
    let by = (&*office.rules, history);
    let worth = Worth::of(case, again, by, office.moment().today);
    let note = match (worth.floor, worth.is_loss) {
        ("", true) => "a round of work costs more than it is expected to bring".to_owned(),
        ("", false) => format!("net value {}", Prospects::of(case, by).net),
        (floor, _) => floor.to_owned(),
    };
    Cell::with_note(format!("{} pts", worth.points), note)
}
