//! Words that cases are looked for by.

use std::collections::BTreeSet;

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx};

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordKind {
    /// Of a patient's name.
    Name,
    /// A member id.
    Member,
    /// A claim's number, ours or the payer's.
    Number,
    /// Of something that somebody wrote.
    Note,
}

impl WordKind {
    /// The word in rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            WordKind::Name => "name",
            WordKind::Member => "member",
            WordKind::Number => "number",
            WordKind::Note => "note",
        }
    }
}

/// A word about a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// A case's id.
    pub about: String,
    /// What it is.
    pub kind: WordKind,
    /// Lower-case letters and digits.
    pub word: String,
}

const WORD: Bulk = Bulk { table: "word", columns: &["practice", "word", "about", "kind"] };
/// Beyond every letter: the end of what begins with something.
const LAST: char = '\u{10FFFF}';

impl Tx {
    /// Adds words; those that are there stay.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_words(&mut self, words: &BTreeSet<Word>) -> Result<(), Error> {
        let practice = self.practice.as_str().to_owned();
        let row = |one: &Word| {
            vec![
                Cell::Text(practice.clone()),
                Cell::Text(one.word.clone()),
                Cell::Text(one.about.clone()),
                Cell::Text(one.kind.as_str().to_owned()),
            ]
        };
        self.insert_all(&WORD, words.iter().map(row).collect()).await?;
        Ok(())
    }

    /// Gives a case the names of another one: it was split off.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn name_like(&mut self, about: &str, like: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into word (practice, word, about, kind)
             select practice, word, $1, kind from word
             where practice = $2 and about = $3 and kind <> 'note'",
            about,
            self.practice.as_str(),
            like
        )?;
        Ok(())
    }

    /// Takes out what a case is named by, its notes apart: its claim is known better now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_names(&mut self, about: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from word where practice = $1 and about = $2 and kind <> 'note'",
            self.practice.as_str(),
            about
        )?;
        Ok(())
    }

    /// Cases with a word that begins so, of some kinds: at most so many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn about_word(
        &mut self,
        beginning: &str,
        kinds: &[WordKind],
        limit: i64,
    ) -> Result<BTreeSet<String>, Error> {
        let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
        let rows = among!(
            self,
            (String,),
            "select distinct about from word where practice = $1 and word >= $2 and word < $3
             and kind in (select value from json_each($5)) limit $4",
            "select distinct about from word where practice = $1 and word collate \"C\" >= $2
             and word collate \"C\" < $3 and kind = any($5) limit $4",
            &kinds,
            self.practice.as_str(),
            beginning,
            format!("{beginning}{LAST}"),
            limit
        )?;
        Ok(rows.into_iter().map(|(about,)| about).collect())
    }
}
