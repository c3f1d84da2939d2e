//! Ways forward from a case, side by side: a row for each, every figure explained.

use denial::deadline::DeadlineKind;
use denial::denial::{Denial, NextAction, NextActionKind};
use denial::next_action::{Forward, Recommended, Way, WayClock, Ways};
use denial::person::{Access, allows};
use denial::resent::{self, Resent};
use denial::rules::Rules;
use insight::odds::History;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::practice::Office;
use crate::ways::{self, Covered};
use crate::web::about::About;
use crate::web::case_resent::Awaited;
use crate::web::case_view::CaseView;
use crate::web::words;
use crate::web::worth::{By, Worth};

/// The table and what stands above and below it.
pub(crate) struct WaysView {
    /// The open ones.
    pub(crate) open: Vec<WayRow>,
    /// The others, each with why it is not.
    pub(crate) closed: Vec<(String, String)>,
    /// What is recommended, or that nothing is.
    pub(crate) recommended: String,
    pub(crate) why: String,
    pub(crate) differs: String,
    /// When a round of work pays, and what a small balance is.
    pub(crate) pays: String,
    /// What comes next by it, where nobody chose.
    pub(crate) plan: NextActionKind,
    /// What went again is awaited, or asked about; or an approved write-off is booked.
    pub(crate) waits: Option<NextAction>,
    /// A write-off was approved: that is booked before any way is gone.
    pub(crate) books: bool,
    /// The same, where it is told as the next action of the case.
    next: Option<NextAction>,
    /// It is recommended to give it up.
    pub(crate) gives_up: bool,
    /// Where the claim stands before the payer that comes next, for who may bill it.
    pub(crate) next_payer: Option<String>,
    /// That payer is known.
    pub(crate) next_is_known: bool,
}

/// One way.
pub(crate) struct WayRow {
    pub(crate) name: String,
    pub(crate) is_recommended: bool,
    /// It goes by a letter to the payer.
    pub(crate) is_appeal: bool,
    /// It is answered with what is on file: the letter that carries it is begun at once.
    pub(crate) sends_records: bool,
    /// The claim is written anew here: as a replacement, a void or a new one.
    pub(crate) corrects: bool,
    /// It goes to another payer.
    pub(crate) bills_next: bool,
    /// It is told and tested on the page of what is beyond the payer's own appeals.
    pub(crate) is_beyond: bool,
    pub(crate) notes: Vec<String>,
    pub(crate) days: String,
    /// Other clocks that go on, and what it closes.
    pub(crate) beside: String,
    pub(crate) chance: String,
    pub(crate) behind: String,
    pub(crate) net: String,
    pub(crate) sum: String,
    pub(crate) minutes: String,
    /// The next action that choosing it plans, and its day.
    pub(crate) next: &'static str,
    pub(crate) on: String,
}

impl WaysView {
    pub(crate) fn of(
        ways: &Ways,
        case: &Denial,
        (rules, today): (&Rules, Date),
        (next_payer, next_is_known): (Option<String>, bool),
    ) -> WaysView {
        let told = &ways.recommended;
        let row = |one: &Forward| row(one, told.way == Some(one.way), case, rules, today);
        let small = format!("{} or less is a small balance", ways.small_balance);
        let pays = ways.break_even.map_or_else(
            || format!("No amount is known from which a round of work pays; {small}."),
            |amount| format!("A round of work pays above {amount} at that chance; {small}."),
        );
        let shut = |one: &Forward| Some((name(one), words::sentence(one.closed.as_deref()?)));
        let books = told.waits.is_some_and(|next| next.kind == NextActionKind::BookWriteOff);
        WaysView {
            open: ways.ways.iter().filter(|one| one.is_open()).map(row).collect(),
            closed: ways.ways.iter().filter_map(shut).collect(),
            recommended: recommended(told),
            why: why(told),
            waits: told.waits,
            next: told.waits.filter(|_| books || resent::leads(case)),
            differs: told.differs.as_deref().map(words::sentence).unwrap_or_default(),
            pays,
            plan: ways.plan(case.first),
            books,
            gives_up: told.way == Some(Way::WriteOff) || books,
            next_payer,
            next_is_known,
        }
    }

    /// True where what went again has its answer still to come.
    pub(crate) fn is_payers(&self) -> bool {
        self.waits.is_some() && !self.books
    }

    /// What leads beside the case: what comes next by its ways, where nobody chose, and what went
    /// again, where that is awaited.
    pub(crate) fn lead(
        &self,
        view: &mut CaseView,
        (case, resent): (&Denial, Option<&Resent>),
        (by, today): (By<'_>, Date),
    ) {
        if case.follows_way() || self.next.is_some() {
            view.next = words::label(self.plan.as_str());
        }
        if let (Some(next), Some(resent), false) = (self.next, resent, self.books) {
            view.next_on = Some(words::due(Some(next.on), today));
            view.waits_on = words::sentence(&resent.to_string());
            view.worth = Worth::of(case, self.next, by, today);
        }
    }
}

/// Its ways forward, until it is closed.
pub(crate) fn ways_of(
    case: &Denial,
    about: &About,
    (awaited, in_time, covers): (Option<&Awaited>, bool, Covered),
    (office, history): (&Office, &History),
) -> Option<WaysView> {
    let today = office.moment().today;
    let resent = awaited.map(|one| &one.resent);
    let (claim, payment) = (about.billed.as_ref(), about.payment.as_ref());
    let around = ways::Around { claim, payment, resent, in_time, covers };
    let found = || ways::of(case, around, (&office.rules, history), today);
    let bills = allows(office.who.role, Access::Correct);
    let next = bills.then(|| format!("/secondary/{}", case.claim));
    let next = (next, covers.known);
    let view = || WaysView::of(&found(), case, (&office.rules, today), next);
    (!case.status().is_closed()).then(view)
}

fn recommended(told: &Recommended) -> String {
    match (told.waits, told.way) {
        (Some(next), _) if next.kind == NextActionKind::AwaitPayer => {
            "Wait for the payer".to_owned()
        }
        (Some(next), _) if next.kind == NextActionKind::BookWriteOff => {
            words::label(next.kind.as_str())
        }
        (Some(_), _) => "Ask the payer".to_owned(),
        (None, Some(way)) => words::label(way.as_str()),
        (None, None) => "No way is recommended".to_owned(),
    }
}

fn why(told: &Recommended) -> String {
    let why = words::sentence(&told.why);
    match told.waits {
        Some(next) if next.kind == NextActionKind::AwaitPayer => {
            format!("{why} Where no answer is there by {}, ask.", words::day(next.on))
        }
        Some(next) if next.kind == NextActionKind::BookWriteOff => {
            format!("{why} Book it by {}.", words::day(next.on))
        }
        Some(_) => format!("{why} Its usual days are over."),
        None => why,
    }
}

fn name(one: &Forward) -> String {
    let level = one.level.map(|level| format!(", level {level}")).unwrap_or_default();
    format!("{}{level}", words::label(one.way.as_str()))
}

fn row(one: &Forward, is_recommended: bool, case: &Denial, rules: &Rules, today: Date) -> WayRow {
    let outstanding = case.balance.outstanding();
    let chance = one.odds.chance.map_or_else(|| "not stated".to_owned(), |one| one.to_string());
    let next = one.way.action();
    let days = i64::from(rules.desk.days_for(next));
    let sum = match one.net {
        Some(_) if one.way != Way::WriteOff => {
            format!("{outstanding} × {chance} − {} of work", one.cost)
        }
        Some(_) => format!("{outstanding} given up"),
        None => format!("a round of work costs {}", one.cost),
    };
    WayRow {
        name: name(one),
        is_recommended,
        is_appeal: matches!(one.way, Way::Appeal | Way::Reconsideration | Way::Reopening),
        sends_records: one.way == Way::Records,
        corrects: matches!(one.way, Way::CorrectedClaim | Way::VoidAndNew | Way::NewClaim),
        bills_next: one.way == Way::SecondaryPayer,
        is_beyond: matches!(one.way, Way::PeerToPeer | Way::ExternalReview),
        notes: one.notes.iter().map(|note| words::sentence(note)).collect(),
        days: one.clock.map_or_else(|| "no clock of its own".to_owned(), own),
        beside: beside(one),
        behind: words::sentence(&one.odds.behind()),
        chance,
        net: one.net.map_or_else(|| "not known".to_owned(), |net| net.to_string()),
        sum,
        minutes: one.minutes.map(|one| one.to_string()).unwrap_or_default(),
        next: next.as_str(),
        on: today.checked_add(days.days()).unwrap_or(today).to_string(),
    }
}

fn own(clock: WayClock) -> String {
    match (clock.by, clock.left) {
        (Some(by), Some(left)) if left >= 0 => {
            let days = words::counted(left.into(), "day", "days");
            format!("{days} left, until {}", words::day(by))
        }
        (Some(by), _) => format!("past since {}", words::day(by)),
        (None, _) => "not configured".to_owned(),
    }
}

fn beside(one: &Forward) -> String {
    let kind = |clock: &WayClock| {
        let left = words::counted(clock.left.unwrap_or_default().into(), "day", "days");
        format!("{} ({left})", DeadlineKind::in_words(clock.kind))
    };
    let clocks: Vec<String> = one.runs_on.iter().map(kind).collect();
    let mut parts = Vec::new();
    if !clocks.is_empty() {
        parts.push(format!("does not stop {}", clocks.join(", ")));
    }
    if !one.closes.is_empty() {
        parts.push(format!("closes {}", one.closes));
    }
    if parts.is_empty() { String::new() } else { words::sentence(&parts.join("; ")) }
}
