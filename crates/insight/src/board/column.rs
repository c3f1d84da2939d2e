//! A column of texts: each stands once in the dictionary.

use std::collections::HashMap;

use denial::team;
use smol_str::SmolStr;

/// The texts of all places, as numbers.
#[derive(Debug, Default)]
pub(crate) struct Column {
    numbers: Vec<u32>,
    names: Vec<SmolStr>,
    by_name: HashMap<SmolStr, u32>,
}

impl Column {
    /// Writes the text of a place: one that is there, or the next.
    pub(crate) fn put(&mut self, place: u32, text: &str) {
        let number = self.number_for(text);
        match self.numbers.get_mut(place as usize) {
            Some(before) => *before = number,
            None => self.numbers.push(number),
        }
    }

    fn number_for(&mut self, text: &str) -> u32 {
        if let Some(number) = self.by_name.get(text) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).expect("fewer texts than places");
        self.names.push(SmolStr::new(text));
        self.by_name.insert(SmolStr::new(text), number);
        number
    }

    /// The number of a text, where any place ever had it.
    pub(crate) fn number_of(&self, text: &str) -> Option<u32> {
        self.by_name.get(text).copied()
    }

    /// Which numbers a choice of texts means; [`team::ANY`] means the key of every team.
    pub(crate) fn having<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<bool> {
        let mut is_meant = vec![false; self.width()];
        for text in texts {
            if text == team::ANY {
                let teams = self.names.iter().map(|name| team::of_key(name).is_some());
                is_meant.iter_mut().zip(teams).for_each(|(is, team)| *is |= team);
            } else if let Some(number) = self.number_of(text) {
                is_meant[number as usize] = true;
            }
        }
        is_meant
    }

    /// The number at each place.
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The text with a number.
    pub(crate) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", SmolStr::as_str)
    }

    /// How many texts there are.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }
}
