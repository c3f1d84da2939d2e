//! Words that cases are looked for by.

use std::collections::{BTreeSet, HashMap};

use crate::bulk::{Bulk, Cell};
use crate::sql::{Conn, among, run};
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
    const ALL: [WordKind; 4] = [WordKind::Name, WordKind::Member, WordKind::Number, WordKind::Note];

    fn from_name(text: &str) -> Option<WordKind> {
        WordKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

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

    /// What cases are named by, their notes apart.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn names_among(
        &mut self,
        cases: &[String],
    ) -> Result<HashMap<String, BTreeSet<Word>>, Error> {
        let rows = among!(
            self,
            (String, String, String),
            "select about, word, kind from word where practice = $1 and kind <> 'note'
             and about in (select value from json_each($2))",
            "select about, word, kind from word where practice = $1 and kind <> 'note'
             and about = any($2)",
            cases,
            self.practice.as_str()
        )?;
        let mut names: HashMap<String, BTreeSet<Word>> = HashMap::new();
        for (about, word, kind) in rows {
            let kind = WordKind::from_name(&kind).ok_or_else(|| odd(&about))?;
            names.entry(about.clone()).or_default().insert(Word { about, kind, word });
        }
        Ok(names)
    }

    /// Takes out the words of a case's notes: one of them was taken back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_notes(&mut self, about: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from word where practice = $1 and about = $2 and kind = 'note'",
            self.practice.as_str(),
            about
        )?;
        Ok(())
    }

    /// Cases with a word that begins so: at most so many. Of one kind alone where it is given.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn about_word(
        &mut self,
        beginning: &str,
        kind: Option<WordKind>,
        limit: i64,
    ) -> Result<BTreeSet<String>, Error> {
        let end = format!("{beginning}{LAST}");
        let kind = kind.map(WordKind::as_str);
        let rows = match &mut self.conn {
            Conn::Sqlite(conn) => {
                let text = "select distinct about from word where practice = $1 and word >= $2
                    and word < $3 and (cast($4 as text) is null or kind = $4) limit $5";
                let query = sqlx::query_as::<_, (String,)>(text).bind(self.practice.as_str());
                query.bind(beginning).bind(end).bind(kind).bind(limit).fetch_all(&mut **conn).await
            }
            Conn::Postgres(conn) => {
                let text = "select distinct about from word where practice = $1
                    and word collate \"C\" >= $2 and word collate \"C\" < $3
                    and (cast($4 as text) is null or kind = $4) limit $5";
                let query = sqlx::query_as::<_, (String,)>(text).bind(self.practice.as_str());
                query.bind(beginning).bind(end).bind(kind).bind(limit).fetch_all(&mut **conn).await
            }
        }?;
        Ok(rows.into_iter().map(|(about,)| about).collect())
    }

    /// Which of some cases have a word that begins so.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn about_word_among(
        &mut self,
        beginning: &str,
        kind: Option<WordKind>,
        cases: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, Error> {
        let cases: Vec<String> = cases.iter().cloned().collect();
        let rows = among!(
            self,
            (String,),
            "select distinct about from word where practice = $1 and word >= $2 and word < $3
             and (cast($4 as text) is null or kind = $4)
             and about in (select value from json_each($5))",
            "select distinct about from word where practice = $1 and word collate \"C\" >= $2
             and word collate \"C\" < $3 and (cast($4 as text) is null or kind = $4)
             and about = any($5)",
            &cases,
            self.practice.as_str(),
            beginning,
            format!("{beginning}{LAST}"),
            kind.map(WordKind::as_str)
        )?;
        Ok(rows.into_iter().map(|(about,)| about).collect())
    }
}

fn odd(about: &str) -> Error {
    Error::Inconsistent { table: "word", column: "kind", id: about.to_owned() }
}
