//! `payers/*.toml`: names, plan types, windows, usual answer, resubmission, channels, own reasons
//! and owners.

use smol_str::SmolStr;

use super::Draft;
use super::entry::{Entry, Page, Place, Placed};
use super::read_checklist::checklists;
use super::read_desk::{named_teams, owner};
use super::read_playbook::reasons;
use crate::deadline::DeadlineKind;
use crate::payer::{ChannelRule, Counts, OnHoliday, PayerRules, Resubmission, Unit, Window, key};

impl Draft {
    pub(super) fn read_payer(&mut self, file: &str, text: &str) {
        let priors = self.rules.playbook.priors.clone();
        let mut places = Vec::new();
        let ((payer, mut own, teams), faults) = Page::new(file, text).read(|page| {
            let own = reasons(page, &priors);
            (payer(file, page, &mut places), own, named_teams(page))
        });
        self.teams.extend(teams);
        for span in &mut own.spans {
            span.value.what = format!("{file}: {}", span.value.what);
        }
        let reasons = self.keep(own, faults);
        let Some(payer) = payer else { return };
        let number = self.rules.payers.len();
        let placed = places.into_iter().enumerate();
        self.windows.extend(placed.map(|(at, place)| Placed { place, value: (number, at) }));
        self.payers.push(Place { file: file.into(), line: 1 });
        self.rules.payers.push(PayerRules { reasons, ..payer });
    }
}

fn payer(file: &str, page: &Entry<'_>, places: &mut Vec<Place>) -> Option<PayerRules> {
    let texts = |key| page.list(key).into_iter().map(SmolStr::new).collect();
    let name = page.required("name", page.text("name"));
    let usual_answer_days = page.table("answer").and_then(|table| {
        let days = table.required("usual_days", table.number("usual_days"));
        table.finish();
        days
    });
    let ask_again_days = page.table("status").and_then(|table| {
        let days = table.required("again_days", table.number("again_days"));
        table.finish();
        days.filter(|days| *days > 0)
    });
    let remits_every_days = page.table("remittances").and_then(|table| {
        let days = table.required("every_days", table.number("every_days"));
        table.finish();
        days
    });
    let resubmission = page.table("resubmission").map(|table| resubmission(&table));
    let channels = channels(page);
    let mut windows = Vec::new();
    for entry in page.entries("window") {
        if let Some(window) = window(&entry) {
            windows.push(window);
            places.push(entry.place());
        }
        entry.finish();
    }
    let (ids, aliases) = (texts("ids"), texts("aliases"));
    let (plan_types, default_for) = (page.named_list("plan_types"), page.named_list("default_for"));
    let owners = page.entries("owner").iter().filter_map(owner).collect();
    let checklists = checklists(page);
    let name = name?;
    Some(PayerRules {
        keys: std::iter::once(name).chain(page.list("aliases")).map(key).collect(),
        file: file.into(),
        name: name.into(),
        ids,
        aliases,
        plan_types,
        default_for,
        plan_where_unsaid: page.named("plan_where_unsaid"),
        windows,
        usual_answer_days,
        ask_again_days,
        remits_every_days,
        resubmission: resubmission.unwrap_or_default(),
        channels,
        owners,
        checklists,
        reasons: std::collections::BTreeMap::new(),
    })
}

/// `[resubmission]`: what it says, with where that is from; a table that says nothing is a fault.
fn resubmission(entry: &Entry<'_>) -> Resubmission {
    let verification = entry.required("verification", entry.named("verification"));
    let read = Resubmission {
        takes_replacement: entry.flag("takes_replacement"),
        takes_replacement_institutional: entry.flag("takes_replacement_institutional"),
        takes_replacement_of_denied: entry.flag("takes_replacement_of_denied"),
        void_first: entry.flag("void_first"),
        wait_until_final: entry.flag("wait_until_final"),
        one_line_per_replacement: entry.flag("one_line_per_replacement"),
        note_required: entry.flag("note_required"),
        note_code: note_code(entry),
        source: entry.required("source", entry.text("source")).unwrap_or_default().into(),
        as_of: entry.required("as_of", entry.text("as_of")).unwrap_or_default().into(),
        verification,
    };
    if read.answers().iter().all(|(_, said)| said.is_none()) {
        let hint = "leave the table out where nothing is known";
        entry.fault("a resubmission that says nothing".to_owned(), hint);
    }
    entry.finish();
    read
}

/// `[[channel]]`: each channel once.
fn channels(page: &Entry<'_>) -> Vec<ChannelRule> {
    let mut all: Vec<ChannelRule> = Vec::new();
    for entry in page.entries("channel") {
        if let Some(one) = channel(&entry) {
            if all.iter().any(|there| there.by == one.by) {
                let message = format!("two channels by {}", one.by.as_str());
                entry.fault(message, "keep one of them");
            }
            all.push(one);
        }
        entry.finish();
    }
    all
}

fn channel(entry: &Entry<'_>) -> Option<ChannelRule> {
    let by = entry.required("by", entry.named("by"));
    let source = entry.required("source", entry.text("source"));
    let as_of = entry.required("as_of", entry.text("as_of"));
    let verification = entry.required("verification", entry.named("verification"));
    Some(ChannelRule {
        by: by?,
        to: entry.text("to").unwrap_or_default().into(),
        most_pages: entry.number("most_pages"),
        most_megabytes: entry.number("most_megabytes"),
        source: source?.into(),
        as_of: as_of?.into(),
        verification: verification?,
    })
}

/// The code of a note: three letters as NTE01 has them.
fn note_code(entry: &Entry<'_>) -> Option<SmolStr> {
    let code = entry.text("note_code")?;
    if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Some(code.into());
    }
    entry.fault_at("note_code", format!("note_code: came \"{code}\""), "write three letters: ADD");
    None
}

fn window(entry: &Entry<'_>) -> Option<Window> {
    let kind = kind(entry);
    let length = length(entry);
    let from_event = entry.required("from_event", entry.named("from_event"));
    let source = entry.required("source", entry.text("source"));
    let as_of = entry.required("as_of", entry.text("as_of"));
    let verification = entry.required("verification", entry.named("verification"));
    let presumed_days = entry.number("presumed_days").unwrap_or_default();
    let counts = entry.named("counts").unwrap_or(Counts::Received);
    let on_holiday = entry.named("on_holiday").unwrap_or(OnHoliday::Stays);
    let (categories, except) = (entry.named_list("categories"), entry.named_list("except"));
    let (from, to) = (entry.date("from"), entry.date("to"));
    let (count, unit) = length?;
    Some(Window {
        kind: kind?,
        count,
        unit,
        from_event: from_event?,
        presumed_days,
        counts,
        on_holiday,
        categories,
        except,
        from,
        to,
        source: source?.into(),
        as_of: as_of?.into(),
        verification: verification?,
    })
}

/// `days = 180`, or `count` and `unit`; not both.
fn length(entry: &Entry<'_>) -> Option<(u16, Unit)> {
    let days = entry.number("days");
    let (count, unit) = (entry.number("count"), entry.named("unit"));
    let long = entry.has("count") || entry.has("unit");
    if entry.has("days") && long {
        let message = "a window with two values: days beside count and unit".to_owned();
        entry.fault_at("days", message, "keep one of them");
        return None;
    }
    let found = match days {
        Some(days) => Some((days, Unit::CalendarDays)),
        None if entry.has("days") => None,
        None => entry.required("count", count).zip(entry.required("unit", unit)),
    };
    if found.is_some_and(|(count, _)| count == 0) {
        entry.fault("a window of nothing".to_owned(), "leave the window out where none is known");
        return None;
    }
    found
}

fn kind(entry: &Entry<'_>) -> Option<DeadlineKind> {
    let name = entry.required("kind", entry.text("kind"))?;
    let level = entry.number("level");
    if name != "appeal" && entry.has("level") {
        let message = format!("level: {name} has no levels");
        entry.fault_at("level", message, "levels belong to kind = \"appeal\"");
    }
    match name {
        "timely_filing" => Some(DeadlineKind::TimelyFiling),
        "corrected_claim" => Some(DeadlineKind::CorrectedClaim),
        "reconsideration" => Some(DeadlineKind::Reconsideration),
        "external_review" => Some(DeadlineKind::ExternalReview),
        "records_request" => Some(DeadlineKind::RecordsRequest),
        "payer_answer" => Some(DeadlineKind::PayerAnswer),
        "appeal" => match entry.required("level", level)? {
            level @ 1..=9 => u8::try_from(level).ok().map(DeadlineKind::Appeal),
            level => {
                entry.fault_at("level", format!("level: came {level}"), "levels run from 1 to 9");
                None
            }
        },
        _ => {
            entry.fault_at("kind", format!("kind: came \"{name}\""), KINDS);
            None
        }
    }
}

const KINDS: &str = "write timely_filing, corrected_claim, reconsideration, appeal, \
                     external_review, records_request or payer_answer";
