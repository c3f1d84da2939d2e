//! What cases of one job have in common (features 4.05): the payer and the leading code, and as
//! much more as somebody wants.

use std::collections::HashMap;

use super::Board;
use super::column::Column;
use super::facet::{Facet, Source};
use super::places::Places;

/// What the cases of a job have in common beside payer and leading code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alike {
    /// The leading remark.
    pub remark: bool,
    /// The procedure of the line that most money was denied on.
    pub procedure: bool,
    /// Its modifiers.
    pub modifiers: bool,
    /// Who rendered or billed it.
    pub provider: bool,
}

impl Alike {
    /// Everything.
    pub const IDENTICAL: Alike =
        Alike { remark: true, procedure: true, modifiers: true, provider: true };
}

/// What tells one job from another.
pub(crate) type Key = [u32; 6];

/// The keys of the cases of a board.
pub(crate) struct Keys<'a> {
    columns: [Option<&'a [u32]>; 4],
    services: &'a [u32],
    /// The procedure and the modifiers of each service, as numbers.
    parts: Vec<(u32, u32)>,
    /// The code of a case that has none.
    codeless: Option<u32>,
}

impl<'a> Keys<'a> {
    pub(crate) fn of(board: &'a Board, alike: Alike) -> Keys<'a> {
        let column = |facet| board.text(facet).numbers();
        let remark = alike.remark.then(|| column(Facet::Remark));
        let provider = alike.provider.then(|| column(Facet::Provider));
        let columns = [Some(column(Facet::Payer)), Some(column(Facet::Code)), remark, provider];
        Keys {
            columns,
            services: column(Facet::Service),
            parts: parts(board.text(Facet::Service), alike),
            codeless: board.text(Facet::Code).number_of(""),
        }
    }

    /// The key of a case. One without a code is a job of its own.
    pub(crate) fn at(&self, at: usize) -> Key {
        let [payer, code, remark, provider] =
            self.columns.map(|column| column.map_or(0, |column| column[at]));
        if Some(code) == self.codeless {
            return [u32::MAX, u32::try_from(at).unwrap_or(u32::MAX), 0, 0, 0, 0];
        }
        let (procedure, modifiers) = self.parts[self.services[at] as usize];
        [payer, code, remark, provider, procedure, modifiers]
    }
}

/// For each service the number of its procedure and that of its modifiers, 0 where it does not
/// matter. A service is written `99213-25-GT`.
fn parts(services: &Column, alike: Alike) -> Vec<(u32, u32)> {
    let (mut procedures, mut modifiers) = (HashMap::new(), HashMap::new());
    let numbered = |texts: &mut HashMap<String, u32>, text: &str, matters: bool| {
        let next = u32::try_from(texts.len()).unwrap_or(u32::MAX - 1).saturating_add(1);
        if matters { *texts.entry(text.to_owned()).or_insert(next) } else { 0 }
    };
    let names = (0_u32..).take(services.width()).map(|number| services.name(number));
    names
        .map(|service| {
            let (procedure, rest) = service.split_once('-').unwrap_or((service, ""));
            let procedure = numbered(&mut procedures, procedure, alike.procedure);
            (procedure, numbered(&mut modifiers, rest, alike.modifiers))
        })
        .collect()
}

impl Board {
    /// The column of a facet that is a text; what is no text is told apart as finely as can be.
    pub(crate) fn text(&self, facet: Facet) -> &Column {
        match facet.source() {
            Source::Text(at) => &self.texts[at],
            Source::Band(_) => &self.job,
        }
    }

    /// What a case has of a facet that is a text; empty where the board does not know it.
    #[must_use]
    pub fn value(&self, id: u128, facet: Facet) -> &str {
        let Source::Text(column) = facet.source() else { return "" };
        let column = &self.texts[column];
        let number = self.at.get(&id).and_then(|place| column.numbers().get(*place as usize));
        number.map_or("", |number| column.name(*number))
    }

    /// The cases that are one job with a case.
    pub(crate) fn like(&self, id: u128, alike: Alike) -> Places {
        let Some(place) = self.at.get(&id) else { return Places::of(self.len(), |_| false) };
        let keys = Keys::of(self, alike);
        let key = keys.at(*place as usize);
        Places::of(self.len(), |at| keys.at(at) == key)
    }
}
