//! Whom an issuer means: tied by an administrator, or by who showed both; `reclaim issuer`.

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::json;
use store::instant;
use store::issuers::{Newcomer, Tie};
use store::journal::Entry;

use crate::oidc::{self, Wanted};
use crate::people;
use crate::practice::Office;
use crate::show;

/// Ties somebody to the issuer's word for them; why not, in words.
pub(crate) async fn tie(
    office: &Office,
    person: &str,
    (subject, named): (&str, &str),
) -> anyhow::Result<Result<(), String>> {
    let subject = subject.trim();
    if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
        return Ok(Err("Expected the subject, as the issuer's tokens name them.".to_owned()));
    }
    let moment = office.moment();
    let mut tx = office.store.write_aside(office.practice()).await?;
    let Some(issuer) = tx.issuer().await? else {
        return Ok(Err("No issuer is configured here.".to_owned()));
    };
    let tie = Tie {
        subject: subject.to_owned(),
        person: person.to_owned(),
        named: named.to_owned(),
        tied_at: instant(moment.now),
        used_at: None,
    };
    if !tx.make_tie(&issuer.issuer, &tie).await? {
        return Ok(Err("They are tied already, or that subject is somebody else.".to_owned()));
    }
    let facts = json!({ "issuer": issuer.issuer });
    tx.append_house(vec![Entry::new(person, "person.tied", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Ties who acts to the newcomer that their browser came back as.
pub(crate) async fn tie_newcomer(
    office: &Office,
    token: &str,
    newcomer: &Newcomer,
) -> anyhow::Result<Result<(), String>> {
    let mut tx = office.store.write_aside(office.practice()).await?;
    let issuer = tx.issuer().await?.filter(|issuer| issuer.issuer == newcomer.issuer);
    let is_first = tx.end_newcomer(token).await?;
    tx.commit().await?;
    if issuer.is_none() || !is_first {
        return Ok(Err("Nobody waits to be tied any more. Begin again.".to_owned()));
    }
    let person = office.who.person.as_str();
    tie(office, person, (&newcomer.subject, &newcomer.named)).await
}

/// Unties somebody and ends their sessions but the one named; false where they were tied to none.
pub(crate) async fn untie(office: &Office, person: &str, session: &str) -> anyhow::Result<bool> {
    let moment = office.moment();
    let mut tx = office.store.write_aside(office.practice()).await?;
    if !tx.untie(person).await? {
        return Ok(false);
    }
    tx.end_other_sessions(person, session, &instant(moment.now)).await?;
    tx.append_house(vec![Entry::new(person, "person.untied", &json!({}))], &moment).await?;
    tx.commit().await?;
    Ok(true)
}

/// `reclaim issuer set`: asks the issuer before it is kept.
pub(crate) async fn run_set(office: &Office, mut wanted: Wanted) -> anyhow::Result<ExitCode> {
    check_console(office)?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the secret")?;
    wanted.secret = line.trim_end_matches(['\r', '\n']).to_owned();
    let issuer = oidc::look(office, &wanted).await?;
    let moment = office.moment();
    let mut tx = office.store.write_aside(office.practice()).await?;
    let was = tx.issuer().await?;
    tx.set_issuer(Some(&issuer)).await?;
    // Whom another one let in comes in by this one or not at all.
    let ended = match was.filter(|was| was.issuer != issuer.issuer) {
        Some(_) => tx.end_sessions_by_issuer(&instant(moment.now)).await?,
        None => 0,
    };
    let facts = json!({ "issuer": issuer.issuer, "client": issuer.client,
                        "strong": issuer.strong, "sessions_ended": ended });
    tx.append_house(vec![Entry::new("issuer", "issuer.set", &facts)], &moment).await?;
    tx.commit().await?;
    show::print(vec![format!(
        "people may sign in by {}; from now on the program calls that host, and no other",
        issuer.issuer
    )])
}

/// `reclaim issuer off`.
pub(crate) async fn run_off(office: &Office) -> anyhow::Result<ExitCode> {
    check_console(office)?;
    let mut tx = office.store.write_aside(office.practice()).await?;
    let was = tx.issuer().await?;
    tx.set_issuer(None).await?;
    let moment = office.moment();
    let ended = tx.end_sessions_by_issuer(&instant(moment.now)).await?;
    let facts = json!({ "sessions_ended": ended });
    tx.append_house(vec![Entry::new("issuer", "issuer.off", &facts)], &moment).await?;
    tx.commit().await?;
    let line = match was {
        Some(issuer) => format!(
            "nobody signs in by {} any more; {ended} sessions that it began have ended",
            issuer.issuer
        ),
        None => "no issuer was configured".to_owned(),
    };
    show::print(vec![line])
}

/// `reclaim issuer show`.
pub(crate) async fn run_show(office: &Office) -> anyhow::Result<ExitCode> {
    let mut tx = office.store.read_house().await?;
    let Some(issuer) = tx.issuer().await? else {
        return show::print(vec!["not configured; the program calls no other host".to_owned()]);
    };
    let strong = if issuer.strong.is_empty() { "none" } else { &issuer.strong };
    show::print(vec![
        format!("issuer {} ({})", issuer.issuer, issuer.label),
        format!("client {}, people named by {}", issuer.client, issuer.named_by),
        format!("acr or amr that counts as a second factor: {strong}"),
    ])
}

/// `reclaim user tie`.
pub(crate) async fn run_tie(
    office: &Office,
    login: &str,
    subject: &str,
) -> anyhow::Result<ExitCode> {
    let person = people::to_change(office, login).await?;
    match tie(office, &person, (subject, "")).await? {
        Ok(()) => show::print(vec![format!("{login} is tied to {subject:?}")]),
        Err(why) => bail!(why),
    }
}

/// `reclaim user untie`.
pub(crate) async fn run_untie(office: &Office, login: &str) -> anyhow::Result<ExitCode> {
    let person = people::to_change(office, login).await?;
    let line =
        if untie(office, &person, "").await? { "is tied to nobody now" } else { "was not tied" };
    show::print(vec![format!("{login} {line}")])
}

/// One issuer serves every practice of the database, so no administrator of one names it.
fn check_console(office: &Office) -> anyhow::Result<()> {
    if office.is_console() {
        return Ok(());
    }
    bail!("an issuer is of every practice here; the command line's own account names it")
}
