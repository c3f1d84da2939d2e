//! Many rows at once: the one place where each database has its own fastest text.

use std::fmt::Write;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe};

use crate::sql::Conn;
use crate::{Error, Tx};

/// One value of a row.
pub(crate) enum Cell {
    Text(String),
    Int(i64),
    /// A text that may be absent.
    Maybe(Option<String>),
    /// A number that may be absent.
    MaybeInt(Option<i64>),
}

impl Cell {
    /// The text in it; empty where there is none.
    pub(crate) fn text(&self) -> &str {
        match self {
            Cell::Text(text) | Cell::Maybe(Some(text)) => text,
            Cell::Maybe(None) | Cell::Int(_) | Cell::MaybeInt(_) => "",
        }
    }
}

/// A table and its columns; `#` before a column's name says that it holds numbers.
pub(crate) struct Bulk<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [&'a str],
}

/// SQLite takes 32,766 values in a statement; a few hundred rows are as fast as thousands.
const ROWS: usize = 250;

impl Tx {
    /// Inserts rows; those whose key is there already are left out. Gives how many went in.
    pub(crate) async fn insert_all(
        &mut self,
        bulk: &Bulk<'_>,
        rows: Vec<Vec<Cell>>,
    ) -> Result<u64, Error> {
        if rows.is_empty() {
            return Ok(0);
        }
        let is_whole = |row: &Vec<Cell>| row.len() == bulk.columns.len();
        assert!(rows.iter().all(is_whole), "a row of {} has another width", bulk.table);
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut inserted = 0;
                let mut rows = rows.into_iter().peekable();
                while rows.peek().is_some() {
                    let part: Vec<Vec<Cell>> = rows.by_ref().take(ROWS).collect();
                    let text = bulk.values_text(part.len());
                    let query = sqlx::query_with(AssertSqlSafe(text), values(part)?);
                    inserted += query.execute(&mut **conn).await?.rows_affected();
                }
                Ok(inserted)
            }
            Conn::Postgres(conn) => {
                let text = bulk.unnest_text();
                let query = sqlx::query_with(AssertSqlSafe(text), arrays(bulk, rows)?);
                Ok(query.execute(&mut **conn).await?.rows_affected())
            }
        }
    }
}

impl Bulk<'_> {
    fn names(&self) -> String {
        let names: Vec<&str> =
            self.columns.iter().map(|name| name.trim_start_matches('#')).collect();
        names.join(", ")
    }

    fn values_text(&self, rows: usize) -> String {
        let mut text = format!("insert into {} ({}) values ", self.table, self.names());
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..self.columns.len() {
                text.push_str(if column == 0 { "?" } else { ", ?" });
            }
            text.push(')');
        }
        text.push_str(" on conflict do nothing");
        text
    }

    /// PostgreSQL's fastest way in, which can leave nothing out.
    pub(crate) fn copy_text(&self) -> String {
        format!("copy {} ({}) from stdin", self.table, self.names())
    }

    fn unnest_text(&self) -> String {
        let mut text =
            format!("insert into {} ({}) select * from unnest(", self.table, self.names());
        for (at, column) in self.columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let kind = if column.starts_with('#') { "bigint" } else { "text" };
            write!(text, "{comma}${}::{kind}[]", at + 1).expect("a string takes text");
        }
        text.push_str(") on conflict do nothing");
        text
    }
}

fn values(rows: Vec<Vec<Cell>>) -> Result<SqliteArguments, Error> {
    let mut values = SqliteArguments::default();
    for cell in rows.into_iter().flatten() {
        let added = match cell {
            Cell::Text(text) => values.add(text),
            Cell::Int(number) => values.add(number),
            Cell::Maybe(text) => values.add(text),
            Cell::MaybeInt(number) => values.add(number),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(values)
}

fn arrays(bulk: &Bulk<'_>, rows: Vec<Vec<Cell>>) -> Result<PgArguments, Error> {
    let mut texts: Vec<Vec<Option<String>>> = bulk.columns.iter().map(|_| Vec::new()).collect();
    let mut numbers: Vec<Vec<Option<i64>>> = bulk.columns.iter().map(|_| Vec::new()).collect();
    for row in rows {
        for (column, cell) in row.into_iter().enumerate() {
            match cell {
                Cell::Text(text) => texts[column].push(Some(text)),
                Cell::Maybe(text) => texts[column].push(text),
                Cell::Int(number) => numbers[column].push(Some(number)),
                Cell::MaybeInt(number) => numbers[column].push(number),
            }
        }
    }
    let mut arrays = PgArguments::default();
    for ((texts, numbers), column) in texts.into_iter().zip(numbers).zip(bulk.columns) {
        let is_number = column.starts_with('#');
        let added = if is_number { arrays.add(numbers) } else { arrays.add(texts) };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arrays)
}
