//! The corrective steps of a case as a list: what the playbook says of each, what was done about
//! it, by whom, when and what shows it; a form for each to whoever may tick it.

use denial::checklist::{Mark, Step, Ticked};
use denial::denial::Denial;
use denial::lifecycle::Act;
use denial::person::Moment;
use denial::rules::Rules;
use store::instant;

use crate::fields::Fields;
use crate::web::timeline::{self, People};
use crate::web::words;

/// The list.
pub(crate) struct Checklist {
    pub(crate) steps: Vec<StepView>,
    /// Steps that are done or not needed.
    pub(crate) settled: usize,
    /// The visitor may tick.
    pub(crate) ticks: bool,
    /// Documents that can show something: id and what it is.
    pub(crate) documents: Vec<(String, String)>,
}

/// One step.
pub(crate) struct StepView {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    /// What the playbook says to do; empty where the step is no part of this category.
    pub(crate) what: String,
    /// `done`, `not_needed` or `open`.
    pub(crate) mark: &'static str,
    pub(crate) state: &'static str,
    /// Who, when, what was found.
    pub(crate) said: Option<String>,
    /// The document that shows it.
    pub(crate) document: Option<String>,
    /// What its form is filled with: the mark, the document, the note.
    pub(crate) form: [String; 3],
    /// It was typed and refused.
    pub(crate) is_open: bool,
}

/// What lists are filled from.
pub(crate) struct Around<'a> {
    pub(crate) people: &'a People,
    pub(crate) zone: &'a str,
    pub(crate) moment: &'a Moment,
    /// The act that was tried and what was typed for it.
    pub(crate) typed: Option<(&'a str, &'a Fields)>,
}

impl Checklist {
    /// The steps of a case's category, and those that were ticked before it became that one.
    pub(crate) fn of(case: &Denial, rules: &Rules, around: &Around<'_>) -> Checklist {
        let payer = rules.payer(&case.payer_name, case.plan);
        let configured = rules.steps(payer, case.category);
        let ticked = |step: Step| case.steps.iter().find(|one| one.tick.step == step);
        let there = |step: &Step| configured.contains_key(step) || ticked(*step).is_some();
        let view = |step: Step| {
            let what = configured.get(&step).map(ToString::to_string).unwrap_or_default();
            around.step(case, step, what, ticked(step))
        };
        let steps = Step::ALL.iter().copied().filter(there).map(view);
        Checklist {
            steps: steps.collect(),
            settled: case.steps.len(),
            ticks: case.admit(Act::Tick, around.moment, rules).is_ok(),
            documents: case
                .documents
                .iter()
                .map(|one| (one.document.to_string(), words::label(&one.what)))
                .collect(),
        }
    }
}

impl Around<'_> {
    fn step(&self, case: &Denial, step: Step, what: String, ticked: Option<&Ticked>) -> StepView {
        let mark = ticked.map_or(Mark::Open, |one| one.tick.mark);
        let typed = self.typed.filter(|(act, fields)| {
            *act == Act::Tick.as_str()
                && fields.get("step").is_some_and(|name| name == step.as_str())
        });
        let document = ticked.and_then(|one| one.tick.document.as_ref());
        StepView {
            name: step.as_str(),
            label: words::label(step.as_str()),
            what,
            mark: mark.as_str(),
            state: state(mark),
            said: ticked.map(|one| self.said(one)),
            document: document.map(|id| format!("/cases/{}/documents/{id}", case.id)),
            is_open: typed.is_some(),
            form: match typed {
                Some((_, fields)) => ["mark", "document", "note"]
                    .map(|name| fields.get(name).cloned().unwrap_or_default()),
                None => [mark.as_str().to_owned(), String::new(), String::new()],
            },
        }
    }

    fn said(&self, ticked: &Ticked) -> String {
        let who = timeline::name(self.people, ticked.by.as_str());
        let at = words::instant(&instant(ticked.at), self.zone);
        match ticked.tick.note.trim() {
            "" => format!("{who}, {at}"),
            note => format!("{who}, {at}: {note}"),
        }
    }
}

const fn state(mark: Mark) -> &'static str {
    match mark {
        Mark::Done => "✓ done",
        Mark::NotNeeded => "– not needed",
        Mark::Open => "open",
    }
}
