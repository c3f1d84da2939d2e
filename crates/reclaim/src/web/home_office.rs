//! Home of those whose lists are no cases: who posts money, who looks back, who keeps the program.

use denial::person::Role;
use jiff::ToSpan;
use jiff::civil::Date;
use store::Tx;
use store::audit::{Book, NEVER, Sought};

use crate::outbox::{fetching, leaving};
use crate::practice::Office;
use crate::web::home::{count, tile};
use crate::web::tiles::{Cell, Link, Listing, Section, Tile, number};
use crate::web::trouble::Trouble;
use crate::web::{journal_words, words};
use crate::{intake, posting, rank, refile, unanswered, verify};

/// Days of the access log that are counted.
const VIEWS: i64 = 7;
/// Late reviews that are counted.
const LATE: i64 = 1_000;
/// Days of the trail of write-offs.
const TRAIL: i64 = 30;

/// The parts of the role that are no cases.
pub(crate) async fn sections(tx: &mut Tx, office: &Office) -> Result<Vec<Section>, Trouble> {
    match office.who.role {
        Role::Poster => Ok(vec![files(tx, office).await?]),
        Role::Auditor => Ok(vec![access_log(tx, office).await?, write_offs(tx, office).await?]),
        Role::Administrator => Ok(vec![upkeep(tx).await?, sweeps(tx, office).await?]),
        Role::Executive => Ok(vec![moved(tx, office).await?]),
        Role::FrontDesk
        | Role::AuthorizationStaff
        | Role::CertifiedCoder
        | Role::BillingSpecialist
        | Role::BillingSupervisor
        | Role::Manager
        | Role::Provider
        | Role::UtilizationReview
        | Role::Vendor => Ok(Vec::new()),
    }
}

/// Money that was recovered and given up lately.
async fn moved(tx: &mut Tx, office: &Office) -> Result<Section, Trouble> {
    let today = office.moment().today;
    let from = office.begins(today.saturating_sub(TRAIL.days()));
    let posted = tx.posted_between(&from, &office.begins(today)).await?;
    let tile = |label: &str, cents: i64, note: &str| Tile {
        label: label.to_owned(),
        figure: words::money(cents),
        note: note.to_owned(),
        class: "",
        link: None,
    };
    let recovered = (posted.recovered + posted.other_payer).cents();
    Ok(Section {
        title: "Money moved".to_owned(),
        lead: format!(
            "Postings of the {TRAIL} days before today. No contract and no count of all claims is \
             known here, so no rate is guessed."
        ),
        tiles: vec![
            tile("Recovered", recovered, "posted payments on denied lines, less takebacks"),
            tile("Written off", posted.written_off.cents(), "given up, less what was reversed"),
        ],
        ..Section::default()
    })
}

/// Remittances, and payments whose claim is in doubt.
async fn files(tx: &mut Tx, office: &Office) -> Result<Section, Trouble> {
    let (late, _) = tx.late_answers(&office.moment().today.to_string()).await?;
    let reviews = tx.reviews().await?;
    let rejections = tx.open_rejections().await?;
    let to_decide = "/remittances?show=review";
    Ok(Section {
        title: "Remittances".to_owned(),
        lead: "What waits for a decision before its money counts.".to_owned(),
        tiles: vec![
            tile(
                "Remittances to decide",
                count(reviews.remittances),
                "held, in conflict, or unbalanced",
                to_decide,
            ),
            tile("Matches to review", count(reviews.matches), "likely the same claim", "/matches"),
            tile(
                "Doubtful payments",
                count(reviews.doubts),
                "our number, another patient and charge",
                "/matches?show=doubtful",
            ),
            tile(
                "Open rejections",
                count(rejections),
                "refused before adjudication",
                "/rejections",
            ),
            tile(
                "Unanswered claims",
                count(late),
                "the payer's usual days are over",
                "/unanswered",
            ),
            tile(
                "Missing remittances",
                tx.missing_remittances(&office.moment().today.to_string()).await?.len() as u64,
                "payers that usually remit sooner",
                "/intake?show=missing",
            ),
            tile(
                "Reviews that are late",
                intake::unreviewed(tx, office, true, LATE).await?.len() as u64,
                "remittances nobody reviewed in time",
                "/intake?show=late",
            ),
        ],
        ..Section::default()
    })
}

/// The first day of so many, and the instant at which it begins.
fn since(office: &Office, days: i64) -> (Date, String) {
    let day = office.moment().today.saturating_sub((days - 1).days());
    (day, office.begins(day))
}

/// Who looked at what, by kind.
async fn access_log(tx: &mut Tx, office: &Office) -> Result<Section, Trouble> {
    let kinds = tx.kinds_of(Book::Views).await?;
    let mut section = entries(tx, office, ("views", Book::Views), &kinds, VIEWS).await?;
    section.title = "Access log".to_owned();
    section.lead = format!(
        "Who looked at what, what left the house, what was refused: the last {VIEWS} days, today among them."
    );
    Ok(section)
}

/// Money given up: proposed, approved, declined, written off, opened again.
async fn write_offs(tx: &mut Tx, office: &Office) -> Result<Section, Trouble> {
    const KINDS: [&str; 5] = [
        "denial.write_off_proposed",
        "denial.write_off_approved",
        "denial.write_off_declined",
        "denial.written_off",
        "denial.reopened",
    ];
    let kinds = KINDS.map(str::to_owned);
    let mut section = entries(tx, office, ("work", Book::Work), &kinds, TRAIL).await?;
    section.title = "Trail of write-offs".to_owned();
    section.lead =
        format!("The last {TRAIL} days, today among them. Each entry leads to its case.");
    Ok(section)
}

/// Entries of some kinds, each kind with the search that lists them.
async fn entries(
    tx: &mut Tx,
    office: &Office,
    (name, book): (&str, Book),
    kinds: &[String],
    days: i64,
) -> Result<Section, Trouble> {
    let (day, from) = since(office, days);
    let mut rows = Vec::new();
    for kind in kinds {
        let found = count(tx.count_kind(book, kind, &from, NEVER).await?);
        let href = format!("/journal?book={name}&kind={kind}&from={day}");
        let link = Some(Link { href, rows: found });
        rows.push(vec![
            Cell::of(journal_words::said(kind)),
            Cell { link, ..Cell::of(number(found)) },
        ]);
    }
    Ok(Section {
        listing: Some(Listing {
            caption: format!("Entries of the last {days} days by kind"),
            heads: vec![("What", false), ("Entries", true)],
            rows,
            none: "Nothing of this kind has happened yet.".to_owned(),
        }),
        ..Section::default()
    })
}

/// People, and what the rules lack.
async fn upkeep(tx: &mut Tx) -> Result<Section, Trouble> {
    let people = tx.members().await?;
    let factors = tx.with_factor().await?;
    let having = people.iter().filter(|one| factors.contains(&one.person)).count();
    let codes = tx.unmapped_codes().await?.len() + tx.unruled_statuses().await?.len();
    let payers = tx.payers_without_rules().await?.len();
    let with = format!("{having} with a second factor");
    Ok(Section {
        title: "Upkeep".to_owned(),
        lead: "Who works here, and what the rules do not say yet.".to_owned(),
        tiles: vec![
            tile("People", people.len() as u64, &with, "/people"),
            tile("Codes that nobody mapped", codes as u64, "of cases and answers", "/rules#codes"),
            tile(
                "Payers to configure",
                payers as u64,
                "with a clock that is not configured",
                "/rules#payers",
            ),
        ],
        ..Section::default()
    })
}

/// What the program does by itself, and when it last did; the last copy.
async fn sweeps(tx: &mut Tx, office: &Office) -> Result<Section, Trouble> {
    // Each with what is said before it ran first, where nothing made it run.
    const SWEEPS: [(&str, &str, &str); 7] = [
        (rank::SWEEP, "Cases ranked anew, late ones brought to somebody", ""),
        (verify::SWEEP, "What happened since proven", ""),
        (leaving::SWEEP, "What was due left the outbox", "Nothing was due yet"),
        (fetching::SWEEP, "Files fetched from other hosts", "No host had to be asked yet"),
        (unanswered::SWEEP, "Claims without an answer looked for", ""),
        (posting::SWEEP, "Payments that are certain posted themselves", "None was due yet"),
        (refile::SWEEP, "Changed rules brought to open cases", "No rule has changed yet"),
    ];
    let ran = tx.sweeps().await?;
    let copies = Sought { kind: Some("practice.copied".to_owned()), ..Sought::default() };
    let copy = tx.book(Book::Views, &copies, None, 1).await?;
    let zone = &office.clinic.zone;
    let mut rows: Vec<Vec<Cell>> = SWEEPS
        .iter()
        .map(|(name, what, idle)| {
            let at = ran.iter().find(|(ran, ..)| ran == name).map(|(_, at, _)| at);
            vec![Cell::of(*what), when(at.map(String::as_str), idle, zone)]
        })
        .collect();
    let copied = copy.first().map(|line| line.at.as_str());
    rows.push(vec![Cell::of("Backup of the whole database"), when(copied, "", zone)]);
    Ok(Section {
        title: "What runs by itself, and copies".to_owned(),
        lead:
            "The server sweeps on the first look of each day. The command reclaim backup makes a \
               copy, reclaim verify the first whole proof."
                .to_owned(),
        listing: Some(Listing {
            caption: "Sweeps and copies".to_owned(),
            heads: vec![("What", false), ("Last", false)],
            rows,
            none: String::new(),
        }),
        ..Section::default()
    })
}

/// When it last was; what never was is marked, unless nothing asked for it.
fn when(at: Option<&str>, idle: &str, zone: &str) -> Cell {
    match at {
        Some(at) => Cell::of(words::instant(at, zone)),
        None if !idle.is_empty() => Cell::of(idle),
        None => Cell { class: "soon", ..Cell::of("Never yet") },
    }
}
