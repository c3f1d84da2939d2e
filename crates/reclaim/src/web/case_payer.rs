//! The payer of a case as the rules hold it: its clocks, its usual answer, who owns what there.

use denial::category::Category;
use denial::denial::{Channel, Denial};
use denial::payer::{ChannelRule, PayerRules, Resubmission, Verification, Window};
use denial::rules::Rules;

use crate::web::words;

/// A payer's program as its file says.
pub(crate) struct PayerView {
    pub(crate) name: String,
    pub(crate) file: String,
    /// The payer has no file; the floor of the law for its plan type holds.
    pub(crate) is_floor: bool,
    pub(crate) ids: String,
    pub(crate) plans: String,
    pub(crate) answer: Option<String>,
    pub(crate) windows: Vec<WindowView>,
    /// What it takes when a claim goes again: what, whether it does.
    pub(crate) resubmission: Vec<(String, &'static str)>,
    /// Where that is from; empty where nothing is configured.
    pub(crate) resubmission_source: String,
    /// How it takes letters: channel with its place, its limits, where that is from.
    pub(crate) channels: Vec<[String; 3]>,
    /// Reason, who owns it there.
    pub(crate) owners: Vec<(String, String)>,
    /// Codes that mean something of their own there.
    pub(crate) codes: String,
}

/// How long one way stays open.
pub(crate) struct WindowView {
    pub(crate) kind: String,
    pub(crate) length: String,
    pub(crate) counted: String,
    /// Which denials it is for, where not for all.
    pub(crate) only: String,
    pub(crate) source: String,
    /// It holds for this case.
    pub(crate) here: bool,
}

impl PayerView {
    /// What the rules hold of a case's payer; nothing where they hold none.
    pub(crate) fn of(case: &Denial, rules: &Rules) -> Option<PayerView> {
        let payer = rules.payer(&case.payer_name, case.plan)?;
        let own = rules.canonical(&case.payer_name).is_some_and(|one| one.name == payer.name);
        let plans: Vec<String> =
            payer.plan_types.iter().map(|plan| words::lower(plan.as_str())).collect();
        let again = rules.resubmission(&case.payer_name, case.plan).cloned().unwrap_or_default();
        let codes: Vec<&str> = payer.own_reasons().map(|code| code.as_str()).collect();
        Some(PayerView {
            name: payer.name.to_string(),
            file: payer.file.to_string(),
            is_floor: !own,
            ids: payer.ids.join(", "),
            plans: plans.join(", "),
            answer: payer.usual_answer_days.map(|days| words::counted(days.into(), "day", "days")),
            windows: payer.windows.iter().map(|one| window(one, case)).collect(),
            resubmission: resubmission(&again),
            resubmission_source: origin(&again),
            channels: Channel::ALL
                .iter()
                .filter_map(|by| rules.channel(&case.payer_name, case.plan, *by))
                .map(channel)
                .collect(),
            owners: owners(payer),
            codes: codes.join(", "),
        })
    }
}

fn window(window: &Window, case: &Denial) -> WindowView {
    let counts = words::lower(window.counts.as_str());
    let presumed = match window.presumed_days {
        0 => String::new(),
        days => format!(", presumed {} later", words::counted(days.into(), "day", "days")),
    };
    WindowView {
        kind: words::sentence_case(&window.kind.in_words()),
        length: window.in_words(),
        counted: format!(
            "from {}{presumed}; has to be {counts} by then",
            words::lower(window.from_event.as_str())
        ),
        only: only(window),
        source: sourced(&window.source, &window.as_of, window.verification),
        here: window.is_for(case.category) && window.holds_on(case.denied_on),
    }
}

/// A source, when it was read and how well.
fn sourced(source: &str, as_of: &str, verification: Verification) -> String {
    let checked = match verification {
        Verification::TwoSources => "two sources agree",
        Verification::OneSource => "one source read",
        Verification::Unverified => "no source read: confirm it",
        Verification::Clinic => "the clinic's own word",
    };
    let parts: Vec<&str> =
        [source, as_of, checked].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// What a payer takes again, in words; what nobody wrote down says so.
fn resubmission(said: &Resubmission) -> Vec<(String, &'static str)> {
    let word = |said: Option<bool>| match said {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "Not configured",
    };
    let note = said.note_code.as_ref().map(|code| format!(" as NTE*{code}")).unwrap_or_default();
    let rows = said.answers().map(|(what, yes)| {
        let more = if what.ends_with("(NTE)") { note.as_str() } else { "" };
        (format!("{}{more}", words::sentence_case(what)), word(yes))
    });
    rows.to_vec()
}

fn channel(one: &ChannelRule) -> [String; 3] {
    let by = words::label(one.by.as_str());
    let to = if one.to.is_empty() { by } else { format!("{by} to {}", one.to) };
    let limits = one.limits();
    let limits = if limits.is_empty() { "no limit configured".to_owned() } else { limits };
    [to, limits, sourced(&one.source, &one.as_of, one.verification)]
}

fn origin(said: &Resubmission) -> String {
    let sourced = said.verification.map(|checked| sourced(&said.source, &said.as_of, checked));
    sourced.unwrap_or_default()
}

fn only(window: &Window) -> String {
    let names = |all: &[Category]| {
        let names: Vec<String> = all.iter().map(|one| words::lower(one.as_str())).collect();
        names.join(", ")
    };
    let mut parts = Vec::new();
    if !window.categories.is_empty() {
        parts.push(format!("for {}", names(&window.categories)));
    }
    if !window.except.is_empty() {
        parts.push(format!("not for {}", names(&window.except)));
    }
    if let Some(from) = window.from {
        parts.push(format!("denials from {}", words::day(from)));
    }
    if let Some(to) = window.to {
        parts.push(format!("denials until {}", words::day(to)));
    }
    parts.join("; ")
}

fn owners(payer: &PayerRules) -> Vec<(String, String)> {
    let owner = |row: &denial::owner::OwnerRow| {
        (words::label(row.category.as_str()), words::lower(row.role.as_str()))
    };
    payer.owners.iter().map(owner).collect()
}
