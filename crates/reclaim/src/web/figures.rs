//! The charts of the home page, each with the population that it counts and the same as a table.

use denial::person::{Access, allows};
use insight::board::{Facet, Sum};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use store::Tx;
use store::tallies::Flow;

use crate::practice::Office;
use crate::web::chart::{self, Bar, Named};
use crate::web::flows::Flows;
use crate::web::tiles::{Cell, Counter, Listing, number, small};
use crate::web::trouble::Trouble;
use crate::web::words;

/// One chart.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) says: String,
    pub(crate) svg: String,
    pub(crate) table: Listing,
}

/// Weeks of cases that come and go.
const WEEKS: i64 = 13;
/// Open cases, those that are put off among them.
const OPEN: &str = "snoozed=show";

/// A week: its first day, and what came and went in it.
pub(crate) type Week = (Date, Flow);

/// Cases that came and went, by week from Monday on, this week last; none for who sees no figures.
pub(crate) async fn flow(
    tx: &mut Tx,
    office: &Office,
    flows: &Flows,
) -> Result<Vec<Week>, Trouble> {
    if !allows(office.who.role, Access::Figures) {
        return Ok(Vec::new());
    }
    let today = office.moment().today;
    let monday = today.saturating_sub(i64::from(today.weekday().since(Weekday::Monday)).days());
    let first = |weeks: i64| monday.saturating_sub(((WEEKS - 1 - weeks) * 7).days());
    let instants: Vec<String> = (0..=WEEKS).map(|week| office.begins(first(week))).collect();
    let flows = flows.of(tx, &instants, office.clock.now()).await?;
    Ok((0..WEEKS).map(first).zip(flows).collect())
}

/// Aging, reasons, what came and went, statuses.
pub(crate) fn charts(counter: &Counter<'_>, weeks: &[Week]) -> Vec<Chart> {
    let mut charts = vec![aging(counter), reasons(counter)];
    if !weeks.is_empty() {
        charts.push(in_and_out(weeks));
        charts.push(statuses(counter));
    }
    charts
}

/// The population of charts of open cases.
fn population(counter: &Counter<'_>) -> String {
    let whose = if counter.office.own().is_some() && counter.link("", 0).is_some() {
        "Open cases that you may see"
    } else {
        "All open cases"
    };
    format!("{whose}, those put off among them. {}", small(counter.sum(OPEN).cases))
}

fn bar(counter: &Counter<'_>, label: String, query: &str, sum: Sum) -> Bar {
    Bar {
        label,
        href: counter.link(query, sum.cases).map(|link| link.href),
        value: sum.outstanding,
        figure: format!("{} · {}", words::money(sum.outstanding), number(sum.cases)),
    }
}

/// The same rows as a table: a name, cases, money.
fn table(caption: &str, head: &'static str, named: &[(String, Sum)]) -> Listing {
    let row = |(name, sum): &(String, Sum)| {
        vec![
            Cell::of(name.clone()),
            Cell::of(number(sum.cases)),
            Cell::of(words::money(sum.outstanding)),
        ]
    };
    Listing {
        caption: caption.to_owned(),
        heads: vec![(head, false), ("Cases", true), ("Outstanding", true)],
        rows: named.iter().map(row).collect(),
        none: "No case fits.".to_owned(),
    }
}

/// How long ago open cases were denied. Every band stands, an empty one too.
fn aging(counter: &Counter<'_>) -> Chart {
    const BANDS: [(&str, &str); 5] = [
        ("30", "0 to 30 days"),
        ("60", "31 to 60 days"),
        ("90", "61 to 90 days"),
        ("120", "91 to 120 days"),
        ("older", "over 120 days"),
    ];
    let found = counter.by(Facet::Age, OPEN);
    let sum = |band: &str| {
        found.iter().find(|(name, _)| name == band).map(|(_, sum)| *sum).unwrap_or_default()
    };
    let named: Vec<(String, Sum)> =
        BANDS.iter().map(|(band, label)| ((*label).to_owned(), sum(band))).collect();
    let bars: Vec<Bar> = BANDS
        .iter()
        .map(|(band, label)| {
            bar(counter, (*label).to_owned(), &format!("age={band}&{OPEN}"), sum(band))
        })
        .collect();
    let says =
        format!("Days since the payer denied it, not since the service. {}", population(counter));
    let title = "Aging since denial";
    Chart {
        title,
        svg: chart::bars(&Named { id: "aging", title, says: &says }, &bars),
        says,
        table: table(title, "Denied", &named),
    }
}

/// Reasons with most money first, and the share that they have together.
fn reasons(counter: &Counter<'_>) -> Chart {
    let found = counter.by(Facet::Reason, OPEN);
    let bars: Vec<Bar> = found
        .iter()
        .map(|(name, sum)| {
            bar(counter, words::label(name), &format!("category={name}&{OPEN}"), *sum)
        })
        .collect();
    let named: Vec<(String, Sum)> =
        found.iter().map(|(name, sum)| (words::label(name), *sum)).collect();
    let says = format!(
        "Outstanding by reason; the line and the last column are the share of this reason and \
         all above it. {}",
        population(counter)
    );
    let title = "Top reasons";
    let mut table = table(title, "Reason", &named);
    table.heads.push(("Share so far", true));
    for (row, share) in table.rows.iter_mut().zip(chart::cumulative(&bars)) {
        row.push(Cell::of(chart::percent(share)));
    }
    Chart {
        title,
        svg: chart::pareto(&Named { id: "reasons", title, says: &says }, &bars),
        says,
        table,
    }
}

/// How many cases came and went each week.
fn in_and_out(weeks: &[Week]) -> Chart {
    let sums = |flow: &Flow| (flow.opened + flow.reopened, flow.settled + flow.written_off);
    let columns: Vec<chart::Column> = weeks
        .iter()
        .map(|(day, flow)| {
            let (came, went) = sums(flow);
            chart::Column {
                label: day.strftime("%b %-d").to_string(),
                says: format!("Week of {}: {came} opened, {went} closed", words::day(*day)),
                one: came,
                other: went,
            }
        })
        .collect();
    let moved: i64 = weeks.iter().map(|(_, flow)| sums(flow)).map(|(came, went)| came + went).sum();
    let says = format!(
        "Cases opened or opened again, and cases closed, by week from Monday, as the journal has \
         them; this week is not over. A case counts in the week in which its file was taken in. {}",
        small(u64::try_from(moved).unwrap_or_default())
    );
    let title = "Inflow and outflow";
    let names = ["Opened", "Closed"];
    let row = |(day, flow): &Week| {
        vec![
            Cell::of(words::day(*day)),
            Cell::of(words::number(flow.opened)),
            Cell::of(words::number(flow.reopened)),
            Cell::of(words::number(flow.settled)),
            Cell::of(words::number(flow.written_off)),
        ]
    };
    Chart {
        title,
        svg: chart::columns(&Named { id: "flow", title, says: &says }, names, &columns),
        says,
        table: Listing {
            caption: title.to_owned(),
            heads: vec![
                ("Week of", false),
                ("Opened", true),
                ("Opened again", true),
                ("Paid", true),
                ("Written off", true),
            ],
            rows: weeks.iter().map(row).collect(),
            none: String::new(),
        },
    }
}

/// Where open cases stand.
fn statuses(counter: &Counter<'_>) -> Chart {
    let found = counter.by(Facet::Status, OPEN);
    let bars: Vec<Bar> = found
        .iter()
        .map(|(name, sum)| bar(counter, words::label(name), &format!("status={name}&{OPEN}"), *sum))
        .collect();
    let named: Vec<(String, Sum)> =
        found.iter().map(|(name, sum)| (words::label(name), *sum)).collect();
    let says = population(counter);
    let title = "By status";
    Chart {
        title,
        svg: chart::bars(&Named { id: "statuses", title, says: &says }, &bars),
        says,
        table: table(title, "Status", &named),
    }
}
