//! The unavoidable work of taking in and of verifying, to measure against: the same rows inserted
//! with nothing else done, the same entries read and hashed once.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row};

use crate::bulk::{Bulk, Cell};
use crate::sql::{Conn, each, run};
use crate::{Error, Pools, Practice, Store, Tx};

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
    Bulk {
        table: "claim",
        columns: &["practice", "claim", "number", "source", "fingerprint", "member"],
    },
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
            "control",
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

/// Rows held in memory, so that reading them is not measured: for each transaction that is to be
/// made, its rows of each table.
pub struct Rows {
    transactions: Vec<[Vec<Vec<Cell>>; TABLES.len()]>,
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
    /// Loads every row that taking in wrote, `part` claim payments for each transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn taken_rows(&mut self, part: usize) -> Result<Rows, Error> {
        let mut tables: [Vec<Vec<Cell>>; TABLES.len()] = Default::default();
        let [payer, remittance, claim, payment, provider, denial, journal] = &mut tables;
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
        Ok(Rows { transactions: shares(tables, part.max(1)) })
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

impl Tx {
    async fn pour(&mut self, bulk: &Bulk<'_>, rows: Vec<Vec<Cell>>) -> Result<(), Error> {
        match &mut self.conn {
            Conn::Sqlite(_) => {
                self.insert_all(bulk, rows).await?;
            }
            Conn::Postgres(conn) => {
                let mut copy = conn.copy_in_raw(&bulk.copy_text()).await?;
                copy.send(copied(&rows).into_bytes()).await?;
                copy.finish().await?;
            }
        }
        Ok(())
    }
}

/// Rows in the text form of COPY.
fn copied(rows: &[Vec<Cell>]) -> String {
    let mut text = String::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { "\t" });
            match cell {
                Cell::Maybe(None) | Cell::MaybeInt(None) => text.push_str("\\N"),
                Cell::Int(number) | Cell::MaybeInt(Some(number)) => {
                    text.push_str(&number.to_string());
                }
                Cell::Text(value) | Cell::Maybe(Some(value)) => {
                    for letter in value.chars() {
                        match letter {
                            '\\' => text.push_str("\\\\"),
                            '\n' => text.push_str("\\n"),
                            '\r' => text.push_str("\\r"),
                            '\t' => text.push_str("\\t"),
                            other => text.push(other),
                        }
                    }
                }
            }
        }
        text.push('\n');
    }
    text
}

/// Deals the rows out to transactions: a remittance and a claim go with the first payment that
/// names them, what refers to them goes with them, and the journal evenly.
fn shares(
    tables: [Vec<Vec<Cell>>; TABLES.len()],
    part: usize,
) -> Vec<[Vec<Vec<Cell>>; TABLES.len()]> {
    let [payers, remittances, claims, payments, providers, denials, journal] = tables;
    let count = payments.len().div_ceil(part).max(1);
    let mut of: HashMap<String, usize> = HashMap::new();
    for (n, payment) in payments.iter().enumerate() {
        for id in [&payment[1], &payment[3]] {
            of.entry(id.text().to_owned()).or_insert(n / part);
        }
    }
    let entries = journal.len().div_ceil(count).max(1);
    let with = |id: usize| {
        let of = &of;
        move |_: usize, row: &[Cell]| of.get(row[id].text()).copied().unwrap_or(0)
    };
    let mut shares: Vec<[Vec<Vec<Cell>>; TABLES.len()]> = Vec::new();
    shares.resize_with(count, Default::default);
    let mut deal = |at: usize, rows: Vec<Vec<Cell>>, to: &dyn Fn(usize, &[Cell]) -> usize| {
        for (n, row) in rows.into_iter().enumerate() {
            let share = to(n, &row).min(count - 1);
            shares[share][at].push(row);
        }
    };
    deal(0, payers, &|_, _| 0);
    deal(1, remittances, &with(1));
    deal(2, claims, &with(1));
    deal(3, payments, &|n, _| n / part);
    deal(4, providers, &with(1));
    deal(5, denials, &with(2));
    deal(6, journal, &|n, _| n / entries);
    shares
}

impl Store {
    /// COPY goes into no table that keeps practices apart; whoever owns the tables may lift that
    /// from them, which a database of measured rows does not need.
    async fn open_to_copies(&self) -> Result<(), Error> {
        let Pools::Postgres(pool) = &self.pools else { return Ok(()) };
        for table in &TABLES {
            let text = format!("alter table {} no force row level security", table.table);
            sqlx::query(AssertSqlSafe(text)).execute(pool).await?;
        }
        Ok(())
    }

    /// Inserts loaded rows in the order in which they were written: by multi-row statements on
    /// SQLite, by COPY on PostgreSQL.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn insert_rows(&self, practice: &Practice, rows: Rows) -> Result<(), Error> {
        self.open_to_copies().await?;
        for transaction in rows.transactions {
            let mut tx = self.begin(practice).await?;
            for (bulk, rows) in TABLES.iter().zip(transaction) {
                tx.pour(bulk, rows).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

impl Tx {
    /// Copies a hundred of the open cases once for each number from `from` to `to`, with other ids,
    /// amounts, clocks, owners and days, each with a claim and a payment of its own, so that a long
    /// queue can be measured. On SQLite alone; no journal tells of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn multiply_cases(&mut self, from: i64, to: i64) -> Result<(), Error> {
        let practice = self.practice.clone();
        run!(
            self,
            execute,
            "insert into claim (practice, claim, number, source, fingerprint, member)
             with recursive n (k) as (select $2 union all select k + 1 from n where k < $3),
             base as (select * from denial
               where practice = $1 and denial > 'den_' and +state = 'open'
               order by denial desc limit 100)
             select c.practice, 'clm_' || printf('%026d', k * 1000 + x), c.number, c.source,
               c.fingerprint || '-' || k, c.member || '-' || k
             from n, (select claim as of, row_number() over (order by denial) as x
               from base), claim c
             where c.practice = $1 and c.claim = of",
            practice.as_str(),
            from,
            to
        )?;
        run!(
            self,
            execute,
            "insert into claim_payment
               (practice, remittance, n, claim, quarantined, segment, byte, control, raw)
             with recursive n (k) as (select $2 union all select k + 1 from n where k < $3),
             base as (select * from denial
               where practice = $1 and denial > 'den_' and +state = 'open'
               order by denial desc limit 100)
             select p.practice, p.remittance, p.n + k * 100000,
               'clm_' || printf('%026d', k * 1000 + x), p.quarantined, p.segment, p.byte, null,
               p.raw
             from n, (select claim as of, row_number() over (order by denial) as x
               from base), claim_payment p
             where p.practice = $1 and p.claim = of",
            practice.as_str(),
            from,
            to
        )?;
        run!(
            self,
            execute,
            "insert into denial
             with recursive n (k) as (select $2 union all select k + 1 from n where k < $3),
             base as (select * from denial
               where practice = $1 and denial > 'den_' and +state = 'open'
               order by denial desc limit 100)
             select practice, 'den_' || printf('%026d', k * 1000 + x),
               'clm_' || printf('%026d', k * 1000 + x), payer, 1, number,
               state, case when k % 5 = 0 then 'in_review' else 'new' end,
               case k % 3 when 0 then 'certified_coder' when 1 then 'front_desk' else role end,
               case when k % 4 = 0 then 'usr_' || printf('%026d', k % 40) else '' end,
               case k % 4 when 0 then 'bundling' when 1 then 'eligibility' else category end, plan,
               date(denied_on, '-' || (k % 200) || ' days'), next_kind,
               date(next_on, (k % 60) || ' days'), date(denied_on, (k % 365) || ' days'), denied,
               outstanding + k % 9973, priority + (k * 7919) % 100003, quarantined, snoozed_until,
               brought_to, no_rule, unmapped, version, changed_at, changed_by,
               replace(replace(body, denial, 'den_' || printf('%026d', k * 1000 + x)),
                 claim, 'clm_' || printf('%026d', k * 1000 + x)),
               'CO-' || (k % 90), case when k % 3 = 0 then 'N' || (k % 70) else '' end,
               '99' || (200 + k % 300), printf('%010d', k % 50), '', opened_on,
               promised_by, waits_on, team, to_post
             from n, (select *, row_number() over (order by denial) as x from base)",
            practice.as_str(),
            from,
            to
        )?;
        Ok(())
    }
}
