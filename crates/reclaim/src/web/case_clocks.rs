//! The clocks of a case: in words, and as parallel bars on one line of time, drawn as SVG text.
//! Each bar goes from the day it is counted from to its last day and has its words; today is marked
//! through all of them.

use std::fmt::Write;

use denial::deadline::{self, Deadline, Due as ClockDue};
use denial::denial::{Denial, Status};
use denial::rules::Rules;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::web::chart::escaped;
use crate::web::words::{self, Due};

const WIDTH: i64 = 760;
const LABEL: i64 = 150;
const FIGURE: i64 = 210;
const PLOT: i64 = WIDTH - LABEL - FIGURE;
const ROW: i64 = 28;
/// Room above the bars for the word of today.
const HEAD: i64 = 20;
/// Room below them for the days at both ends.
const FOOT: i64 = 20;

/// One row: a clock with the days that it spans, where its rule is known.
struct Row {
    kind: String,
    span: Option<(Date, Date)>,
    class: &'static str,
    text: String,
}

/// The days that the line shows, from its left end to its right.
struct Line {
    from: Date,
    to: Date,
}

impl Line {
    fn of(rows: &[Row], today: Date) -> Line {
        let spans = || rows.iter().filter_map(|row| row.span);
        let from = spans().map(|(from, _)| from).chain([today]).min().unwrap_or(today);
        let to = spans().map(|(_, to)| to).chain([today]).max().unwrap_or(today);
        // A day more on each side, so that nothing stands on the edge and no line has length 0.
        Line { from: from.saturating_sub(1.day()), to: to.saturating_add(1.day()) }
    }

    /// Where a day stands.
    fn place(&self, day: Date) -> i64 {
        let whole = i64::from(days(self.from, self.to)).max(1);
        LABEL + i64::from(days(self.from, day)) * PLOT / whole
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// One clock with its rule.
pub(crate) struct Clock {
    pub(crate) kind: String,
    pub(crate) due: Due,
    pub(crate) rule: String,
    pub(crate) met: Option<String>,
    /// The day by which the desk wants the work done, while the clock runs against it.
    pub(crate) ours: Option<String>,
}

/// A clock in words.
pub(crate) fn clock(case: &Denial, clock: &Deadline, rules: &Rules, today: Date) -> Clock {
    let kind = words::sentence_case(&clock.kind.in_words());
    let met = clock.met_on.map(words::day);
    let due = due(case, Some(clock), today);
    let rule = match &clock.due {
        ClockDue::On { rule, .. } => {
            let anchored_on = words::day(rule.anchored_on);
            let counted = format!("{} after the {} of {anchored_on}", rule.window, rule.anchor);
            let parts = [counted.as_str(), rule.source.as_str()];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            parts.join(" · ")
        }
        ClockDue::NoRule => {
            let payer = &case.payer_name.name;
            format!("No rule says when, for {payer}: ask it, and have it added to the rules")
        }
    };
    let is_open = case.open_clocks().contains(clock);
    let runs = clock.open_until().filter(|date| is_open && *date >= today);
    let ours = runs.map(|date| words::day(deadline::internal_due(date, &rules.desk)));
    Clock { kind, due, rule, met, ours }
}

/// The clock of a case that matters now: its name, empty where none runs, and its day.
pub(crate) fn soonest(case: &Denial, today: Date) -> (String, Due) {
    if let Some((clock, on)) = case.soonest_clock(today) {
        return (clock.kind.in_words(), words::due(Some(on), today));
    }
    let due = if case.open_clocks().iter().any(Deadline::lacks_rule) {
        words::due(None, today)
    } else if is_over(case) {
        Due { class: "later", when: CLOSED.to_owned(), left: String::new() }
    } else {
        Due { class: "later", when: "All met".to_owned(), left: String::new() }
    };
    (String::new(), due)
}

/// The clock of a row: the next action's, unless no rule says when that ends, or another one is
/// about to run out or has. A clock that runs is never hidden behind one without a day.
pub(crate) struct Shown {
    pub(crate) due: Due,
    /// What it limits and how long it has; empty where no clock runs.
    pub(crate) note: String,
    /// The next action's clock, where no rule says when it ends and another one is shown.
    pub(crate) lacks: String,
    /// The clocks behind it in whole words.
    pub(crate) whole: Vec<String>,
}

/// What a row shows of a case's clocks; the soonest in any case where rows are sorted by it.
pub(crate) fn shown(case: &Denial, today: Date, is_soonest: bool) -> Shown {
    let (kind, due) = soonest(case, today);
    let runs = !kind.is_empty();
    let told = |what: &str, kind: &str, due: &Due| {
        let left = if due.left.is_empty() { String::new() } else { format!(", {}", due.left) };
        format!("{what}: {kind}, {}{left}", due.when)
    };
    let mut whole = Vec::from_iter(runs.then(|| told("Soonest clock", &kind, &due)));
    let missing = missing(case);
    let Some((what, next_kind, next_due)) = next(case, today) else {
        // No clock has a day: then the names of those that have none stand in place of a day's.
        let note = if runs { limits(&kind, &due) } else { missing.clone() };
        whole.extend(unruled(case));
        return Shown { note, due, lacks: String::new(), whole };
    };
    whole.push(told(what, &next_kind, &next_due));
    whole.extend(unruled(case));
    let is_unruled = next_due.class == "none";
    if runs && (is_soonest || is_unruled || matches!(due.class, "soon" | "past")) {
        let lacks = if is_unruled { short(&next_kind) } else { String::new() };
        return Shown { note: limits(&kind, &due), due, lacks, whole };
    }
    let note = if runs { limits(&next_kind, &next_due) } else { missing };
    Shown { note, due: next_due, lacks: String::new(), whole }
}

/// The same where rows are listed for what no rule says of them: each names its clocks without one.
pub(crate) fn shown_for_lack(case: &Denial, today: Date) -> Shown {
    let shown = shown(case, today, true);
    let lacks = if shown.due.class == "none" { String::new() } else { missing(case) };
    Shown { lacks, ..shown }
}

/// The names of the open clocks that no rule gives a day.
fn missing(case: &Denial) -> String {
    let names = case.unruled_clocks().map(|clock| short(&clock.kind.in_words()));
    names.collect::<Vec<String>>().join(", ")
}

/// The same in a sentence, with the payer whose rules lack them.
fn unruled(case: &Denial) -> Option<String> {
    let missing = missing(case);
    let payer = &case.payer_name.name;
    (!missing.is_empty()).then(|| format!("Not configured for {payer}: {missing}"))
}

/// A clock's name and its days in the room of a row.
fn limits(kind: &str, due: &Due) -> String {
    let left = due.left.trim_start_matches("in ").replace(" days", " d").replace(" day", " d");
    let parts = [short(kind), left];
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|one| !one.is_empty()).collect();
    parts.join(" · ")
}

/// The first level of appeal is what everybody means by appeal.
fn short(kind: &str) -> String {
    kind.strip_suffix(", level 1").unwrap_or(kind).to_owned()
}

/// The clock that the next action has to keep, where it is not the soonest; where it keeps none,
/// one that matters and that no rule gives a day. What it is, its name, its day.
pub(crate) fn next(case: &Denial, today: Date) -> Option<(&'static str, String, Due)> {
    let of_next = case.next_clock().map(|clock| ("Clock of the next action", clock));
    let unruled = || case.unruled_clock().map(|clock| ("A clock that matters", clock));
    let (what, clock) = of_next.or_else(unruled)?;
    let soonest = case.soonest_clock(today).map(|(soonest, _)| soonest.kind);
    let is_other = soonest != Some(clock.kind);
    is_other.then(|| (what, clock.kind.in_words(), words::due(clock.date(), today)))
}

/// One clock of a case, whether it runs or stands on record alone.
pub(crate) fn due(case: &Denial, clock: Option<&Deadline>, today: Date) -> Due {
    let last = clock.and_then(Deadline::date);
    if !is_over(case) {
        return words::due(last, today);
    }
    let left = last.map(|on| format!("its last day was to be {}", words::day(on)));
    Due { class: "later", when: CLOSED.to_owned(), left: left.unwrap_or_default() }
}

/// What a clock says that limits nothing any more.
const CLOSED: &str = "Closed";

fn is_over(case: &Denial) -> bool {
    case.open_clocks().is_empty() && !case.deadlines.is_empty()
}

/// What is to be known of the clocks of a case that is won.
pub(crate) fn note(case: &Denial) -> Option<&'static str> {
    if case.status() != Status::Overturned {
        return None;
    }
    Some(if is_over(case) {
        "The payer gave way: its clocks are closed. They run again where you dispute what it does \
         not pay."
    } else {
        "The payer gave way in part: the clocks of what stays denied run on."
    })
}

/// The bars of a case's clocks.
pub(crate) fn bars(case: &Denial, today: Date) -> String {
    let row = |clock: &Deadline| match is_over(case) && clock.met_on.is_none() {
        true => Row { class: "met", text: "closed".to_owned(), ..row(clock, today) },
        false => row(clock, today),
    };
    drawn(&case.deadlines.iter().map(row).collect::<Vec<Row>>(), today)
}

fn drawn(rows: &[Row], today: Date) -> String {
    let line = Line::of(rows, today);
    let bottom = HEAD + i64::try_from(rows.len()).unwrap_or(0) * ROW;
    let height = bottom + FOOT;
    let mut text = format!(
        "<svg class=\"clock-bars\" viewBox=\"0 0 {WIDTH} {height}\" role=\"group\" \
         aria-label=\"Clocks on one line of time\">"
    );
    for (at, row) in (0_i64..).zip(rows) {
        draw(&mut text, row, &line, HEAD + at * ROW);
    }
    mark_today(&mut text, line.place(today), bottom);
    if rows.iter().any(|row| row.span.is_some()) {
        mark_ends(&mut text, &line, height - 5);
    }
    text.push_str("</svg>");
    text
}

fn row(clock: &Deadline, today: Date) -> Row {
    let kind = words::sentence_case(&clock.kind.in_words());
    let ClockDue::On { date, rule } = &clock.due else {
        return Row { kind, span: None, class: "none", text: "Not configured".to_owned() };
    };
    let span = Some((rule.anchored_on.min(*date), *date));
    if let Some(on) = clock.met_on {
        return Row { kind, span, class: "met", text: format!("met {}", words::day(on)) };
    }
    let due = words::due(Some(*date), today);
    Row { kind, span, class: due.class, text: format!("{} · {}", due.when, due.left) }
}

fn draw(text: &mut String, row: &Row, line: &Line, top: i64) {
    let (kind, words) = (escaped(&row.kind), escaped(&row.text));
    let (baseline, bar_top, class) = (top + 18, top + 8, row.class);
    write!(
        text,
        "<g class=\"{class}\"><text class=\"name\" x=\"0\" y=\"{baseline}\">{kind}</text>"
    )
    .expect("a string takes text");
    if let Some((from, to)) = row.span {
        let (left, right) = (line.place(from), line.place(to));
        let long = (right - left).max(3);
        write!(
            text,
            "<rect x=\"{left}\" y=\"{bar_top}\" width=\"{long}\" height=\"12\" rx=\"2\"/>\
             <rect class=\"end\" x=\"{}\" y=\"{}\" width=\"2\" height=\"18\"/>",
            left + long - 2,
            bar_top - 3
        )
        .expect("a string takes text");
    }
    let right = LABEL + PLOT + 12;
    write!(text, "<text class=\"figure\" x=\"{right}\" y=\"{baseline}\">{words}</text></g>")
        .expect("a string takes text");
}

fn mark_today(text: &mut String, at: i64, bottom: i64) {
    write!(
        text,
        "<line class=\"today\" x1=\"{at}\" x2=\"{at}\" y1=\"{}\" y2=\"{bottom}\"/>\
         <text class=\"today-word\" x=\"{at}\" y=\"13\" text-anchor=\"middle\">Today</text>",
        HEAD - 3
    )
    .expect("a string takes text");
}

fn mark_ends(text: &mut String, line: &Line, baseline: i64) {
    let (from, to) = (words::day(line.from), words::day(line.to));
    let right = LABEL + PLOT;
    write!(
        text,
        "<text class=\"ends\" x=\"{LABEL}\" y=\"{baseline}\">{from}</text>\
         <text class=\"ends\" x=\"{right}\" y=\"{baseline}\" text-anchor=\"end\">{to}</text>"
    )
    .expect("a string takes text");
}

#[cfg(test)]
mod tests {
    use super::*;
    use denial::deadline::{DeadlineKind, RuleRef};
    use jiff::civil::date;

    fn clock(kind: DeadlineKind, from: Date, to: Date) -> Deadline {
        let rule = RuleRef {
            file: "payers/x.toml".to_owned(),
            window: "30 calendar days".to_owned(),
            anchor: "remittance".to_owned(),
            anchored_on: from,
            source: String::new(),
        };
        Deadline { kind, due: ClockDue::On { date: to, rule }, met_on: None }
    }

    #[test]
    fn each_bar_has_its_words_and_today_is_marked() {
        let today = date(2026, 3, 3);
        let unknown =
            Deadline { kind: DeadlineKind::TimelyFiling, due: ClockDue::NoRule, met_on: None };
        let met = Deadline {
            met_on: Some(date(2026, 2, 20)),
            ..clock(DeadlineKind::CorrectedClaim, date(2026, 2, 1), date(2026, 4, 1))
        };
        let soon = clock(DeadlineKind::Appeal(1), date(2026, 2, 1), date(2026, 3, 5));
        let rows = [unknown, met, soon].map(|clock| row(&clock, today));
        let text = drawn(&rows, today);
        assert!(text.contains("<g class=\"none\">") && text.contains("Not configured"));
        assert!(text.contains("<g class=\"met\">") && text.contains("met Feb 20, 2026"));
        assert!(text.contains("<g class=\"soon\">") && text.contains("in 2 days"));
        assert_eq!(text.matches("class=\"today\"").count(), 1);
        assert_eq!(text.matches("<rect x=").count(), 2);
    }

    #[test]
    fn a_line_of_one_day_is_drawn_all_the_same() {
        let today = date(2026, 3, 3);
        let line = Line::of(&[], today);
        assert!(LABEL < line.place(today) && line.place(today) < LABEL + PLOT);
        assert!(drawn(&[], today).ends_with("</svg>"));
    }
}
