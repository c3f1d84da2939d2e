//! The fields of a case's forms, each filled with what was typed.

use denial::denial::{Channel, Denial, DeniedLine};
use denial::lifecycle::Act;
use denial::person::{self, Role};

use crate::web::case_forms::Desk;
use crate::web::words;

/// One field of a form.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
    pub(crate) value: String,
    pub(crate) needed: bool,
}

/// Letters of the longest choice that has room in half a row.
const SHORT: usize = 14;

impl Field {
    /// It needs the whole row.
    pub(crate) fn is_wide(&self) -> bool {
        match &self.kind {
            Kind::Words => true,
            Kind::Choice(all) => all.iter().any(|one| one.label.chars().count() > SHORT),
            Kind::Text | Kind::Offered(_) | Kind::Day | Kind::Money | Kind::Number | Kind::File => {
                false
            }
        }
    }
}

/// How a field is filled in.
pub(crate) enum Kind {
    Text,
    Words,
    Day,
    Money,
    Number,
    File,
    Choice(Vec<Choice>),
    /// Text with what was usual on offer.
    Offered(Vec<String>),
}

/// One thing to choose.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

impl Desk<'_> {
    pub(super) fn channel(&self, act: Act) -> Field {
        let mut field = self.choice(act, "channel", "How", named(Channel::ALL, |one| one.as_str()));
        field.choose_if_none("edi");
        field
    }

    /// What was typed for a field of an act that was tried.
    fn typed(&self, act: Act, name: &str) -> String {
        let typed = self.typed.filter(|(tried, _)| *tried == act.as_str());
        typed.and_then(|(_, fields)| fields.get(name).cloned()).unwrap_or_default()
    }

    pub(super) fn text(
        &self,
        act: Act,
        name: &'static str,
        label: &'static str,
        needed: bool,
    ) -> Field {
        Field { name, label, kind: Kind::Text, value: self.typed(act, name), needed }
    }

    pub(super) fn words(
        &self,
        act: Act,
        name: &'static str,
        label: &'static str,
        needed: bool,
    ) -> Field {
        Field { kind: Kind::Words, ..self.text(act, name, label, needed) }
    }

    pub(super) fn day(
        &self,
        act: Act,
        name: &'static str,
        label: &'static str,
        needed: bool,
    ) -> Field {
        Field { kind: Kind::Day, ..self.text(act, name, label, needed) }
    }

    pub(super) fn money(
        &self,
        act: Act,
        name: &'static str,
        label: &'static str,
        needed: bool,
    ) -> Field {
        Field { kind: Kind::Money, ..self.text(act, name, label, needed) }
    }

    pub(super) fn choice(
        &self,
        act: Act,
        name: &'static str,
        label: &'static str,
        options: Vec<(String, String)>,
    ) -> Field {
        let field = self.text(act, name, label, false);
        let option = |(value, label): (String, String)| Choice {
            is_chosen: value == field.value,
            value,
            label,
        };
        Field { kind: Kind::Choice(options.into_iter().map(option).collect()), ..field }
    }

    pub(super) fn chosen(
        &self,
        act: Act,
        name: &'static str,
        label: &'static str,
        options: &[(&str, &str)],
        first: &str,
    ) -> Field {
        let options =
            options.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned()));
        let mut field = self.choice(act, name, label, options.collect());
        field.choose_if_none(first);
        field
    }
}

impl Field {
    /// Chooses a value where nobody has chosen.
    pub(super) fn choose_if_none(&mut self, value: &str) {
        if let Kind::Choice(options) = &mut self.kind
            && !options.iter().any(|one| one.is_chosen)
        {
            options.iter_mut().for_each(|one| one.is_chosen = one.value == value);
        }
    }

    /// Chooses a value in place of what is chosen, where it is among them.
    pub(super) fn choose(&mut self, value: &str) {
        if let Kind::Choice(options) = &mut self.kind
            && options.iter().any(|one| one.value == value)
        {
            options.iter_mut().for_each(|one| one.is_chosen = one.value == value);
        }
    }
}

/// Every value of a list with its label.
pub(super) fn named<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<(String, String)> {
    all.iter().map(|one| (name(*one).to_owned(), words::label(name(*one)))).collect()
}

/// Roles that questions can be put to.
pub(super) fn answering() -> Vec<Role> {
    let answers = |role: &Role| person::may(*role, Act::Answer);
    Role::ALL.iter().copied().filter(answers).collect()
}

/// Roles that see cases and change them: the others could do nothing with one that comes to them.
pub(super) fn working() -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| person::may(*role, Act::Note)).collect()
}

/// The lines of a case, and all of it.
pub(super) fn lines(case: &Denial) -> Vec<(String, String)> {
    let line = |line: &DeniedLine| {
        let number = line.line?.to_string();
        Some((number.clone(), format!("{number} · {}", line.procedure)))
    };
    let whole = std::iter::once((String::new(), "Whole case".to_owned()));
    whole.chain(case.lines.iter().filter_map(line)).collect()
}
