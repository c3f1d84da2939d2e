//! Opening a database: its address, its settings, its schema.

use std::borrow::Cow;
use std::fs::File;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Pool, Postgres, SqlSafeStr, Sqlite};

use crate::turn::Turns;
use crate::{Error, Key, Pools, Store};

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Url {
    /// A file.
    Sqlite(PathBuf),
    /// A server's address, password included: never print it.
    Postgres(String),
}

impl Url {
    /// Reads `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// [`Error::Url`] for anything else.
    pub fn parse(text: &str) -> Result<Url, Error> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => {
                let path = path.strip_prefix("//").unwrap_or(path);
                Ok(Url::Sqlite(PathBuf::from(path)))
            }
            Some(("postgres" | "postgresql", _)) => Ok(Url::Postgres(text.to_owned())),
            Some((scheme, _)) => Err(Error::Url(format!("got the scheme {scheme:?}"))),
            None => Err(Error::Url("got no scheme".to_owned())),
        }
    }
}

/// How safe the line to a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// It leaves this machine nowhere.
    Here,
    /// It is encrypted, and the server has proven its name.
    Proven,
    /// It is encrypted, to whoever answers.
    Unproven,
    /// Whoever is on the way reads and alters it.
    Open,
}

impl Wire {
    /// Nothing where nothing is said of a server elsewhere: what is tried first and given up
    /// silently protects nobody.
    fn of(options: &PgConnectOptions) -> Option<Wire> {
        if is_here(options) {
            return Some(Wire::Here);
        }
        match options.get_ssl_mode() {
            PgSslMode::VerifyFull => Some(Wire::Proven),
            // Any authority of this machine would do, for any name.
            PgSslMode::VerifyCa | PgSslMode::Require => Some(Wire::Unproven),
            PgSslMode::Disable => Some(Wire::Open),
            PgSslMode::Prefer | PgSslMode::Allow => None,
        }
    }
}

fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    let is_loopback = || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let is_socket = options.get_socket().is_some() || host.starts_with('/');
    is_socket || host.eq_ignore_ascii_case("localhost") || is_loopback()
}

/// Pages that each SQLite connection keeps in memory, in KiB.
const CACHE_KIB: &str = "-16384";
/// Readers beside the one writer.
const CONNECTIONS: u32 = 8;

impl Store {
    /// Opens a database, makes it where it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Migrate`], [`Error::File`].
    pub async fn open(url: &Url, key: Key) -> Result<Store, Error> {
        let pools = match url {
            Url::Sqlite(path) => Pools::Sqlite(sqlite(path).await?),
            Url::Postgres(address) => Pools::Postgres(postgres(address).await?),
        };
        Ok(Store { pools, key, turns: Turns::new() })
    }

    /// How safe the line to the database is.
    #[must_use]
    pub fn wire(&self) -> Wire {
        match &self.pools {
            Pools::Sqlite(_) => Wire::Here,
            Pools::Postgres(pool) => Wire::of(&pool.connect_options()).unwrap_or(Wire::Open),
        }
    }
}

async fn sqlite(path: &Path) -> Result<Pool<Sqlite>, Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(60))
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", CACHE_KIB)
        .pragma("mmap_size", "67108864")
        // The log is brought into the file beside the writers; a commit does it only where that
        // does not keep up.
        .pragma("wal_autocheckpoint", "16000")
        .row_buffer_size(500)
        .statement_cache_capacity(200);
    // Two processes may open a new file at once; SQLite alone would let both make the schema.
    let lock = lock_of(path);
    let failed = |fault| Error::File { what: lock.display().to_string(), fault };
    let file = File::create(&lock).map_err(failed)?;
    let file = tokio::task::spawn_blocking(move || file.lock().map(|()| file))
        .await
        .expect("waiting for a lock does not panic")
        .map_err(failed)?;
    only_mine(path).map_err(|fault| Error::File { what: path.display().to_string(), fault })?;
    let options = options.journal_mode(SqliteJournalMode::Wal);
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
    let migrator = migrator([include_str!("../migrations/triggers.sqlite.sql"), DESK, WALLS]);
    migrator.run(&pool).await.map_err(in_words)?;
    drop(file);
    Ok(pool)
}

/// Makes a file that is not there so that nobody else of the machine can read it: patient data will
/// lie in it. SQLite makes what lies beside it like it.
fn only_mine(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::AlreadyExists => Err(fault),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The file whose lock is held while the schema is made. Its name is the database's whole name and
/// more, so that two databases of one folder never share it.
pub(crate) fn lock_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// A step that this program does not know was made by a newer one.
fn in_words(error: MigrateError) -> Error {
    if let MigrateError::VersionMissing(found) = error
        && found > SCHEMA
    {
        return Error::Newer { found, known: SCHEMA };
    }
    if let MigrateError::VersionMismatch(found) = error {
        return Error::Changed { found };
    }
    Error::Migrate(error)
}

async fn postgres(address: &str) -> Result<Pool<Postgres>, Error> {
    // A plan that is kept was made while tables were small, and then walks them whole.
    let options =
        PgConnectOptions::from_str(address)?.options([("plan_cache_mode", "force_custom_plan")]);
    if Wire::of(&options).is_none() {
        return Err(Error::Unprotected { host: options.get_host().to_owned() });
    }
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
    let desk = concat!(
        include_str!("../migrations/0003_desk.sql"),
        include_str!("../migrations/0003_desk.postgres.sql")
    );
    let migrator = migrator([
        include_str!("../migrations/triggers.postgres.sql"),
        desk,
        include_str!("../migrations/0004_walls.postgres.sql"),
    ]);
    migrator.run(&pool).await.map_err(in_words)?;
    Ok(pool)
}

/// The last step of the schema.
pub(crate) const SCHEMA: i64 = 4;

/// The third step, as SQLite takes it.
const DESK: &str = concat!(
    include_str!("../migrations/0003_desk.sql"),
    include_str!("../migrations/0003_desk.sqlite.sql")
);

/// The fourth step, as SQLite takes it.
const WALLS: &str = include_str!("../migrations/0004_walls.sqlite.sql");

/// The steps, of which each database has its own but the first.
fn migrator([triggers, desk, walls]: [&'static str; 3]) -> Migrator {
    let step = |number, name: &'static str, text: &'static str| {
        let kind = MigrationType::Simple;
        Migration::new(number, Cow::Borrowed(name), kind, text.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        step(1, "first", include_str!("../migrations/0001_first.sql")),
        step(2, "triggers", triggers),
        step(3, "desk", desk),
        step(4, "walls", walls),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_of_two_databases() {
        assert_eq!(Url::parse("sqlite:a/b.db").ok(), Some(Url::Sqlite(PathBuf::from("a/b.db"))));
        assert_eq!(Url::parse("sqlite:///a.db").ok(), Some(Url::Sqlite(PathBuf::from("/a.db"))));
        assert!(matches!(Url::parse("postgres://x/y"), Ok(Url::Postgres(_))));
        assert!(Url::parse("mysql://x").is_err() && Url::parse("a.db").is_err());
    }

    #[test]
    fn a_server_elsewhere_is_reached_only_as_somebody_said() {
        let wire = |address: &str| Wire::of(&address.parse().expect("an address"));
        for here in [
            "postgres://u@localhost/d",
            "postgres://u@127.0.0.1:5544/d?sslmode=disable",
            "postgres://u@[::1]/d",
            "postgres://u@%2Frun%2Fpostgresql/d",
            "postgres:///d?host=/run/postgresql",
        ] {
            assert_eq!(wire(here), Some(Wire::Here), "{here}");
        }
        let far = "postgres://u:secret@db.example/d";
        for (more, safe) in [
            ("", None),
            ("?sslmode=prefer", None),
            ("?sslmode=allow", None),
            ("?sslmode=disable", Some(Wire::Open)),
            ("?sslmode=require", Some(Wire::Unproven)),
            ("?sslmode=verify-ca&sslrootcert=/a.pem", Some(Wire::Unproven)),
            ("?sslmode=verify-full", Some(Wire::Proven)),
            ("?host=127.0.0.2", Some(Wire::Here)),
            ("?hostaddr=192.0.2.7", None),
        ] {
            assert_eq!(wire(&format!("{far}{more}")), safe, "{more}");
        }
        assert_eq!(wire("postgres://u@localhost.evil.example/d"), None);
    }

    #[tokio::test]
    async fn what_is_refused_tells_no_password() {
        let far = Url::parse("postgres://u:secret@db.example/d").expect("an address");
        let refused = Store::open(&far, Key::new(b"a synthetic key")).await.err().expect("refused");
        let told = refused.to_string();
        assert!(told.contains("db.example") && told.contains("sslmode=verify-full"), "{told}");
        assert!(!told.contains("secret"));
    }

    #[test]
    fn the_last_step_is_the_schema() {
        let steps = migrator(["select 1", DESK, WALLS]);
        assert_eq!(steps.iter().map(|step| step.version).max(), Some(SCHEMA));
    }

    #[test]
    fn two_databases_never_share_a_lock() {
        assert_eq!(lock_of(Path::new("a/t1.db")), Path::new("a/t1.db.lock"));
        assert_ne!(lock_of(Path::new("t1.db")), lock_of(Path::new("t1.bak")));
    }
}
