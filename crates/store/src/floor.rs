//! The unavoidable work of taking in and of verifying, to measure against: the same rows inserted
//! with nothing else done, the same entries read and hashed once.

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::Row;

use crate::bulk::{Bulk, Cell};
use crate::sql::each;
use crate::{Error, Practice, Store, Tx};

/// Tables that taking in fills, in the order in which rows refer to each other; `#` before a column
/// says that it holds numbers.
const TABLES: [Bulk<'static>; 7] = [
    Bulk { table: "payer", columns: &["practice", "payer", "name"] },
    Bulk {
        table: "remittance",
        columns: &[
            "practice",
            "remittance",
            "file",
            "#number",
            "deal",
            "content",
            "state",
            "why",
            "source",
            "payer",
            "payer_name",
            "trace",
            "paid_on",
            "#total",
            "#paid",
            "#provider_level",
            "#claims",
            "#lines",
            "balanced",
            "head",
            "separators",
            "imbalances",
            "taken_at",
            "#settled",
        ],
    },
    Bulk { table: "claim", columns: &["practice", "claim", "number", "source", "fingerprint"] },
    Bulk {
        table: "claim_payment",
        columns: &[
            "practice",
            "remittance",
            "#n",
            "claim",
            "quarantined",
            "#segment",
            "#byte",
            "raw",
        ],
    },
    Bulk {
        table: "provider_adjustment",
        columns: &["practice", "remittance", "#n", "reason", "reference", "#amount", "body"],
    },
    crate::denials::DENIAL,
    crate::journal::JOURNAL,
];

/// How many of the tables others refer to.
const PARENTS: usize = 3;

/// Rows held in memory, so that reading them is not measured.
pub struct Rows {
    tables: Vec<Vec<Vec<Cell>>>,
    /// Claim payments among them.
    pub claims: usize,
}

/// One statement for each table, since every text is a literal. `practice || ''` keeps the rows in
/// the order in which they were written: an index would give them in that of their ids.
macro_rules! read_table {
    ($tx:expr, $rows:expr, $bulk:expr, $text:literal) => {
        each!($tx, |row| $rows.push(read_row!(row, $bulk)), $text, $tx.practice.as_str())
    };
}

macro_rules! read_row {
    ($row:expr, $bulk:expr) => {{
        let mut cells = Vec::with_capacity($bulk.columns.len());
        for column in $bulk.columns {
            cells.push(match column.strip_prefix('#') {
                Some(name) => Cell::MaybeInt($row.try_get(name)?),
                None => Cell::Maybe($row.try_get(*column)?),
            });
        }
        cells
    }};
}

impl Tx {
    /// Loads every row that taking in wrote.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn taken_rows(&mut self) -> Result<Rows, Error> {
        let mut tables: Vec<Vec<Vec<Cell>>> = TABLES.iter().map(|_| Vec::new()).collect();
        let [payer, remittance, claim, payment, provider, denial, journal] = &mut tables[..] else {
            unreachable!("there are seven tables");
        };
        let [b0, b1, b2, b3, b4, b5, b6] = &TABLES;
        read_table!(self, payer, b0, "select * from payer where practice || '' = $1");
        read_table!(self, remittance, b1, "select * from remittance where practice || '' = $1");
        read_table!(self, claim, b2, "select * from claim where practice || '' = $1");
        read_table!(self, payment, b3, "select * from claim_payment where practice || '' = $1");
        read_table!(
            self,
            provider,
            b4,
            "select * from provider_adjustment where practice || '' = $1"
        );
        read_table!(self, denial, b5, "select * from denial where practice || '' = $1");
        read_table!(self, journal, b6, "select * from journal where practice || '' = $1");
        let claims = payment.len();
        Ok(Rows { tables, claims })
    }

    /// Reads every journal entry of the practice once and hashes its bytes; gives how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn hash_journal(&mut self) -> Result<u64, Error> {
        let mut entries = 0;
        let mut hash = Sha256::new();
        each!(
            self,
            |row| {
                for column in ["at", "actor", "about", "kind", "body", "digest", "hash"] {
                    hash.update(row.try_get::<&str, _>(column)?.as_bytes());
                }
                entries += 1;
            },
            "select at, actor, about, kind, body, digest, hash from journal
             where practice = $1 and chain = 'work' order by seq",
            self.practice.as_str()
        );
        std::hint::black_box(hash.finalize());
        Ok(entries)
    }
}

impl Store {
    /// Inserts loaded rows by multi-row statements, in the order in which they were written and in
    /// as many transactions as taking in makes of `part` claims each: every one with its share of
    /// each table.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn insert_rows(
        &self,
        practice: &Practice,
        rows: Rows,
        part: usize,
    ) -> Result<(), Error> {
        let transactions = rows.claims.div_ceil(part).max(1);
        let lengths: Vec<usize> = rows.tables.iter().map(Vec::len).collect();
        let mut tables: Vec<_> = rows.tables.into_iter().map(Vec::into_iter).collect();
        let reach = |at: usize, number: usize| {
            // What others refer to goes one share ahead, since shares do not fall together.
            let number = if at < PARENTS && number > 0 { number + 1 } else { number };
            (lengths[at] * number.min(transactions)).div_ceil(transactions)
        };
        for number in 0..transactions {
            let mut tx = self.begin(practice).await?;
            for (at, (bulk, rows)) in TABLES.iter().zip(&mut tables).enumerate() {
                let count = reach(at, number + 1) - reach(at, number);
                let share: Vec<Vec<Cell>> = rows.take(count).collect();
                tx.insert_all(bulk, share).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}
