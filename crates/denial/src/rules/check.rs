//! What holds between rule files: codes, owners, overlaps and gaps, names, windows.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use smol_str::SmolStr;

use super::entry::{Place, Placed};
use super::{Draft, FILES, RuleFault};
use crate::category::Category;
use crate::payer::{PayerRules, Window};

/// A payer's number, and the categories that a window is for and not for.
type Limit<'a> = (usize, &'a [Category], &'a [Category]);

/// A rule's days, both ends in them.
#[derive(Clone, Debug)]
pub(super) struct Dated {
    /// What the rule is about, for people; equal for rules that may not overlap.
    pub(super) what: String,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

impl Draft {
    pub(super) fn check(&mut self) {
        let mut faults = self.missing_files();
        faults.extend(self.unlisted_codes());
        faults.extend(overlaps_and_gaps(&self.spans));
        faults.extend(self.unowned());
        faults.extend(self.no_teams());
        faults.extend(self.claimed_twice());
        faults.extend(self.double_floors());
        faults.extend(self.doubled_windows());
        faults.extend(self.gaps_of_windows());
        self.faults.extend(faults);
    }

    fn missing_files(&self) -> Vec<RuleFault> {
        let missing = FILES.iter().filter(|file| !self.seen.iter().any(|seen| seen == **file));
        let fault = |file: &&str| {
            let place = Place { file: (*file).into(), line: 1 };
            place.fault("the file is missing".to_owned(), "rules are whole only with it")
        };
        missing.map(fault).collect()
    }

    /// Codes in rules that no code list holds: a typing error, or a list that is too old.
    fn unlisted_codes(&self) -> Vec<RuleFault> {
        let wording = &self.rules.wording;
        let carcs = self.carcs.iter().filter(|one| wording.carc(&one.value).is_none());
        let carcs = carcs.map(|one| {
            let message = format!("reason code {} is in no list", one.value);
            one.place.fault(message, "correct it, or add it to codes/carc.csv")
        });
        let rarcs = self.rarcs.iter().filter(|one| wording.rarc(&one.value).is_none());
        let rarcs = rarcs.map(|one| {
            let message = format!("remark code {} is in no list", one.value);
            one.place.fault(message, "correct it, or add it to codes/rarc.csv")
        });
        let groups = self.groups.iter().filter(|one| wording.group(&one.value).is_none());
        let groups = groups.map(|one| {
            let message = format!("group {} is in no list", one.value);
            one.place.fault(message, "correct it, or add it to codes/groups.csv")
        });
        carcs.chain(rarcs).chain(groups).collect()
    }

    fn unowned(&self) -> Vec<RuleFault> {
        let rows = &self.rules.owners.rows;
        let whole =
            |category: Category| rows.iter().any(|row| row.scope() == (category, None, None, None));
        let place = Place { file: "owners.toml".into(), line: 1 };
        let unowned = Category::ALL.iter().filter(|category| !whole(**category));
        let missing = unowned.map(|category| {
            let message = format!("category {} has no owner", category.as_str());
            place.fault(message, "add an [[owner]] for it that names no origin, provider or amount")
        });
        let twice = rows.iter().enumerate().filter(|(at, row)| {
            let before = rows.get(..*at).unwrap_or_default();
            before.iter().any(|one| one.scope() == row.scope())
        });
        let twice = twice.map(|(_, row)| {
            let message = format!("category {} has two owners", row.category.as_str());
            place.fault(message, "keep one row for each category, origin, provider and amount")
        });
        missing.chain(twice).collect()
    }

    /// Teams that rows or absences name and that nobody has described.
    fn no_teams(&self) -> Vec<RuleFault> {
        let owners = &self.rules.owners;
        let strange = self.teams.iter().filter(|one| owners.team(&one.value).is_none());
        let fault = |one: &Placed<SmolStr>| {
            let message = format!("no team is called {:?}", one.value.as_str());
            one.place.fault(message, "add a [[team]] of that name to owners.toml")
        };
        strange.map(fault).collect()
    }

    /// A name, alias or id that two payers claim, or two programs of one payer for one plan type.
    fn claimed_twice(&self) -> Vec<RuleFault> {
        let mut faults = Vec::new();
        for (at, payer) in self.rules.payers.iter().enumerate() {
            for other in self.rules.payers.get(..at).unwrap_or_default() {
                let claim = if payer.name == other.name {
                    shared_plan(payer, other)
                } else {
                    shared_name(payer, other)
                };
                let place = self.payers.get(at).cloned().zip(claim);
                faults.extend(place.map(|(place, claim)| {
                    let message = format!("{claim}, which {} claims too", other.file);
                    place.fault(message, "leave it to one of the two")
                }));
            }
        }
        faults
    }

    fn double_floors(&self) -> Vec<RuleFault> {
        let mut floors = BTreeMap::new();
        let mut faults = Vec::new();
        for (payer, place) in self.rules.payers.iter().zip(&self.payers) {
            for plan in &payer.default_for {
                if let Some(first) = floors.insert(*plan, &payer.file) {
                    let message = format!("default_for {}, as {first} is", plan.as_str());
                    faults.push(place.fault(message, "one file is the floor of a plan type"));
                }
            }
        }
        faults
    }

    /// Two windows that say different things of one kind, anchor, category and day.
    fn doubled_windows(&self) -> Vec<RuleFault> {
        let mut faults = Vec::new();
        for (at, placed) in self.windows.iter().enumerate() {
            let Some(window) = self.window(placed) else { continue };
            for before in self.windows.get(..at).unwrap_or_default() {
                let same_payer = before.value.0 == placed.value.0;
                if same_payer && self.window(before).is_some_and(|other| clash(window, other)) {
                    let line = before.place.line;
                    let message = format!("a window with two values: line {line} is the other");
                    faults.push(placed.place.fault(message, "keep one, or part their days"));
                }
            }
        }
        faults
    }

    /// Days between two values of one window on which it has none.
    fn gaps_of_windows(&self) -> Vec<RuleFault> {
        let mut windows: Vec<(Limit<'_>, Placed<Dated>)> =
            self.windows.iter().filter_map(|placed| self.dated(placed)).collect();
        windows.sort_by(|(one, first), (other, next)| {
            (one, &first.value.what, first.value.from).cmp(&(
                other,
                &next.value.what,
                next.value.from,
            ))
        });
        let gaps = windows.windows(2).filter_map(|pair| {
            let [(one, first), (other, next)] = pair else { return None };
            let same = one == other && first.value.what == next.value.what;
            same.then(|| gap(first, next))?
        });
        gaps.collect()
    }

    fn dated(&self, placed: &Placed<(usize, usize)>) -> Option<(Limit<'_>, Placed<Dated>)> {
        let window = self.window(placed)?;
        let what = format!("{} from {}", window.kind.in_words(), window.from_event.as_str());
        let value = Dated { what, from: window.from, to: window.to };
        let limit = (placed.value.0, window.categories.as_slice(), window.except.as_slice());
        Some((limit, Placed { place: placed.place.clone(), value }))
    }

    fn window(&self, placed: &Placed<(usize, usize)>) -> Option<&Window> {
        let (payer, window) = placed.value;
        self.rules.payers.get(payer)?.windows.get(window)
    }
}

fn shared_plan(payer: &PayerRules, other: &PayerRules) -> Option<String> {
    let both = payer.plan_types.iter().find(|plan| other.covers(**plan));
    let both = both.map(|plan| format!("{} of {}", plan.as_str(), payer.name));
    let neither = payer.plan_types.is_empty() && other.plan_types.is_empty();
    both.or_else(|| neither.then(|| format!("every plan of {}", payer.name)))
}

fn shared_name(payer: &PayerRules, other: &PayerRules) -> Option<String> {
    let id = payer.ids.iter().find(|id| other.ids.iter().any(|one| one.eq_ignore_ascii_case(id)));
    let called = |one: &&str| other.is_called(one);
    let name = || payer.spellings().find(called);
    id.map(|id| format!("id {id}")).or_else(|| name().map(|name| format!("name {name}")))
}

fn clash(one: &Window, other: &Window) -> bool {
    let both = |category: &Category| one.is_for(*category) && other.is_for(*category);
    (one.kind, one.from_event) == (other.kind, other.from_event)
        && Category::ALL.iter().any(both)
        && overlap((one.from, one.to), (other.from, other.to))
}

type Days = (Option<Date>, Option<Date>);

fn overlap((from, to): Days, (other_from, other_to): Days) -> bool {
    let begins = |from: Option<Date>| from.unwrap_or(Date::MIN);
    let ends = |to: Option<Date>| to.unwrap_or(Date::MAX);
    begins(from) <= ends(other_to) && begins(other_from) <= ends(to)
}

/// Rules about one thing: none may overlap, and between two of them there is no day without one.
fn overlaps_and_gaps(spans: &[Placed<Dated>]) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    let mut sorted: Vec<&Placed<Dated>> = spans.iter().collect();
    sorted.sort_by_key(|one| (&one.value.what, one.value.from, &one.place));
    for one in spans.iter().filter(|one| is_backward(&one.value)) {
        let message = format!("{}: `to` is before `from`", one.value.what);
        faults.push(one.place.fault(message, "exchange the days"));
    }
    for pair in sorted.windows(2) {
        let [first, next] = pair else { continue };
        if first.value.what == next.value.what {
            faults.extend(between(first, next));
        }
    }
    faults
}

fn is_backward(dated: &Dated) -> bool {
    dated.from.zip(dated.to).is_some_and(|(from, to)| to < from)
}

fn between(first: &Placed<Dated>, next: &Placed<Dated>) -> Option<RuleFault> {
    if !overlap((first.value.from, first.value.to), (next.value.from, next.value.to)) {
        return gap(first, next);
    }
    let (what, line) = (&first.value.what, first.place.line);
    let message = format!("{what} has two rules for one day: line {line} is the other");
    Some(next.place.fault(message, "part them by `from` and `to`"))
}

fn gap(first: &Placed<Dated>, next: &Placed<Dated>) -> Option<RuleFault> {
    let (end, begin) = first.value.to.zip(next.value.from)?;
    let follows = end.checked_add(1.day()).is_ok_and(|day| day >= begin);
    (!follows).then(|| {
        let message = format!("{} has no rule between {end} and {begin}", first.value.what);
        next.place.fault(message, "let the later rule begin the day after the earlier one ends")
    })
}
