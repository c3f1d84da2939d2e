//! A table of a rule file, read key by key: what is missing, unknown or of another kind is a fault.

use std::cell::RefCell;
use std::ops::Range;

use jiff::civil::Date;
use smol_str::SmolStr;
use toml::de::{DeTable, DeValue};

use super::RuleFault;
use crate::actions::Mode;
use crate::category::{AdjustmentKind, Category, Origin};
use crate::claim::PlanType;
use crate::claim_status::Step as StatusStep;
use crate::denial::{Channel, NextActionKind, Status};
use crate::letter::LetterKind;
use crate::levels::ServiceStep;
use crate::money::Money;
use crate::payer::{Anchor, Counts, OnHoliday, Unit, Verification};
use crate::person::Role;
use crate::playbook::{Recoverable, Resend, Rights};

/// A place in a rule file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) file: SmolStr,
    pub(super) line: u32,
}

impl Place {
    pub(super) fn fault(&self, message: String, hint: &str) -> RuleFault {
        let (file, hint) = (self.file.to_string(), hint.to_owned());
        RuleFault { file, line: self.line, message, hint }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Placed<T> {
    pub(super) place: Place,
    pub(super) value: T,
}

/// One file while it is read, with what was found wrong in it.
pub(super) struct Page<'t> {
    file: &'t str,
    text: &'t str,
    /// The byte at which each line but the first begins.
    lines: Vec<usize>,
    faults: RefCell<Vec<RuleFault>>,
}

impl<'t> Page<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Page<'t> {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = breaks.map(|(at, _)| at + 1).collect();
        Page { file, text, lines, faults: RefCell::default() }
    }

    /// Reads the whole file as one table; faults of the syntax are kept with the others.
    pub(super) fn read<T>(self, read: impl FnOnce(&Entry<'_>) -> T) -> (T, Vec<RuleFault>) {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            self.fault(at, error.message().to_owned(), "see https://toml.io for the syntax");
        }
        let entry = Entry::new(&self, table.get_ref(), 0);
        let value = read(&entry);
        entry.finish();
        drop(entry);
        (value, self.faults.into_inner())
    }

    pub(super) fn into_faults(self) -> Vec<RuleFault> {
        self.faults.into_inner()
    }

    pub(super) fn place(&self, at: usize) -> Place {
        let line = self.lines.partition_point(|begin| *begin <= at) + 1;
        Place { file: self.file.into(), line: u32::try_from(line).unwrap_or(u32::MAX) }
    }

    pub(super) fn fault(&self, at: usize, message: String, hint: &str) {
        self.faults.borrow_mut().push(self.place(at).fault(message, hint));
    }
}

/// One table of a file.
pub(super) struct Entry<'p> {
    page: &'p Page<'p>,
    table: &'p DeTable<'p>,
    at: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'p> Entry<'p> {
    fn new(page: &'p Page<'p>, table: &'p DeTable<'p>, at: usize) -> Entry<'p> {
        Entry { page, table, at, asked: RefCell::default() }
    }

    pub(super) fn place(&self) -> Place {
        self.page.place(self.at)
    }

    pub(super) fn place_of(&self, key: &'static str) -> Place {
        self.get(key).map_or_else(|| self.place(), |(_, span)| self.page.place(span.start))
    }

    pub(super) fn fault(&self, message: String, hint: &str) {
        self.page.fault(self.at, message, hint);
    }

    pub(super) fn fault_at(&self, key: &'static str, message: String, hint: &str) {
        let at = self.get(key).map_or(self.at, |(_, span)| span.start);
        self.page.fault(at, message, hint);
    }

    /// Where a text stands within the value of a key; the value's own place where it is not found.
    pub(super) fn place_of_text(&self, key: &'static str, text: &str) -> Place {
        let Some((_, span)) = self.get(key) else { return self.place() };
        let within = self.page.text.get(span.clone()).and_then(|value| value.find(text));
        self.page.place(span.start + within.unwrap_or(0))
    }

    pub(super) fn fault_on(&self, place: Place, message: String, hint: &str) {
        self.page.faults.borrow_mut().push(place.fault(message, hint));
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    fn get(&self, key: &'static str) -> Option<(&'p DeValue<'p>, Range<usize>)> {
        self.asked.borrow_mut().push(key);
        self.table.get(key).map(|value| (value.get_ref(), value.span()))
    }

    /// The value of a key, read by `read`; a value that it cannot read is a fault.
    fn value<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'p DeValue<'p>) -> Option<T>,
    ) -> Option<T> {
        let (value, span) = self.get(key)?;
        let found = read(value);
        if found.is_none() {
            let came = describe(value);
            let message = format!("{key}: expected {expected}, came {came}");
            self.page.fault(span.start, message, &format!("write {key} as {expected}"));
        }
        found
    }

    /// Says that a key is missing where it is.
    pub(super) fn required<T>(&self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && self.table.get(key).is_none() {
            self.fault(format!("{key} is missing"), &format!("add {key} = …"));
        }
        value
    }

    pub(super) fn text(&self, key: &'static str) -> Option<&'p str> {
        let filled = |value: &'p DeValue<'p>| value.as_str().filter(|text| !text.is_empty());
        self.value(key, "a text", filled)
    }

    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        self.value(key, "true or false", DeValue::as_bool)
    }

    pub(super) fn number(&self, key: &'static str) -> Option<u16> {
        self.value(key, "a whole number from 0 to 65535", whole)
    }

    pub(super) fn date(&self, key: &'static str) -> Option<Date> {
        self.value(key, "a day such as 2026-01-31", day)
    }

    pub(super) fn money(&self, key: &'static str) -> Option<Money> {
        let read = |value: &'p DeValue<'p>| {
            Money::parse(value.as_str()?).ok().filter(|amount| *amount >= Money::ZERO)
        };
        self.value(key, "an amount as text, such as \"100.00\"", read)
    }

    pub(super) fn named<T: Named>(&self, key: &'static str) -> Option<T> {
        self.value(key, &one_of::<T>(), |value| T::read(value.as_str()?))
    }

    pub(super) fn list(&self, key: &'static str) -> Vec<&'p str> {
        let texts = |value: &'p DeValue<'p>| {
            value.as_array()?.iter().map(|one| one.get_ref().as_str()).collect::<Option<Vec<_>>>()
        };
        self.value(key, "a list of texts", texts).unwrap_or_default()
    }

    pub(super) fn named_list<T: Named>(&self, key: &'static str) -> Vec<T> {
        let read = |value: &'p DeValue<'p>| {
            value.as_array()?.iter().map(|one| T::read(one.get_ref().as_str()?)).collect()
        };
        let expected = format!("a list of {}", one_of::<T>());
        self.value(key, &expected, read).unwrap_or_default()
    }

    /// The tables of `[[key]]`, in their order.
    pub(super) fn entries(&self, key: &'static str) -> Vec<Entry<'p>> {
        let tables = |value: &'p DeValue<'p>| {
            let one = |one: &'p toml::Spanned<DeValue<'p>>| {
                Some(Entry::new(self.page, one.get_ref().as_table()?, one.span().start))
            };
            value.as_array()?.iter().map(one).collect::<Option<Vec<_>>>()
        };
        self.value(key, "tables, each begun by [[…]]", tables).unwrap_or_default()
    }

    /// The table of `[key]`.
    pub(super) fn table(&self, key: &'static str) -> Option<Entry<'p>> {
        let at = self.table.get(key).map_or(self.at, |value| value.span().start);
        self.value(key, "a table", |value| {
            value.as_table().map(|table| Entry::new(self.page, table, at))
        })
    }

    /// Every key with its value, for tables whose keys are not words of ours.
    pub(super) fn pairs<K: Clone, V>(
        &self,
        key_of: impl Fn(&str) -> Option<K>,
        value_of: impl Fn(&DeValue<'p>) -> Option<V>,
        expected: &str,
    ) -> Vec<(K, V)> {
        let mut pairs = Vec::new();
        for (key, value) in self.table {
            match (key_of(key.get_ref()), value_of(value.get_ref())) {
                (Some(key), Some(value)) => pairs.push((key, value)),
                _ => {
                    let message = format!("`{} = {}`", key.get_ref(), describe(value.get_ref()));
                    self.page.fault(key.span().start, message, &format!("expected {expected}"));
                }
            }
        }
        self.asked.borrow_mut().push("*");
        pairs
    }

    /// Refuses every key that nobody asked for.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        if asked.contains(&"*") {
            return;
        }
        let mut known: Vec<&str> = asked.clone();
        known.sort_unstable();
        known.dedup();
        for key in self.table.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let message = format!("`{}` is not a key of this table", key.get_ref());
            self.page.fault(key.span().start, message, &format!("known: {}", known.join(", ")));
        }
    }
}

pub(super) fn whole(value: &DeValue<'_>) -> Option<u16> {
    let number = value.as_integer()?;
    u16::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

fn day(value: &DeValue<'_>) -> Option<Date> {
    let date = value.as_datetime().filter(|datetime| datetime.time.is_none())?.date?;
    let (year, month, day) = (date.year, date.month, date.day);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn describe(value: &DeValue<'_>) -> String {
    match value.as_str() {
        Some(text) => format!("\"{text}\""),
        None => value
            .as_integer()
            .map_or_else(|| value.type_str().to_owned(), |number| number.as_str().to_owned()),
    }
}

/// A word of a closed list.
pub(super) trait Named: Sized {
    fn read(text: &str) -> Option<Self>;
    fn names() -> Vec<&'static str>;
}

fn one_of<T: Named>() -> String {
    format!("one of {}", T::names().join(", "))
}

macro_rules! words {
    ($($name:ident),+ $(,)?) => {$(
        impl Named for $name {
            fn read(text: &str) -> Option<$name> {
                $name::from_name(text)
            }

            fn names() -> Vec<&'static str> {
                $name::ALL.iter().map(|one| one.as_str()).collect()
            }
        }
    )+};
}

words! {
    AdjustmentKind, Anchor, Category, Channel, Counts, LetterKind, Mode, NextActionKind, OnHoliday,
    Origin, PlanType, Recoverable, Resend, Rights, Role, ServiceStep, Status, StatusStep, Unit,
    Verification,
}
