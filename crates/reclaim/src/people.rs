//! People who sign in: made, given roles and passwords, shut out; each act on record.

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::{Context, bail};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use denial::person::{Access, Role, allows};
use serde_json::json;
use store::instant;
use store::journal::Entry;
use store::people::Person;

use crate::practice::{self, Office};
use crate::{factor, identity, passwords, show};

/// Somebody to be made, or given another role.
pub(crate) struct NewPerson<'a> {
    pub(crate) login: &'a str,
    pub(crate) name: &'a str,
    pub(crate) role: Role,
    pub(crate) password: &'a str,
}

/// The name to sign in with as it is kept: small letters, digits and `. _ - @`.
///
/// # Errors
/// What is wrong with it, for the person who typed it.
pub(crate) fn login(text: &str) -> Result<String, String> {
    let login = text.trim().to_lowercase();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "._-@".contains(letter);
    if (1..=64).contains(&login.len()) && login.chars().all(fits) {
        return Ok(login);
    }
    Err("a sign-in name is up to 64 letters, digits and . _ - @".to_owned())
}

/// What is kept of a password.
pub(crate) fn secret(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    let hash = hash.map_err(|fault| anyhow::anyhow!("the password cannot be hashed: {fault}"))?;
    Ok(hash.to_string())
}

/// True where a password is the one that a secret was made from.
pub(crate) fn is_right(password: &str, secret: &str) -> bool {
    PasswordHash::new(secret)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A password or code drawn at random: four groups of five letters that are not mistaken for one
/// another, a hundred bits.
pub(crate) fn drawn() -> String {
    drawn_of::<20>()
}

/// The same of so many letters, five bits each.
pub(crate) fn drawn_of<const COUNT: usize>() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    let mut text = String::with_capacity(COUNT * 6 / 5);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text
}

/// Makes a person with a role in the office's practice, whose password is their own choice; where
/// the login is known, gives the role alone. True where the person was made.
pub(crate) async fn add(office: &Office, new: &NewPerson<'_>) -> anyhow::Result<bool> {
    make(office, new, false).await
}

/// The same, where somebody else set the password: they change it when they first sign in.
pub(crate) async fn add_for(office: &Office, new: &NewPerson<'_>) -> anyhow::Result<bool> {
    make(office, new, true).await
}

async fn make(office: &Office, new: &NewPerson<'_>, provisional: bool) -> anyhow::Result<bool> {
    let login = login(new.login).map_err(|fault| anyhow::anyhow!(fault))?;
    let name = new.name.trim();
    if name.is_empty() {
        bail!("expected the person's name");
    }
    let mut tx = office.read().await?;
    let known = tx.person_by_login(&login).await?;
    drop(tx);
    let secret = match &known {
        Some(_) => None,
        None => Some(secret_of(new.password).await?),
    };
    let person = known
        .as_ref()
        .map_or_else(|| identity::person(&login).as_str().to_owned(), |known| known.person.clone());
    let moment = office.moment();
    let mut tx = office.write().await?;
    if let Some(secret) = secret {
        let row = Person {
            person: person.clone(),
            login: login.clone(),
            name: name.to_owned(),
            secret: Some(secret.clone()),
            disabled_at: None,
        };
        let at = instant(moment.now);
        if !tx.make_person(&row, &at).await? {
            bail!("somebody has taken the sign-in name {login:?} meanwhile");
        }
        if provisional {
            tx.set_secret(&person, &secret, Some(&at)).await?;
        }
        let facts = json!({ "login": login, "name": name });
        tx.append_house(vec![Entry::new(&person, "person.made", &facts)], &moment).await?;
    }
    tx.give_role(&person, new.role).await?;
    let facts = json!({ "practice": office.practice().as_str(), "role": new.role.as_str() });
    tx.append_house(vec![Entry::new(&person, "person.role_given", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(known.is_none())
}

/// Hashing takes a while on purpose, so it has a thread of its own.
async fn secret_of(password: &str) -> anyhow::Result<String> {
    passwords::check_length(password).map_err(|fault| anyhow::anyhow!(fault))?;
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || secret(&password)).await.context("hashing stopped")?
}

/// Gives a person another password, which they change when they next sign in, and ends their
/// sessions.
pub(crate) async fn set_password(
    office: &Office,
    login: &str,
    password: &str,
) -> anyhow::Result<()> {
    let secret = secret_of(password).await?;
    let mut tx = office.write().await?;
    let known = tx.person_by_login(&login.trim().to_lowercase()).await?;
    let known = known.with_context(|| format!("nobody signs in as {login:?}"))?;
    let moment = office.moment();
    let at = instant(moment.now);
    tx.set_secret(&known.person, &secret, Some(&at)).await?;
    tx.end_sessions_of(&known.person, &at).await?;
    let entry = Entry::new(&known.person, "person.password_set", &json!({}));
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives who acts the password that they chose, and ends their sessions but this one.
pub(crate) async fn change_own_password(
    office: &Office,
    password: &str,
    session: &str,
) -> anyhow::Result<()> {
    let secret = secret_of(password).await?;
    let moment = office.moment();
    let person = moment.who.person.as_str();
    let mut tx = office.store.write_aside(office.practice()).await?;
    tx.set_secret(person, &secret, None).await?;
    tx.end_other_sessions(person, session, &instant(moment.now)).await?;
    let entry = Entry::new(person, "person.password_changed", &json!({}));
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of a person, in whatever practice; gives how many.
pub(crate) async fn end_sessions(office: &Office, person: &str) -> anyhow::Result<u64> {
    let moment = office.moment();
    let mut tx = office.store.write_aside(office.practice()).await?;
    let ended = tx.end_sessions_of(person, &instant(moment.now)).await?;
    let entry = Entry::new(person, "person.sessions_ended", &json!({ "sessions": ended }));
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(ended)
}

/// `reclaim user forget-factor`.
pub(crate) async fn run_forget_factor(office: &Office, login: &str) -> anyhow::Result<ExitCode> {
    let person = to_change(office, login).await?;
    let line = if factor::forget(office, &person).await? {
        format!("{login} signs in without a second factor until they set one up again")
    } else {
        format!("{login} has no second factor")
    };
    show::print(vec![line])
}

/// The id of somebody whom who acts may change in every practice.
pub(crate) async fn to_change(office: &Office, login: &str) -> anyhow::Result<String> {
    check_change(office, login).await?;
    let known = office.read().await?.person_by_login(&login.trim().to_lowercase()).await?;
    let known = known.with_context(|| format!("nobody signs in as {login:?}"))?;
    check_answers_for(office, &known).await?;
    Ok(known.person)
}

/// True where who acts administers every practice of a person: a password and a shut door are
/// theirs in all of them, and who sets a password can sign in with it.
pub(crate) async fn answers_for(office: &Office, person: &str) -> anyhow::Result<bool> {
    for practice in office.read().await?.practices_of(person).await? {
        let me = office.store.read(&practice).await?.member(office.who.person.as_str()).await?;
        let role = me.and_then(|me| Role::from_name(&me.role));
        if !role.is_some_and(|role| allows(role, Access::ManagePeople)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// True where somebody has a login already, unless who acts administers all of their practices and
/// this one is to be a further one. It does not tell whether they are of this practice.
pub(crate) async fn is_taken(office: &Office, login: &str) -> anyhow::Result<bool> {
    let mut tx = office.read().await?;
    let Some(known) = tx.person_by_login(&login.trim().to_lowercase()).await? else {
        return Ok(false);
    };
    let is_here = tx.members().await?.iter().any(|one| one.person == known.person);
    let is_nowhere = tx.practices_of(&known.person).await?.is_empty();
    drop(tx);
    Ok(is_here || is_nowhere || !answers_for(office, &known.person).await?)
}

/// A person whom somebody changes from the command line; the console answers for everybody.
async fn check_change(office: &Office, login: &str) -> anyhow::Result<()> {
    match not_theirs(office, login).await? {
        Some(why) => bail!(why),
        None => Ok(()),
    }
}

/// Why the place of somebody with a login is not changed by who acts, in words; nothing where it
/// may be.
pub(crate) async fn not_theirs(
    office: &Office,
    login: &str,
) -> anyhow::Result<Option<&'static str>> {
    if office.is_console() {
        return Ok(None);
    }
    let known = office.read().await?.person_by_login(&login.trim().to_lowercase()).await?;
    Ok(match known {
        Some(one) if one.person == office.who.person.as_str() => {
            Some("nobody changes their own place; ask another administrator")
        }
        Some(one) if one.login == practice::CONSOLE => {
            Some("that account acts for commands; choose another login")
        }
        Some(_) | None => None,
    })
}

/// The console answers for everybody.
async fn check_answers_for(office: &Office, known: &Person) -> anyhow::Result<()> {
    if office.is_console() || answers_for(office, &known.person).await? {
        return Ok(());
    }
    bail!(
        "{} works in another practice too, where you are no administrator; ask an administrator \
         of all their practices",
        known.login
    )
}

/// Shuts a person out, or lets them in again.
pub(crate) async fn shut_out(office: &Office, person: &str, out: bool) -> anyhow::Result<()> {
    let moment = office.moment();
    let at = instant(moment.now);
    let mut tx = office.write().await?;
    tx.disable(person, out.then_some(at.as_str())).await?;
    if out {
        tx.end_sessions_of(person, &at).await?;
    }
    let kind = if out { "person.shut_out" } else { "person.let_in" };
    tx.append_house(vec![Entry::new(person, kind, &json!({}))], &moment).await?;
    tx.commit().await?;
    Ok(())
}

/// The password of everybody in a simulated practice.
pub(crate) const SIMULATED_PASSWORD: &str = "reclaim-demo";

/// Makes one person of every role that works in a simulated practice; gives their logins. All have
/// [`SIMULATED_PASSWORD`].
pub(crate) async fn simulate(office: &Office) -> anyhow::Result<Vec<&'static str>> {
    if office.clinic.simulated.is_none() {
        bail!("people are made up for a simulated practice only");
    }
    const PEOPLE: [(&str, &str, Role); 10] = [
        ("lead", "Simulated billing lead", Role::BillingSupervisor),
        ("biller", "Simulated specialist", Role::BillingSpecialist),
        ("poster", "Simulated poster", Role::Poster),
        ("coder", "Simulated coder", Role::CertifiedCoder),
        ("auth", "Simulated authorization clerk", Role::AuthorizationStaff),
        ("frontdesk", "Simulated front desk", Role::FrontDesk),
        ("review", "Simulated reviewer", Role::UtilizationReview),
        ("manager", "Simulated manager", Role::Manager),
        ("auditor", "Simulated auditor", Role::Auditor),
        ("admin", "Simulated administrator", Role::Administrator),
    ];
    for (login, name, role) in PEOPLE {
        add(office, &NewPerson { login, name, role, password: SIMULATED_PASSWORD }).await?;
    }
    Ok(PEOPLE.iter().map(|(login, ..)| *login).collect())
}

/// What becomes of a password that somebody else set.
const FIRST: &str = "the password must be changed at the first sign-in";

/// `reclaim user add`.
pub(crate) async fn run_add(
    office: &Office,
    login: &str,
    name: &str,
    role: &str,
    from_stdin: bool,
) -> anyhow::Result<ExitCode> {
    let role = role_named(role)?;
    check_change(office, login).await?;
    let password = asked(from_stdin, &[login, name])?;
    let made = add_for(office, &NewPerson { login, name, role, password: &password.text }).await?;
    let role = role.as_str().replace('_', " ");
    let practice = office.practice();
    let line = match (made, password.is_drawn) {
        (false, _) => format!("{login} was known and is {role} in {practice} now"),
        (true, false) => format!("{login} is {role} in {practice}; {FIRST}"),
        (true, true) => format!(
            "{login} is {role} in {practice}; {FIRST}; password, shown this once: {}",
            password.text
        ),
    };
    show::print(vec![line])
}

/// `reclaim user password`.
pub(crate) async fn run_password(
    office: &Office,
    login: &str,
    from_stdin: bool,
) -> anyhow::Result<ExitCode> {
    check_change(office, login).await?;
    let known = office.read().await?.person_by_login(&login.trim().to_lowercase()).await?;
    if let Some(one) = &known {
        check_answers_for(office, one).await?;
    }
    let password = asked(from_stdin, &[login])?;
    set_password(office, login, &password.text).await?;
    let line = if password.is_drawn {
        format!("{login} has another password; {FIRST}; shown this once: {}", password.text)
    } else {
        format!("{login} has another password; {FIRST}")
    };
    show::print(vec![line])
}

/// `reclaim user list`.
pub(crate) async fn run_list(office: &Office) -> anyhow::Result<ExitCode> {
    let members = office.read().await?.members().await?;
    let line = |one: &store::people::Member| {
        format!("{:<24} {:<24} {}", one.login, one.role.replace('_', " "), one.name)
    };
    show::print(members.iter().map(line).collect())
}

fn role_named(text: &str) -> anyhow::Result<Role> {
    let name = text.trim().to_lowercase().replace([' ', '-'], "_");
    Role::from_name(&name).with_context(|| {
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("{text:?} is no role; expected one of {}", names.join(", "))
    })
}

struct Password {
    text: String,
    is_drawn: bool,
}

/// The first line of the standard input, or one drawn: a terminal would show what is typed.
fn asked(from_stdin: bool, names: &[&str]) -> anyhow::Result<Password> {
    if !from_stdin {
        return Ok(Password { text: drawn(), is_drawn: true });
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password")?;
    let text = line.trim_end_matches(['\r', '\n']).to_owned();
    passwords::check(&text, names).map_err(|fault| anyhow::anyhow!(fault))?;
    Ok(Password { text, is_drawn: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_knows_its_password_alone() {
        let kept = secret("synthetic-password").expect("hashed");
        assert!(is_right("synthetic-password", &kept));
        assert!(!is_right("synthetic-passwore", &kept));
        assert!(!is_right("synthetic-password", "no hash"));
    }

    #[test]
    fn what_is_drawn_will_do_and_differs() {
        let (one, other) = (drawn(), drawn());
        assert_ne!(one, other);
        assert_eq!(passwords::check(&one, &["ada"]), Ok(()));
    }

    #[test]
    fn a_login_is_kept_in_one_form() {
        assert_eq!(login(" Ada.L@x "), Ok("ada.l@x".to_owned()));
        assert!(login("a b").is_err() && login("").is_err());
    }
}
