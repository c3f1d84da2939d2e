//! An opened practice: its database, rules, documents, clock, and who acts.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use denial::denial::Denial;
use denial::ids::PersonId;
use denial::person::{Access, Actor, Moment, Reach, Role, allows, reach, sees};
use denial::team::Team;
use insight::board::Own;
use jiff::civil::Date;
use store::people::Person;
use store::practices::Clinic;
use store::{Key, Practice, Store, Tx, Url, instant};

use crate::clock::{self, Clock};
use crate::documents::Documents;
use crate::outcomes::Histories;
use crate::own_rules::{RuleBook, RuleBooks};
use crate::practices::{self, Wanted};
use crate::scanner::Scanner;
use crate::{access, identity, rules_files};

/// Where a practice lies and who asks, as commands say it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// The database; the user's data folder where it is not said.
    pub(crate) db: Option<String>,
    /// The practice's short name; the only one where it is not said.
    pub(crate) practice: Option<String>,
    /// The login of who acts; the command line's own account where it is not said.
    pub(crate) login: Option<String>,
    /// A folder of the clinic's own rules.
    pub(crate) rules: Option<PathBuf>,
    /// The folder for documents and the journal's key.
    pub(crate) folder: Option<PathBuf>,
}

/// One practice, ready to be worked with.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) store: Store,
    pub(crate) clinic: Clinic,
    /// What its cases follow.
    pub(crate) rules: RuleBook,
    /// The rules of every practice of the database.
    pub(crate) rule_books: Arc<RuleBooks>,
    pub(crate) documents: Documents,
    pub(crate) clock: Clock,
    pub(crate) who: Actor,
    /// What lies beside the database: documents, the journal's key, the inbox.
    pub(crate) folder: PathBuf,
    /// Who is asked about files that people send; nobody where none is configured.
    pub(crate) scanner: Option<Scanner>,
    /// What came of each practice's ways, for the ranks of a day.
    pub(crate) histories: Arc<Histories>,
}

/// The account under which commands act where nobody is named.
pub(crate) const CONSOLE: &str = "console";

impl Office {
    /// Opens the practice, and makes it where the database has none yet.
    pub(crate) async fn open(place: &Place) -> anyhow::Result<Office> {
        Office::open_at(place, Clock::System).await
    }

    /// The same with a clock of the caller's choice.
    pub(crate) async fn open_at(place: &Place, clock: Clock) -> anyhow::Result<Office> {
        let name = short_name(place.practice.as_deref().unwrap_or("main"))?;
        Office::open_as(place, clock, |_| first_clinic(name)).await
    }

    /// The same, where a database without any practice gets the one that `first` names.
    pub(crate) async fn open_as(
        place: &Place,
        clock: Clock,
        first: impl FnOnce(&Clock) -> Clinic,
    ) -> anyhow::Result<Office> {
        let files = rules_files::files(place.rules.as_deref())?;
        let rule_books = Arc::new(RuleBooks::over(files)?);
        let folder = place.folder(&place.url()?)?;
        let store = open_store(place).await?;
        if store.practices().await?.is_empty() {
            let clinic = first(&clock);
            let moment =
                Moment { now: clock.now(), today: clock.today(&clinic.zone), who: console_actor() };
            practices::make(&store, &clinic, &Wanted::default(), &moment).await?;
        }
        let clinic = choose(&store, place.practice.as_deref()).await?;
        let documents = Documents::open(&folder.join("documents"))?;
        let who = console(&store, &clinic.practice, &clock).await?;
        let rules = rule_books.newest(&mut store.read(&clinic.practice).await?).await?;
        let (scanner, histories) = (None, Arc::default());
        let mut office = Office {
            store,
            clinic,
            rules,
            rule_books,
            documents,
            clock,
            who,
            folder,
            scanner,
            histories,
        };
        if let Some(login) = &place.login {
            office.who = office.member(login).await?;
        }
        Ok(office)
    }

    /// Now, today in the practice's zone, and who acts.
    pub(crate) fn moment(&self) -> Moment {
        self.moment_of(self.who.clone())
    }

    /// The same for somebody else.
    pub(crate) fn moment_of(&self, who: Actor) -> Moment {
        let now = self.clock.now();
        Moment { now, today: self.clock.today(&self.clinic.zone), who }
    }

    /// The instant at which a day begins where the practice is.
    pub(crate) fn begins(&self, day: Date) -> String {
        clock::begins(&self.clinic.zone, day)
    }

    /// The practice's short name.
    pub(crate) const fn practice(&self) -> &Practice {
        &self.clinic.practice
    }

    /// A transaction that reads.
    pub(crate) async fn read(&self) -> Result<Tx, store::Error> {
        self.store.read(self.practice()).await
    }

    /// A transaction that writes.
    pub(crate) async fn write(&self) -> Result<Tx, store::Error> {
        self.store.write(self.practice()).await
    }

    /// The same practice as it is now: somebody may have changed its name, time zone or rules.
    pub(crate) async fn afresh(&self) -> Result<Office, store::Error> {
        let mut tx = self.read().await?;
        let clinic = tx.clinic().await?;
        let rules = self.rule_books.newest(&mut tx).await?;
        Ok(Office { clinic, rules, ..self.clone() })
    }

    /// Another practice of the same database, under its own rules.
    pub(crate) async fn of(&self, clinic: Clinic) -> Result<Office, store::Error> {
        let mut tx = self.store.read(&clinic.practice).await?;
        let rules = self.rule_books.newest(&mut tx).await?;
        Ok(Office { clinic, rules, ..self.clone() })
    }

    /// The same under the rules that hold in a transaction, which nobody changes meanwhile where it
    /// writes.
    ///
    /// # Errors
    /// The database; the practice's own rules have faults.
    pub(crate) async fn in_step(&self, tx: &mut Tx) -> anyhow::Result<Office> {
        let rules = self.rule_books.newest(tx).await?;
        rules.require_whole()?;
        Ok(Office { rules, ..self.clone() })
    }

    /// Whether who acts may run a command; whoever holds the database and its key may everything.
    ///
    /// # Errors
    /// Their role does not reach it, which is on record then.
    pub(crate) async fn require(&self, command: &str, access: Access) -> anyhow::Result<()> {
        if self.is_console() || allows(self.who.role, access) {
            return Ok(());
        }
        access::note_refusal(self, command, "command.refused", command).await;
        let role = self.who.role.as_str().replace('_', " ");
        bail!(
            "the role {role} does not reach `reclaim {command}`; nothing was done; ask an \
             administrator for another role"
        )
    }

    /// Whose cases who acts sees; `None` for every case of the practice.
    pub(crate) fn own(&self) -> Option<Own> {
        let role = match reach(self.who.role) {
            Reach::Every => return None,
            Reach::Own => Some(self.who.role),
            Reach::Placed | Reach::Nothing => None,
        };
        let teams = self.teams().map(|team| team.name.to_string()).collect();
        Some(Own { role, person: self.who.person.as_str().to_owned(), teams })
    }

    /// The teams that who acts is of.
    pub(crate) fn teams(&self) -> impl Iterator<Item = &Team> {
        self.rules.owners.teams_of(&self.who.person)
    }

    /// True where who acts may see a case.
    pub(crate) fn sees(&self, case: &Denial) -> bool {
        sees(&self.who, case, &self.rules)
    }

    /// True where the command line acts for nobody in particular.
    pub(crate) fn is_console(&self) -> bool {
        self.who.person == console_actor().person
    }

    async fn member(&self, login: &str) -> anyhow::Result<Actor> {
        let mut tx = self.read().await?;
        let person = tx.person_by_login(login).await?;
        let member = match &person {
            Some(person) => tx.member(&person.person).await?,
            None => None,
        };
        let role = member.as_ref().and_then(store::people::Member::role);
        let Some((member, role)) = member.zip(role) else {
            bail!("nobody in practice {} signs in as {login:?}", self.practice());
        };
        Ok(Actor { person: PersonId::parse(&member.person)?, role })
    }
}

impl Place {
    /// The database's address.
    pub(crate) fn url(&self) -> anyhow::Result<Url> {
        match &self.db {
            Some(text) => Ok(Url::parse(text)?),
            None => Ok(Url::Sqlite(data_folder()?.join("reclaim.db"))),
        }
    }

    /// The folder for what lies beside the database.
    pub(crate) fn folder(&self, url: &Url) -> anyhow::Result<PathBuf> {
        let folder = match (&self.folder, url) {
            (Some(folder), _) => folder.clone(),
            (None, Url::Sqlite(path)) => beside(path),
            (None, Url::Postgres(_)) => data_folder()?.join("postgres"),
        };
        private_folder(&folder)?;
        Ok(folder)
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".files");
    PathBuf::from(name)
}

/// The user's data folder for this program.
pub(crate) fn data_folder() -> anyhow::Result<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "reclaim")
        .context("cannot tell the user's data folder; name a database with --db")?;
    let folder = folders.data_dir().to_owned();
    private_folder(&folder)?;
    Ok(folder)
}

/// Makes a folder that nobody else of the machine can read: patient data lies in it.
fn private_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let only_mine = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder, only_mine)
            .with_context(|| format!("cannot close the folder {}", folder.display()))?;
    }
    Ok(())
}

/// Reads the journal's key, or draws one. Two processes that draw at once end with one key.
fn journal_key(path: &Path) -> anyhow::Result<Key> {
    if !path.exists() {
        let folder = path.parent().expect("the key lies in a folder");
        let mut file = tempfile::NamedTempFile::new_in(folder).context("cannot write the key")?;
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|fault| anyhow::anyhow!("no randomness: {fault}"))?;
        file.write_all(hex::encode(bytes).as_bytes()).context("cannot write the key")?;
        file.as_file().sync_all().context("cannot write the key")?;
        match file.persist_noclobber(path) {
            Ok(_) => {}
            Err(fault) if fault.error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(fault) => return Err(fault.error).context("cannot keep the key"),
        }
    }
    let text = fs::read_to_string(path).context("cannot read the journal's key")?;
    Ok(Key::new(text.trim().as_bytes()))
}

fn first_clinic(practice: Practice) -> Clinic {
    Clinic { practice, name: "Your practice".to_owned(), zone: own_zone(), simulated: None }
}

/// The time zone of this machine.
pub(crate) fn own_zone() -> String {
    jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// The database of a place, with the key of its journal.
pub(crate) async fn open_store(place: &Place) -> anyhow::Result<Store> {
    let url = place.url()?;
    let key = journal_key(&place.folder(&url)?.join("journal.key"))?;
    Store::open(&url, key).await.context("cannot open the database")
}

async fn choose(store: &Store, name: Option<&str>) -> anyhow::Result<Clinic> {
    let mut clinics = store.practices().await?;
    let known: Vec<String> = clinics.iter().map(|clinic| clinic.practice.to_string()).collect();
    let wanted = name.map(short_name).transpose()?;
    let found = match wanted {
        Some(wanted) => clinics.into_iter().find(|clinic| clinic.practice == wanted),
        None if clinics.len() == 1 => clinics.pop(),
        None => bail!("this database holds {}; choose with --practice", known.join(", ")),
    };
    found.with_context(|| format!("no practice of that name; there is {}", known.join(", ")))
}

/// Reads a practice's short name.
pub(crate) fn short_name(text: &str) -> anyhow::Result<Practice> {
    Practice::parse(text).context("a practice's short name is letters, digits and dashes, up to 24")
}

/// True where the database itself refuses or cannot be reached, which keeps all from what one row
/// alone keeps nobody from.
pub(crate) fn is_of_database(fault: &anyhow::Error) -> bool {
    matches!(fault.downcast_ref(), Some(store::Error::Database(_)))
}

/// The account under which commands act: whoever can open the database and its key can do all of
/// it anyway, and the journal still says that it was done here.
pub(crate) fn console_actor() -> Actor {
    Actor { person: identity::person(CONSOLE), role: Role::BillingSupervisor }
}

/// The same, with its place in a practice.
async fn console(store: &Store, practice: &Practice, clock: &Clock) -> anyhow::Result<Actor> {
    let who = console_actor();
    let mut tx = store.read(practice).await?;
    let there = tx.member(who.person.as_str()).await?.is_some();
    drop(tx);
    if !there {
        let mut tx = store.write(practice).await?;
        let account = Person {
            person: who.person.as_str().to_owned(),
            login: CONSOLE.to_owned(),
            name: "Reclaim".to_owned(),
            secret: None,
            disabled_at: None,
        };
        tx.make_person(&account, &instant(clock.now())).await?;
        tx.give_role(&account.person, who.role).await?;
        tx.commit().await?;
    }
    Ok(who)
}
