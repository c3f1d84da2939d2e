//! A whole database as one SQLite file, its documents inside, which restores into either database.
//!
//! Tables and columns are read from the file itself, so that one that a later step adds is copied
//! without a word here. It is the one place that looks at every practice at once.

use std::fs;
use std::path::Path;

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use tempfile::TempDir;

use crate::bulk::{Bulk, Cell};
use crate::open::SCHEMA;
use crate::sql::{each, run};
use crate::turn::Turns;
use crate::verify::{Heard, differs};
use crate::{Error, Key, Pools, Practice, Store, Tx, Url};

/// What a backup notes of itself.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Facts {
    /// When it was made.
    pub made_at: String,
    /// The program that made it, with its version.
    pub program: String,
    /// The fingerprint of the journal's key, which is not in it.
    pub fingerprint: String,
}

/// The end of a chain at the time of the backup.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Head {
    /// The practice; `*` for the chain above them.
    pub practice: String,
    /// `work` or `views`.
    pub chain: String,
    /// Place of the last entry.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// An open backup.
pub struct Backup {
    store: Store,
    /// Where an older one was brought up to date.
    _copy: Option<TempDir>,
}

/// Rows that go over in one statement.
const ROWS: usize = 500;

impl Backup {
    /// Makes a new file: on SQLite with every row, copied while others work; on PostgreSQL with
    /// the schema, for [`Backup::fill`]. The documents are still to come.
    ///
    /// # Errors
    /// [`Error::Database`], where the file is there already too.
    pub async fn begin(store: &Store, path: &Path, facts: &Facts) -> Result<Backup, Error> {
        if let Pools::Sqlite(pool) = &store.pools {
            let name = path.to_string_lossy().into_owned();
            sqlx::query("vacuum into $1").bind(name).execute(pool).await?;
        }
        let copy = Store::open(&Url::Sqlite(path.to_owned()), store.key.clone()).await?;
        let mut tx = copy.begin(&Practice::every()).await?;
        run!(
            tx,
            execute,
            "create table backup (made_at text not null, program text not null,
             fingerprint text not null)"
        )?;
        run!(
            tx,
            execute,
            "create table backup_document (hash text not null, n bigint not null,
             bytes blob not null, primary key (hash, n))"
        )?;
        run!(
            tx,
            execute,
            "insert into backup (made_at, program, fingerprint) values ($1, $2, $3)",
            facts.made_at.as_str(),
            facts.program.as_str(),
            facts.fingerprint.as_str()
        )?;
        tx.commit().await?;
        Ok(Backup { store: copy, _copy: None })
    }

    /// Copies the rows of a PostgreSQL database, as they stand at one moment.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fill(&self, store: &Store, heard: Heard<'_>) -> Result<(), Error> {
        if matches!(store.pools, Pools::Sqlite(_)) {
            return Ok(());
        }
        let mut source = store.read(&Practice::every()).await?;
        let mut target = self.store.begin(&Practice::every()).await?;
        let tables = tables(&mut target).await?;
        copy_rows(&mut source, &mut target, &tables, heard).await?;
        target.commit().await
    }

    /// Opens a backup to read it. One of an older program is brought up to date in a copy; the file
    /// itself never changes.
    ///
    /// # Errors
    /// [`Error::Newer`], [`Error::File`], [`Error::Database`], also for a file that is none.
    pub async fn open(path: &Path, key: Key) -> Result<Backup, Error> {
        let store = read_only(path, key.clone()).await?;
        let mut tx = store.read(&Practice::every()).await?;
        let (found,) =
            run!(tx, one as (i64,), "select coalesce(max(version), 0) from _sqlx_migrations")?;
        drop(tx);
        if found > SCHEMA {
            return Err(Error::Newer { found, known: SCHEMA });
        }
        if found == SCHEMA {
            return Ok(Backup { store, _copy: None });
        }
        store.close().await;
        let failed = |fault| Error::File { what: path.display().to_string(), fault };
        let folder = TempDir::new().map_err(failed)?;
        let copy = folder.path().join("copy.db");
        fs::copy(path, &copy).map_err(failed)?;
        let store = Store::open(&Url::Sqlite(copy), key).await?;
        Ok(Backup { store, _copy: Some(folder) })
    }

    /// The rows as a database.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// What it notes of itself.
    ///
    /// # Errors
    /// [`Error::Database`], for a file that is no backup too.
    pub async fn facts(&self) -> Result<Facts, Error> {
        let mut tx = self.store.read(&Practice::every()).await?;
        Ok(run!(tx, one as Facts, "select made_at, program, fingerprint from backup")?)
    }

    /// The ends of all chains.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn heads(&self) -> Result<Vec<Head>, Error> {
        let mut tx = self.store.read(&Practice::every()).await?;
        let rows = run!(
            tx,
            all as Head,
            "select practice, chain, seq, hash from journal_head order by practice, chain"
        )?;
        Ok(rows)
    }

    /// The hash of every document and file of every practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn document_hashes(&self) -> Result<Vec<String>, Error> {
        let mut tx = self.store.read(&Practice::every()).await?;
        let rows = run!(
            tx,
            all as (String,),
            "select f.hash from file f where not exists
               (select 1 from purged p where p.practice = f.practice and p.hash = f.hash)
             union select d.hash from document d where not exists
               (select 1 from purged p where p.practice = d.practice and p.hash = d.hash)
             order by 1"
        )?;
        Ok(rows.into_iter().map(|(hash,)| hash).collect())
    }

    /// A transaction to put documents in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn write(&self) -> Result<Tx, Error> {
        self.store.begin(&Practice::every()).await
    }

    /// A part of a document; `None` after its last.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn document_part(&self, hash: &str, n: i64) -> Result<Option<Vec<u8>>, Error> {
        let mut tx = self.store.read(&Practice::every()).await?;
        let row = run!(
            tx,
            optional as (Vec<u8>,),
            "select bytes from backup_document where hash = $1 and n = $2",
            hash,
            n
        )?;
        Ok(row.map(|(bytes,)| bytes))
    }

    /// Lets go of the file and leaves it as one, with nothing beside it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn seal(self, path: &Path) -> Result<(), Error> {
        self.store.close().await;
        let options = SqliteConnectOptions::new().filename(path);
        let options = options.journal_mode(SqliteJournalMode::Delete);
        options.connect().await?.close().await?;
        Ok(())
    }

    /// Whether a database has room for it: nothing but the schema.
    ///
    /// # Errors
    /// [`Error::Differs`] where the database holds something, [`Error::Database`].
    pub async fn check_room_in(&self, store: &Store) -> Result<(), Error> {
        let tables = tables(&mut self.store.read(&Practice::every()).await?).await?;
        check_empty(&mut store.read(&Practice::every()).await?, &tables).await
    }

    /// Copies every row into an empty database, in one transaction.
    ///
    /// # Errors
    /// [`Error::Differs`] where the database holds something, [`Error::Database`].
    pub async fn restore_into(&self, store: &Store, heard: Heard<'_>) -> Result<u64, Error> {
        let mut source = self.store.read(&Practice::every()).await?;
        let mut target = store.begin(&Practice::every()).await?;
        let tables = tables(&mut source).await?;
        check_empty(&mut target, &tables).await?;
        let rows = copy_rows(&mut source, &mut target, &tables, heard).await?;
        target.commit().await?;
        Ok(rows)
    }

    /// How many rows a database holds, for telling progress.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_rows_of(&self, store: &Store) -> Result<u64, Error> {
        let tables = tables(&mut self.store.read(&Practice::every()).await?).await?;
        let mut tx = store.read(&Practice::every()).await?;
        let mut rows = 0;
        for table in tables {
            rows += count(&mut tx, &table).await?;
        }
        Ok(rows)
    }
}

impl Store {
    /// The fingerprint of its journal's key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint()
    }
}

async fn check_empty(tx: &mut Tx, tables: &[Table]) -> Result<(), Error> {
    for table in tables {
        if count(tx, table).await? > 0 {
            return differs(&table.name, "the database is not empty; restore into a new one");
        }
    }
    Ok(())
}

async fn count(tx: &mut Tx, table: &Table) -> Result<u64, Error> {
    let text = format!("select count(*) from {}", table.name);
    let (count,) = run!(tx, one as (i64,), AssertSqlSafe(text.clone()))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

impl Tx {
    /// Puts a part of a document into a backup, from 0.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_document_part(
        &mut self,
        hash: &str,
        n: i64,
        bytes: &[u8],
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into backup_document (hash, n, bytes) values ($1, $2, $3)",
            hash,
            n,
            bytes
        )?;
        Ok(())
    }
}

async fn read_only(path: &Path, key: Key) -> Result<Store, Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    Ok(Store { pools: Pools::Sqlite(pool), key, turns: Turns::new() })
}

/// A table as SQLite describes it.
struct Table {
    name: String,
    /// With `#` before those that hold numbers.
    columns: Vec<String>,
    /// The tables whose rows must be there before its own.
    after: Vec<String>,
    /// The column by which its rows point at rows of itself.
    points_at_itself: Option<String>,
}

/// Every table with rows of ours, those that others point at first.
async fn tables(tx: &mut Tx) -> Result<Vec<Table>, Error> {
    // The moves come with the schema; what a backup notes of itself is no part of it.
    let names = run!(
        tx,
        all as (String,),
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'
         and name not in ('_sqlx_migrations', 'status_move', 'backup', 'backup_document')
         order by name"
    )?;
    let mut waiting = Vec::with_capacity(names.len());
    for (name,) in names {
        waiting.push(table(tx, name).await?);
    }
    let mut ordered: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_free = |table: &Table| {
            table.after.iter().all(|name| waiting.iter().all(|other| other.name != *name))
        };
        let free = waiting.iter().position(is_free);
        ordered.push(waiting.remove(free.expect("tables do not point at each other in a circle")));
    }
    Ok(ordered)
}

async fn table(tx: &mut Tx, name: String) -> Result<Table, Error> {
    let columns = run!(
        tx,
        all as (String, String),
        "select name, lower(type) from pragma_table_info($1) order by cid",
        name.as_str()
    )?;
    let points = run!(
        tx,
        all as (String, String),
        "select \"table\", \"from\" from pragma_foreign_key_list($1)",
        name.as_str()
    )?;
    let mark = |(column, kind): (String, String)| match kind.as_str() {
        "bigint" => Ok(format!("#{column}")),
        "text" => Ok(column),
        other => differs(&name, format!("{column} is {other}; columns are text or bigint")),
    };
    let columns = columns.into_iter().map(mark).collect::<Result<Vec<_>, _>>()?;
    let own = points.iter().find(|(table, from)| *table == name && from != "practice");
    let points_at_itself = own.map(|(_, from)| from.clone());
    let after = points.into_iter().map(|(table, _)| table).filter(|table| *table != name);
    Ok(Table { columns, after: after.collect(), points_at_itself, name })
}

impl Table {
    /// Rows that point at others of the table come after those.
    fn select_text(&self) -> String {
        let names: Vec<&str> =
            self.columns.iter().map(|column| column.trim_start_matches('#')).collect();
        let text = format!("select {} from {}", names.join(", "), self.name);
        match &self.points_at_itself {
            Some(column) => format!("{text} order by case when {column} is null then 0 else 1 end"),
            None => text,
        }
    }
}

async fn copy_rows(
    source: &mut Tx,
    target: &mut Tx,
    tables: &[Table],
    heard: Heard<'_>,
) -> Result<u64, Error> {
    let mut rows = 0;
    for table in tables {
        rows += copy_table(source, target, table, heard).await?;
    }
    Ok(rows)
}

async fn copy_table(
    source: &mut Tx,
    target: &mut Tx,
    table: &Table,
    heard: Heard<'_>,
) -> Result<u64, Error> {
    let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
    let bulk = Bulk { table: &table.name, columns: &columns };
    let text = table.select_text();
    let mut waiting = Vec::with_capacity(ROWS);
    let mut count = 0;
    each!(
        source,
        |row| {
            let mut cells = Vec::with_capacity(columns.len());
            for (at, column) in columns.iter().enumerate() {
                cells.push(if column.starts_with('#') {
                    Cell::MaybeInt(row.try_get(at)?)
                } else {
                    Cell::Maybe(row.try_get(at)?)
                });
            }
            waiting.push(cells);
            if waiting.len() == ROWS {
                count += put(target, &bulk, std::mem::take(&mut waiting), heard).await?;
            }
        },
        AssertSqlSafe(text.clone())
    );
    Ok(count + put(target, &bulk, waiting, heard).await?)
}

async fn put(
    target: &mut Tx,
    bulk: &Bulk<'_>,
    rows: Vec<Vec<Cell>>,
    heard: Heard<'_>,
) -> Result<u64, Error> {
    let count = rows.len() as u64;
    if target.insert_all(bulk, rows).await? != count {
        return differs(bulk.table, "a row of it is there twice");
    }
    heard(count);
    Ok(count)
}
