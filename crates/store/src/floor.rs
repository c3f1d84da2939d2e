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

/// Rows held in memory, so that reading them is not measured.
pub struct Rows {
    tables: Vec<Vec<Vec<Cell>>>,
    /// Claim payments among them.
    pub claims: usize,
}

/// One statement for each table, since every text is a literal.
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
        read_table!(self, payer, b0, "select * from payer where practice = $1");
        read_table!(self, remittance, b1, "select * from remittance where practice = $1");
        read_table!(self, claim, b2, "select * from claim where practice = $1");
        read_table!(self, payment, b3, "select * from claim_payment where practice = $1");
        read_table!(self, provider, b4, "select * from provider_adjustment where practice = $1");
        read_table!(self, denial, b5, "select * from denial where practice = $1");
        read_table!(self, journal, b6, "select * from journal where practice = $1");
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
    /// Inserts loaded rows by multi-row statements, in as many transactions as taking in makes of
    /// `part` claims each.
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
        let all: usize = rows.tables.iter().map(Vec::len).sum();
        let size = all.div_ceil(transactions).max(1);
        for (bulk, rows) in TABLES.iter().zip(rows.tables) {
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                let part: Vec<Vec<Cell>> = rows.by_ref().take(size).collect();
                let mut tx = self.begin(practice).await?;
                tx.insert_all(bulk, part).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
