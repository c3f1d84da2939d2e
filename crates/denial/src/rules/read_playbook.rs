//! `playbook.toml` and `remarks.toml`: reasons, categories, remarks, translation.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use toml::de::DeValue;

use super::check::Dated;
use super::entry::{Entry, Named, Page, Placed};
use super::read_checklist::checklists;
use super::{Draft, RuleFault};
use crate::category::{AdjustmentKind, Category};
use crate::codes::{Carc, Group, Rarc};
use crate::denial::NextActionKind;
use crate::money::Chance;
use crate::playbook::{Prior, Reason, Recoverable, RemarkRule, Ruling, Translation, Unless};

type Priors = BTreeMap<Category, Prior>;

/// The reasons of one file, and where they and the codes in them stand.
#[derive(Default)]
pub(super) struct Reasons {
    pub(super) rules: BTreeMap<Carc, Vec<Reason>>,
    pub(super) spans: Vec<Placed<Dated>>,
    pub(super) carcs: Vec<Placed<Carc>>,
    pub(super) rarcs: Vec<Placed<Rarc>>,
    pub(super) groups: Vec<Placed<Group>>,
}

impl Draft {
    pub(super) fn read_playbook(&mut self, file: &str, text: &str) {
        let ((translation, priors, reasons, checklists), faults) =
            Page::new(file, text).read(|page| {
                let priors = priors(page);
                let reasons = reasons(page, &priors);
                (translation(page), priors, reasons, checklists(page))
            });
        self.rules.playbook.checklists = checklists;
        self.rules.playbook.translation = translation;
        self.rules.playbook.priors = priors;
        self.rules.playbook.reasons = self.keep(reasons, faults);
    }

    /// Keeps the places and faults of a file's reasons.
    pub(super) fn keep(
        &mut self,
        reasons: Reasons,
        faults: Vec<RuleFault>,
    ) -> BTreeMap<Carc, Vec<Reason>> {
        self.faults.extend(faults);
        self.spans.extend(reasons.spans);
        self.carcs.extend(reasons.carcs);
        self.rarcs.extend(reasons.rarcs);
        self.groups.extend(reasons.groups);
        reasons.rules
    }

    pub(super) fn read_remarks(&mut self, file: &str, text: &str) {
        let mut read = Reasons::default();
        let mut rules: BTreeMap<Rarc, Vec<RemarkRule>> = BTreeMap::new();
        let ((), faults) = Page::new(file, text).read(|page| {
            for entry in page.entries("remark") {
                if let Some((rarc, rule)) = remark(&entry, &mut read) {
                    rules.entry(rarc).or_default().push(rule);
                }
                entry.finish();
            }
        });
        rules.values_mut().for_each(|rules| rules.sort_by_key(|rule| rule.from));
        self.rules.playbook.remarks = rules;
        self.keep(read, faults);
    }
}

fn translation(page: &Entry<'_>) -> Translation {
    let Some(table) = page.required("translation", page.table("translation")) else {
        return Translation::default();
    };
    let found = Translation {
        kinds: words(&table, "kinds"),
        categories: words(&table, "categories"),
        category_kinds: words(&table, "category_kinds"),
    };
    table.finish();
    found
}

fn words<T: Named>(table: &Entry<'_>, key: &'static str) -> BTreeMap<SmolStr, T> {
    let Some(words) = table.required(key, table.table(key)) else { return BTreeMap::new() };
    let ours = |value: &DeValue<'_>| T::read(value.as_str()?);
    let expected = format!("a word of ours: {}", T::names().join(", "));
    words.pairs(|theirs| Some(SmolStr::new(theirs)), ours, &expected).into_iter().collect()
}

fn priors(page: &Entry<'_>) -> Priors {
    let mut priors = Priors::new();
    for entry in page.entries("category") {
        let name = entry.required("name", entry.named::<Category>("name"));
        let chances = entry.required("chance_percent", entry.table("chance_percent"));
        let documents = entry.list("documents").into_iter().map(SmolStr::new).collect();
        entry.finish();
        let Some((name, chances)) = name.zip(chances) else { continue };
        let chance = |key| percent(&chances, key);
        let (high, medium, low) = (chance("high"), chance("medium"), chance("low"));
        chances.finish();
        if high < medium || medium < low {
            let message = format!("{}: the chances do not fall from high to low", name.as_str());
            chances.fault(message, "high is usually won, low seldom");
        }
        let twice = priors.insert(name, Prior { high, medium, low, documents }).is_some();
        if twice {
            entry.fault(format!("category {} stands twice", name.as_str()), "keep one of them");
        }
    }
    let missing = Category::ALL.iter().filter(|one| !priors.contains_key(one));
    let missing: Vec<&str> = missing.map(|one| one.as_str()).collect();
    if !missing.is_empty() {
        let message = format!("no [[category]] for {}", missing.join(", "));
        page.fault_at("category", message, "add one with its chances and documents");
    }
    priors
}

fn percent(chances: &Entry<'_>, key: &'static str) -> Chance {
    let found = chances.required(key, chances.number(key)).unwrap_or_default();
    if found > 100 {
        chances.fault_at(key, format!("{key}: {found} percent"), "a chance is at most 100 percent");
    }
    Chance::from_basis_points(found.saturating_mul(100))
}

/// Every `[[reason]]` of a page; the playbook and payers' files hold them.
pub(super) fn reasons(page: &Entry<'_>, priors: &Priors) -> Reasons {
    let mut read = Reasons::default();
    for entry in page.entries("reason") {
        if let Some((carc, rule)) = reason(&entry, priors, &mut read) {
            read.rules.entry(carc).or_default().push(rule);
        }
        entry.finish();
    }
    read.rules.values_mut().for_each(|rules| rules.sort_by_key(|rule| rule.from));
    read
}

fn reason(entry: &Entry<'_>, priors: &Priors, read: &mut Reasons) -> Option<(Carc, Reason)> {
    let carc = entry.required("carc", entry.text("carc")).map(Carc::new);
    let kind = entry.required("kind", entry.named("kind"));
    let (from, to) = (entry.date("from"), entry.date("to"));
    let vague = entry.flag("vague").unwrap_or(false);
    let ruling = kind.and_then(|kind| match kind {
        AdjustmentKind::Denial => denial(entry, priors),
        AdjustmentKind::Contractual
        | AdjustmentKind::PatientShare
        | AdjustmentKind::PaymentAdjustment
        | AdjustmentKind::Informational
        | AdjustmentKind::Capitation => Some(Ruling { kind, ..Ruling::unmapped() }),
        AdjustmentKind::Unmapped => {
            entry.fault_at("kind", "kind: unmapped".to_owned(), "leave the reason out instead");
            None
        }
    });
    let carc = carc?;
    read.carcs.push(Placed { place: entry.place_of("carc"), value: carc.clone() });
    let span = Dated { what: format!("reason {carc}"), from, to };
    read.spans.push(Placed { place: entry.place(), value: span });
    let unless = entry.entries("unless");
    let ruling = ruling?;
    let unless = unless.iter().flat_map(|entry| differing(entry, &ruling, priors, read)).collect();
    Some((carc, Reason { from, to, ruling, unless, vague }))
}

/// What a reason of kind denial has to say.
fn denial(entry: &Entry<'_>, priors: &Priors) -> Option<Ruling> {
    let category = entry.required("category", entry.named::<Category>("category"));
    let recoverable = entry.required("recoverable", entry.named("recoverable"));
    let correctable = entry.required("correctable", entry.flag("correctable"));
    let next = entry.required("next", entry.named("next"));
    let suggestion = entry.named("suggestion");
    let origin = entry.named("origin");
    let documents = documents(entry);
    let (category, recoverable) = (category?, recoverable?);
    if category == Category::Unmapped && suggestion.is_none() {
        let hint = "add suggestion = the category that it most likely is";
        entry.fault("an unmapped reason without a suggestion".to_owned(), hint);
    }
    let prior = priors.get(&category);
    Some(Ruling {
        kind: AdjustmentKind::Denial,
        category,
        origin: origin.unwrap_or(category.origin()),
        correctable: correctable?,
        next: next?,
        documents: documents
            .unwrap_or_else(|| prior.map(|prior| prior.documents.clone()).unwrap_or_default()),
        chance: prior.map(|prior| prior.chance(recoverable)).unwrap_or_default(),
        suggestion,
        preventable: entry.flag("preventable"),
    })
}

fn documents(entry: &Entry<'_>) -> Option<Vec<SmolStr>> {
    let list = || entry.list("documents").into_iter().map(SmolStr::new).collect();
    entry.has("documents").then(list)
}

/// One `[[reason.unless]]`, once for each of its groups.
fn differing(
    entry: &Entry<'_>,
    general: &Ruling,
    priors: &Priors,
    read: &mut Reasons,
) -> Vec<Unless> {
    let groups = groups(entry, read);
    let rarc = entry.text("rarc").map(Rarc::new);
    if groups.is_empty() && rarc.is_none() {
        entry.fault("an exception without a condition".to_owned(), "add groups = […] or rarc = …");
    }
    if let Some(rarc) = &rarc {
        read.rarcs.push(Placed { place: entry.place_of("rarc"), value: rarc.clone() });
    }
    let ruling = narrower(entry, general, priors);
    entry.finish();
    if groups.is_empty() {
        return vec![Unless { group: None, rarc, ruling }];
    }
    let one = |group| Unless { group: Some(group), rarc: rarc.clone(), ruling: ruling.clone() };
    groups.into_iter().map(one).collect()
}

fn groups(entry: &Entry<'_>, read: &mut Reasons) -> Vec<Group> {
    let groups: Vec<Group> = entry.list("groups").into_iter().map(Group::new).collect();
    let placed = |group: &Group| Placed { place: entry.place_of("groups"), value: group.clone() };
    read.groups.extend(groups.iter().map(placed));
    groups
}

/// The general ruling with what an exception says otherwise.
fn narrower(entry: &Entry<'_>, general: &Ruling, priors: &Priors) -> Ruling {
    let kind = entry.named("kind").unwrap_or(general.kind);
    let (category, origin) = (entry.named("category"), entry.named("origin"));
    let (next, correctable) = (entry.named("next"), entry.flag("correctable"));
    let (recoverable, own) = (entry.named::<Recoverable>("recoverable"), documents(entry));
    let preventable = entry.flag("preventable");
    if kind != AdjustmentKind::Denial {
        return Ruling { kind, ..Ruling::unmapped() };
    }
    let moved = category.filter(|category| *category != general.category);
    let category = category.unwrap_or(general.category);
    let prior = priors.get(&category).cloned().unwrap_or_default();
    let general_chance = moved.map_or(general.chance, |_| prior.medium);
    let general_documents = if moved.is_some() { &prior.documents } else { &general.documents };
    let general_origin = moved.map_or(general.origin, Category::origin);
    Ruling {
        kind,
        category,
        origin: origin.unwrap_or(general_origin),
        correctable: correctable
            .unwrap_or(next.map_or(general.correctable, |next| next == NextActionKind::Correct)),
        next: next.unwrap_or(general.next),
        documents: own.unwrap_or_else(|| general_documents.clone()),
        chance: recoverable.map_or(general_chance, |recoverable| prior.chance(recoverable)),
        suggestion: if moved.is_some() { None } else { general.suggestion },
        preventable: preventable.or(general.preventable.filter(|_| moved.is_none())),
    }
}

fn remark(entry: &Entry<'_>, read: &mut Reasons) -> Option<(Rarc, RemarkRule)> {
    let rarc = entry.required("rarc", entry.text("rarc")).map(Rarc::new);
    let with: Vec<Carc> = entry.list("with").into_iter().map(Carc::new).collect();
    let rule = RemarkRule {
        from: entry.date("from"),
        to: entry.date("to"),
        category: entry.named("category"),
        next: entry.named("next"),
        recoverable: entry.named("recoverable"),
        documents: entry.list("documents").into_iter().map(SmolStr::new).collect(),
        rights: entry.named("rights"),
        resend: entry.named("resend"),
        groups: groups(entry, read),
        with,
        alert: entry.flag("alert").unwrap_or(false),
    };
    let rarc = rarc?;
    read.rarcs.push(Placed { place: entry.place_of("rarc"), value: rarc.clone() });
    for carc in &rule.with {
        read.carcs.push(Placed { place: entry.place_of("with"), value: carc.clone() });
    }
    let span = Dated { what: format!("remark {rarc}"), from: rule.from, to: rule.to };
    read.spans.push(Placed { place: entry.place(), value: span });
    Some((rarc, rule))
}
