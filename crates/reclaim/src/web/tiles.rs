//! Figures of the home page: each counts the list that it opens, by the words of that list's own
//! address, so that the two cannot differ.

use insight::board::{Board, Facet, Own, Sum, Wanted, Won};
use jiff::civil::Date;

use crate::practice::Office;
use crate::web::asked::Asked;
use crate::web::saved;
use crate::web::words;

/// Every status of an open case but Overturned: what is won is counted by itself.
pub(crate) const AT_RISK: &str =
    "status=new,in_review,corrected_and_resubmitted,appealed,pending_payer_response";

/// A list, and how many rows somebody will find in it.
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) rows: u64,
}

/// One figure.
pub(crate) struct Tile {
    pub(crate) label: String,
    pub(crate) figure: String,
    pub(crate) note: String,
    /// `past`, `soon`, `on` where its list is the one that is shown, or nothing.
    pub(crate) class: &'static str,
    /// None where they may not open the rows.
    pub(crate) link: Option<Link>,
}

/// One cell of a table.
#[derive(Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) note: String,
    /// How it looks: `past`, `soon`, or nothing.
    pub(crate) class: &'static str,
    pub(crate) link: Option<Link>,
    /// A page that is no list.
    pub(crate) href: Option<String>,
    /// A chip below, and what it means.
    pub(crate) chip: Option<(&'static str, String)>,
}

impl Cell {
    pub(crate) fn of(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    pub(crate) fn with_note(text: impl Into<String>, note: impl Into<String>) -> Cell {
        Cell { text: text.into(), note: note.into(), ..Cell::default() }
    }
}

/// A table: its first column names the rows.
pub(crate) struct Listing {
    pub(crate) caption: String,
    /// Each heading, and whether its column holds figures.
    pub(crate) heads: Vec<(&'static str, bool)>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Said where there is no row.
    pub(crate) none: String,
}

impl Listing {
    /// The cells of a row, each with whether its column holds figures.
    pub(crate) fn cells<'a>(&'a self, row: &'a [Cell]) -> impl Iterator<Item = (&'a Cell, bool)> {
        row.iter().zip(self.heads.iter().map(|(_, is_figure)| *is_figure))
    }
}

/// A part of the home page.
#[derive(Default)]
pub(crate) struct Section {
    pub(crate) title: String,
    /// What is counted, and what is not.
    pub(crate) lead: String,
    pub(crate) tiles: Vec<Tile>,
    pub(crate) listing: Option<Listing>,
    /// Further pages: words, address, rows where it is a list.
    pub(crate) links: Vec<(String, Link)>,
}

/// Below so many cases a figure says that its base is small (`domain/kpi.md`).
const SMALL: u64 = 20;

/// Says so where a figure stands on few cases.
pub(crate) fn small(cases: u64) -> String {
    match cases {
        0 => "No case fits.".to_owned(),
        1..SMALL => format!("Small sample: {}.", cases_in_words(cases)),
        _ => String::new(),
    }
}

/// So many cases.
pub(crate) fn cases_in_words(cases: u64) -> String {
    words::counted(signed(cases), "case", "cases")
}

/// A count as amounts are written.
pub(crate) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count with commas.
pub(crate) fn number(count: u64) -> String {
    words::number(signed(count))
}

/// Counts cases for whoever looks: those that they may see, or figures alone.
pub(crate) struct Counter<'a> {
    pub(crate) board: &'a Board,
    pub(crate) office: &'a Office,
    pub(crate) today: Date,
    own: Option<Own>,
    opens: bool,
}

impl<'a> Counter<'a> {
    /// `opens` is whether the rows are theirs to see; who does not sees figures of the whole
    /// practice.
    pub(crate) fn of(board: &'a Board, office: &'a Office, opens: bool) -> Counter<'a> {
        let own = if opens { office.own() } else { None };
        Counter { board, office, today: office.moment().today, own, opens }
    }

    /// What an address of the queue asks for.
    pub(crate) fn wanted(&self, query: &str) -> Wanted {
        Wanted { own: self.own.clone(), ..Asked::of(query, self.office).wanted }
    }

    pub(crate) fn sum(&self, query: &str) -> Sum {
        self.board.sum_of(&self.wanted(query), self.today)
    }

    /// What of a list is won and not posted.
    pub(crate) fn won(&self, query: &str) -> Won {
        self.board.won(&self.board.find(&self.wanted(query), self.today))
    }

    pub(crate) fn by(&self, facet: Facet, query: &str) -> Vec<(String, Sum)> {
        self.board.by(facet, &self.wanted(query), self.today)
    }

    /// The list behind an address, for who may open it.
    pub(crate) fn link(&self, query: &str, rows: u64) -> Option<Link> {
        self.opens.then(|| Link { href: saved::address(query), rows })
    }

    /// How many cases, with their money below.
    pub(crate) fn cases(&self, label: &str, query: &str, class: &'static str) -> Tile {
        let sum = self.sum(query);
        Tile {
            label: label.to_owned(),
            figure: number(sum.cases),
            note: words::money(sum.outstanding),
            class: if sum.cases > 0 { class } else { "" },
            link: self.link(query, sum.cases),
        }
    }

    /// How much money, with its cases below.
    pub(crate) fn money(&self, label: &str, query: &str) -> Tile {
        let sum = self.sum(query);
        Tile {
            label: label.to_owned(),
            figure: words::money(sum.outstanding),
            note: cases_in_words(sum.cases),
            class: "",
            link: self.link(query, sum.cases),
        }
    }

    /// A count as a cell that opens its list.
    pub(crate) fn cell(&self, query: &str, sum: Sum, class: &'static str) -> Cell {
        Cell {
            text: number(sum.cases),
            class: if sum.cases > 0 { class } else { "" },
            link: self.link(query, sum.cases),
            ..Cell::default()
        }
    }
}
