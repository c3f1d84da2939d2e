//! One statement, two databases: the macro that runs a text on whichever is open.

use sqlx::{Postgres, Sqlite, Transaction};

/// An open transaction on one of the two databases.
pub(crate) enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one literal statement with its binds: `run!(tx, execute, "…", a, b)` gives the rows
/// affected, `run!(tx, all as Row, …)`, `one` and `optional` give rows.
macro_rules! run {
    ($tx:expr, execute, $text:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::sql::Conn::Sqlite(conn) => sqlx::query($text)$(.bind($bind))*
                .execute(&mut **conn).await.map(|done| done.rows_affected()),
            $crate::sql::Conn::Postgres(conn) => sqlx::query($text)$(.bind($bind))*
                .execute(&mut **conn).await.map(|done| done.rows_affected()),
        }
    };
    ($tx:expr, all as $row:ty, $text:expr $(, $bind:expr)* $(,)?) => {
        run!(@fetch $tx, fetch_all, $row, $text $(, $bind)*)
    };
    ($tx:expr, one as $row:ty, $text:expr $(, $bind:expr)* $(,)?) => {
        run!(@fetch $tx, fetch_one, $row, $text $(, $bind)*)
    };
    ($tx:expr, optional as $row:ty, $text:expr $(, $bind:expr)* $(,)?) => {
        run!(@fetch $tx, fetch_optional, $row, $text $(, $bind)*)
    };
    (@fetch $tx:expr, $fetch:ident, $row:ty, $text:expr $(, $bind:expr)*) => {
        match &mut $tx.conn {
            $crate::sql::Conn::Sqlite(conn) => sqlx::query_as::<_, $row>($text)$(.bind($bind))*
                .$fetch(&mut **conn).await,
            $crate::sql::Conn::Postgres(conn) => sqlx::query_as::<_, $row>($text)$(.bind($bind))*
                .$fetch(&mut **conn).await,
        }
    };
}

/// Rows whose key is among many: each database has its own word for a list that is bound at once
/// (house §8.2, rule 4). Give the text for SQLite, which reads a JSON array, and that for
/// PostgreSQL, which takes an array.
macro_rules! among {
    ($tx:expr, $row:ty, $sqlite:expr, $postgres:expr, $keys:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::sql::Conn::Sqlite(conn) => {
                let keys = serde_json::to_string($keys).expect("texts are JSON");
                sqlx::query_as::<_, $row>($sqlite)$(.bind($bind))*.bind(keys)
                    .fetch_all(&mut **conn).await
            }
            $crate::sql::Conn::Postgres(conn) => sqlx::query_as::<_, $row>($postgres)
                $(.bind($bind))*.bind($keys).fetch_all(&mut **conn).await,
        }
    };
}

/// Walks the rows of one literal statement without keeping them: `each!(tx, |row| …, "…", a, b)`
/// runs the expression on each row as it comes. Rows lend their texts to it:
/// `row.try_get::<&str, _>(0)?`.
macro_rules! each {
    ($tx:expr, |$row:ident| $body:expr, $text:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::sql::Conn::Sqlite(conn) => {
                let mut rows = sqlx::query($text)$(.bind($bind))*.fetch(&mut **conn);
                while let Some($row) = rows.try_next().await? {
                    $body;
                }
            }
            $crate::sql::Conn::Postgres(conn) => {
                let mut rows = sqlx::query($text)$(.bind($bind))*.fetch(&mut **conn);
                while let Some($row) = rows.try_next().await? {
                    $body;
                }
            }
        }
    };
}

pub(crate) use {among, each, run};
