//! A database of its own for each test, on each side that there is.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use store::practices::Clinic;
use store::reviews::Reviews;
use store::{Key, Practice, Store, Url};
use tempfile::TempDir;

/// Past the program all practices are reached, as copies of a whole database reach them.
const EVERY: [(&str, &str); 1] = [("reclaim.practice", "**")];

/// An open database with one practice in it.
pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) url: Url,
    pub(crate) folder: TempDir,
}

/// When everything in these tests happens.
pub(crate) const AT: &str = "2026-06-01T08:00:00.000000Z";

pub(crate) fn key() -> Key {
    Key::new(b"a synthetic key")
}

pub(crate) fn practice() -> Practice {
    Practice::parse("main").expect("a short name")
}

pub(crate) fn clinic(practice: &str) -> Clinic {
    Clinic {
        practice: Practice::parse(practice).expect("a short name"),
        name: "Synthetic clinic".to_owned(),
        zone: "UTC".to_owned(),
        simulated: None,
    }
}

/// Runs a test on each database, and takes the database away afterwards.
#[track_caller]
pub(crate) fn on_each(test: impl AsyncFn(&Place)) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let place = open(Url::Sqlite(folder.path().join("a.db")), folder).await;
        test(&place).await;
        place.store.close().await;
        let Some(server) = server() else {
            eprintln!("SKIPPED on PostgreSQL: TEST_DATABASE_URL is not set");
            return;
        };
        let name = fresh_name();
        tell(&server, format!("create database {name}")).await;
        let folder = tempfile::tempdir().expect("a folder");
        let place = open(Url::Postgres(at(&server, &name)), folder).await;
        test(&place).await;
        place.store.close().await;
        tell(&server, format!("drop database {name} with (force)")).await;
    });
}

async fn open(url: Url, folder: TempDir) -> Place {
    let store = Store::open(&url, key()).await.expect("opens");
    make(&store, &clinic("main"), AT).await;
    Place { store, url, folder }
}

/// Makes a practice; false where it is there.
pub(crate) async fn make(store: &Store, clinic: &Clinic, at: &str) -> bool {
    let mut tx = store.write_aside(&clinic.practice).await.expect("aside");
    let made = tx.make_practice(clinic, at).await.expect("made");
    tx.commit().await.expect("durable");
    made
}

impl Place {
    /// Another database of the other kind, or of the same where there is only one; empty.
    pub(crate) async fn across(&self) -> Url {
        match (&self.url, server()) {
            (Url::Sqlite(_), Some(server)) => {
                let name = fresh_name();
                tell(&server, format!("create database {name}")).await;
                Url::Postgres(at(&server, &name))
            }
            (Url::Sqlite(_), None) | (Url::Postgres(_), _) => {
                Url::Sqlite(self.folder.path().join("across.db"))
            }
        }
    }

    /// Takes away what [`Place::across`] made.
    pub(crate) async fn drop_across(url: &Url) {
        let (Url::Postgres(address), Some(server)) = (url, server()) else { return };
        let (_, name) = address.rsplit_once('/').expect("an address with a database");
        tell(&server, format!("drop database {name} with (force)")).await;
    }

    /// Runs a statement past the program, as somebody with the database's password might; the
    /// error's words where it is refused.
    pub(crate) async fn past(&self, statement: &str) -> Result<u64, String> {
        match &self.url {
            Url::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path).foreign_keys(true);
                let mut conn = options.connect().await.expect("connects");
                let done = sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await;
                done.map(|done| done.rows_affected()).map_err(|fault| fault.to_string())
            }
            Url::Postgres(address) => {
                let options =
                    PgConnectOptions::from_str(address).expect("an address").options(EVERY);
                let mut conn = options.connect().await.expect("connects");
                let done = sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await;
                done.map(|done| done.rows_affected()).map_err(|fault| fault.to_string())
            }
        }
    }

    /// The first two columns of rows, read past the program.
    pub(crate) async fn pairs(&self, text: &'static str) -> Vec<(String, String)> {
        match &self.url {
            Url::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path);
                let mut conn = options.connect().await.expect("connects");
                sqlx::query_as(text).fetch_all(&mut conn).await.expect("rows")
            }
            Url::Postgres(address) => {
                let options =
                    PgConnectOptions::from_str(address).expect("an address").options(EVERY);
                let mut conn = options.connect().await.expect("connects");
                sqlx::query_as(text).fetch_all(&mut conn).await.expect("rows")
            }
        }
    }

    /// What a role without any privilege of a superuser reads, within a practice or none; `None`
    /// on SQLite, which has no roles.
    pub(crate) async fn as_plain(&self, within: Option<&str>, text: &str) -> Option<Vec<String>> {
        let Url::Postgres(address) = &self.url else { return None };
        let options = PgConnectOptions::from_str(address).expect("an address");
        let mut conn = options.connect().await.expect("connects");
        let asked = "select rolsuper from pg_roles where rolname = current_user";
        let is_super: bool = sqlx::query_scalar(asked).fetch_one(&mut conn).await.expect("a role");
        let role = "do $$ begin create role reclaim_plain; exception when others then null; end $$;
             grant usage on schema public to reclaim_plain;
             grant select, insert, update, delete on all tables in schema public to reclaim_plain;
             set role reclaim_plain";
        if is_super {
            conn.execute(role).await.expect("a role");
        }
        if let Some(practice) = within {
            let text = format!("set reclaim.practice = '{practice}'");
            conn.execute(AssertSqlSafe(text)).await.expect("set");
        }
        let rows = sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut conn).await;
        Some(rows.unwrap_or_else(|fault| vec![fault.to_string()]))
    }

    /// How SQLite goes about a page of the queue in an order.
    pub(crate) async fn plan(&self, order: &str) -> String {
        self.plan_of(&format!(
            "select denial from denial
             where practice = 'main' and state = 'open' order by {order} limit 50"
        ))
        .await
    }

    /// How SQLite would run a statement.
    pub(crate) async fn plan_of(&self, statement: &str) -> String {
        let Url::Sqlite(path) = &self.url else { return String::new() };
        let mut conn =
            SqliteConnectOptions::new().filename(path).connect().await.expect("connects");
        let text = format!("explain query plan {statement}");
        let rows: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(text)).fetch_all(&mut conn).await.expect("a plan");
        rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("; ")
    }

    /// Writes past the triggers too, as a damaged disk would.
    pub(crate) async fn damage(&self, table: &str, triggers: &[&str], statement: &str) {
        if matches!(self.url, Url::Sqlite(_)) {
            for trigger in triggers {
                self.past(&format!("drop trigger {trigger}")).await.expect("dropped");
            }
        } else {
            self.past(&format!("alter table {table} disable trigger user")).await.expect("off");
        }
        assert_eq!(self.past(statement).await, Ok(1), "{statement}");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

#[expect(clippy::disallowed_methods, reason = "tests hear from outside where PostgreSQL is")]
pub(crate) fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("reclaim_store_{}_{count}", std::process::id())
}

fn at(server: &str, name: &str) -> String {
    let (address, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{address}/{name}")
}

async fn tell(server: &str, statement: String) {
    let options = PgConnectOptions::from_str(server).expect("an address");
    let mut conn = options.connect().await.expect("the server of TEST_DATABASE_URL");
    sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await.expect("it may do that");
    conn.close().await.expect("closes");
}

pub(crate) const fn reviews(remittances: i64, matches: i64, doubts: i64) -> Reviews {
    Reviews { remittances, matches, doubts }
}
