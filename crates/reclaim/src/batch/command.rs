//! `reclaim correct --batch`: one change on many claims, with progress; stopped and continued.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::Args;
use denial::codes::ClaimNumber;
use denial::correction::{Scope, What, Wish};
use denial::denial::{Denial, Status};
use denial::ids::ClaimId;
use denial::lifecycle::evidence::Frequency;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use store::correction_batches::{CorrectionBatch, CorrectionCount, CorrectionItem};

use crate::batch::sight::Sight;
use crate::batch::{self, Looked, NotDone, PART, Step, count};
use crate::correct::Correction;
use crate::practice::Office;
use crate::{access, identity, show};

/// How often progress is told.
const OFTEN: Duration = Duration::from_millis(200);
/// How long what another process works on is left to it before this one tries.
const ELSEWHERE: Duration = Duration::from_secs(2);

/// One change on many claims.
#[derive(Args)]
pub(crate) struct BatchArgs {
    /// Many claims of the database: a file with one claim number a line, and behind a comma its own
    /// value where each has one; `-` reads them from the standard input
    #[arg(long, value_name = "FILE", requires = "change")]
    batch: Option<PathBuf>,
    /// What is changed on each of them: add_modifier, replace_modifier, replace_procedure,
    /// replace_revenue, replace_diagnosis, authorization, referral, clia, rendering_npi,
    /// referring_npi, attending_npi, payer, place, delay, nothing
    #[arg(long, value_name = "WHAT", value_parser = what)]
    change: Option<What>,
    /// What stands there now, where something is replaced
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    from: String,
    /// What it shall say on every one of them
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    to: String,
    /// Every line, not those alone that stand denied
    #[arg(long)]
    all_lines: bool,
    /// Lines of this procedure alone
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    procedure: String,
    /// A note to the payer on each
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// Queues what can go once all were looked at; you say by it that the payers take it so
    #[arg(long)]
    send: bool,
    /// Goes on with a batch where it stood
    #[arg(long, value_name = "ID", conflicts_with = "batch")]
    go_on: Option<String>,
    /// Stops a batch; what left stays in the outbox
    #[arg(long, value_name = "ID", conflicts_with_all = ["batch", "go_on"])]
    stop: Option<String>,
    /// One JSON object for the batch and one for each claim
    #[arg(long)]
    json: bool,
}

fn what(text: &str) -> Result<What, String> {
    let names: Vec<&str> = What::ALL.iter().map(|one| one.as_str()).collect();
    What::from_name(text).ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

impl BatchArgs {
    /// True where many claims are meant.
    pub(crate) const fn is_meant(&self) -> bool {
        self.batch.is_some() || self.go_on.is_some() || self.stop.is_some()
    }

    fn wish(&self, what: What, frequency: Option<&str>) -> Wish {
        Wish {
            what,
            from: self.from.trim().to_owned(),
            to: self.to.trim().to_owned(),
            scope: if self.all_lines { Scope::All } else { Scope::Denied },
            procedure: self.procedure.trim().to_owned(),
            frequency: frequency.and_then(Frequency::from_name),
            note: self.note.trim().to_owned(),
        }
    }
}

/// Runs it. The exit code is 1 where claims were set aside, or somebody has to do something first.
pub(crate) async fn run(office: &Office, wish: &Correction) -> anyhow::Result<ExitCode> {
    let many = &wish.many;
    if let Some(id) = &many.stop {
        return Ok(match batch::turn(office, id, &Step::Stop).await {
            Ok(()) => {
                let was_sending = read(office, id).await?.0.state == "ready";
                let further = if was_sending { " --send" } else { "" };
                show::print(vec![format!("{id} is stopped; go on with `--go-on {id}{further}`")])?;
                ExitCode::SUCCESS
            }
            Err(NotDone::Store(fault)) => return Err(fault.into()),
            Err(why) => refused(&why.to_string()),
        });
    }
    let id = match (&many.go_on, &many.batch, many.change) {
        (Some(id), ..) => id.clone(),
        (None, Some(file), Some(what)) => {
            begun(office, &many.wish(what, wish.frequency.as_deref()), file).await?
        }
        (None, ..) => bail!("expected --batch FILE with --change WHAT, or --go-on ID"),
    };
    if !many.json {
        eprintln!("reclaim: batch {id}");
    }
    let mut one = read(office, &id).await?.0;
    if !batch::may_look(office, &one) {
        return Ok(refused(&NotDone::NotYours.to_string()));
    }
    if one.state == "stopped" {
        batch::turn(office, &id, &Step::GoOn).await?;
    }
    let was_stopped = followed(office, &id).await?;
    one = read(office, &id).await?.0;
    if many.send && one.state == "ready" && !was_stopped {
        match batch::turn(office, &id, &Step::Send).await {
            Ok(()) => drop(followed(office, &id).await?),
            Err(
                why @ (NotDone::Unapproved | NotDone::Past | NotDone::NotYours | NotDone::Empty),
            ) => {
                tell(office, &id, many.json).await?;
                return Ok(refused(&why.to_string()));
            }
            Err(why) => return Err(why.into()),
        }
    }
    let told = tell(office, &id, many.json).await?;
    let is_short = many.send && read(office, &id).await?.0.state != "sent";
    Ok(if is_short { ExitCode::from(1) } else { told })
}

fn refused(why: &str) -> ExitCode {
    eprintln!("reclaim: refused: {why}");
    ExitCode::from(1)
}

/// Begins a batch of the cases of the claims that a file names.
async fn begun(office: &Office, wish: &Wish, file: &Path) -> anyhow::Result<String> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read claim numbers")?;
        text
    } else {
        std::fs::read_to_string(file).context("cannot read the file of claim numbers")?
    };
    let (places, named): (Vec<usize>, Vec<(String, String)>) = batch::numbered(&text).unzip();
    ensure!(!named.is_empty(), "expected a claim number a line, and none came");
    ensure!(named.len() <= batch::MOST, "expected at most {} claims in one batch", batch::MOST);
    let has_own = named.iter().any(|(_, own)| !own.is_empty());
    if let Some(fault) = wish.faults(has_own).first() {
        bail!("--{}: {}", fault.part, fault.expected);
    }
    if let Some(number) = batch::doubled(&named) {
        let same = places.iter().zip(&named).filter(|(_, (one, _))| one == number);
        let of = at_lines(same.map(|(place, _)| *place));
        bail!("one claim is listed more than once, with different values: {of}");
    }
    batch::begin(office, wish, &cases(office, &places, &named).await?).await
}

/// The case of each claim of a list.
async fn cases(
    office: &Office,
    places: &[usize],
    named: &[(String, String)],
) -> anyhow::Result<Vec<(String, String)>> {
    let claim = |(number, _): &(String, String)| identity::claim(&ClaimNumber::new(number));
    let (mut cases, mut unknown) = (Vec::new(), Vec::new());
    for (named, places) in named.chunks(PART).zip(places.chunks(PART)) {
        let claims: Vec<String> = named.iter().map(|one| claim(one).to_string()).collect();
        let mut of: HashMap<ClaimId, Vec<Denial>> = HashMap::new();
        for case in office.read().await?.cases_of(&claims).await? {
            of.entry(case.claim.clone()).or_default().push(case);
        }
        for (one, place) in named.iter().zip(places) {
            match of.get(&claim(one)).and_then(|of| worked(of)) {
                Some(case) => cases.push((case.id.to_string(), one.1.clone())),
                None => unknown.push(*place),
            }
        }
    }
    let of = at_lines(unknown.iter().copied());
    ensure!(unknown.is_empty(), "no case is here of the claims of the file's {of}");
    Ok(cases)
}

/// Lines in words; a claim's number is not told where it may be logged.
fn at_lines(places: impl Iterator<Item = usize>) -> String {
    let places: Vec<String> = places.map(|place| place.to_string()).collect();
    let word = if places.len() == 1 { "line" } else { "lines" };
    format!("{word} {}", places.join(", "))
}

/// The case of a claim that is worked on: one in review, else one that is new, else the latest.
fn worked(cases: &[Denial]) -> Option<&Denial> {
    let of = |status: Status| cases.iter().rev().find(|case| case.status() == status);
    of(Status::InReview).or_else(|| of(Status::New)).or_else(|| cases.last())
}

async fn read(
    office: &Office,
    id: &str,
) -> anyhow::Result<(CorrectionBatch, Vec<CorrectionCount>)> {
    let mut tx = office.read().await?;
    let one = tx.correction_batch(id).await?.context("no batch has this id")?;
    Ok((one, tx.count_corrections(&[id.to_owned()]).await?))
}

/// Works on a batch here, unless another process does, and tells how far it came. Ctrl-c stops it.
/// True where it is not to be sent by itself then: ctrl-c came, or it was being sent already.
async fn followed(office: &Office, id: &str) -> anyhow::Result<bool> {
    let bar = bar();
    let mut was_stopped = false;
    // One ear for all rounds: what is pressed between two of them is heard in the next.
    let mut ctrl_c = std::pin::pin!(tokio::signal::ctrl_c());
    let mut rest = Duration::ZERO;
    loop {
        let (one, counts) = read(office, id).await?;
        let all: i64 = counts.iter().map(|one| one.claims).sum();
        let (left, word) = match one.state.as_str() {
            "preparing" => (count(&counts, "waiting"), "looking at claims"),
            "sending" => (count(&counts, "ready"), "sending"),
            _ => break,
        };
        was_stopped |= one.state == "sending";
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(all - left).unwrap_or(0));
        bar.set_message(word);
        let there = office.clone();
        let mut working = tokio::spawn(async move {
            tokio::time::sleep(rest).await;
            batch::sweep(&there).await
        });
        loop {
            tokio::select! {
                done = &mut working => {
                    done.context("the batch ended before its time")??;
                    // Where it still runs then, another process works on it.
                    rest = ELSEWHERE;
                    break;
                }
                _ = &mut ctrl_c => {
                    was_stopped = true;
                    ctrl_c.set(tokio::signal::ctrl_c());
                    match batch::turn(office, id, &Step::Stop).await {
                        // It came to its end meanwhile.
                        Ok(()) | Err(NotDone::Past) => {}
                        Err(why) => return Err(why.into()),
                    }
                }
                () = tokio::time::sleep(OFTEN) => {
                    let (one, counts) = read(office, id).await?;
                    let of = if one.state == "preparing" { "waiting" } else { "ready" };
                    let left = count(&counts, of);
                    bar.set_position(u64::try_from(all - left).unwrap_or(0));
                }
            }
        }
    }
    bar.finish_and_clear();
    Ok(was_stopped)
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed_precise} {wide_msg}");
    let bar = ProgressBar::new(0);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// A claim of it; without its changes and faults where whoever asks may not read them.
fn told(item: &CorrectionItem, hidden: &str) -> serde_json::Value {
    let looked = if hidden.is_empty() { Looked::of(item) } else { Looked::default() };
    let why = if hidden.is_empty() { item.why.as_str() } else { hidden };
    json!({ "claim": item.number, "state": item.state, "why": why, "changes": looked.changes,
        "faults": looked.faults, "outgoing": item.outgoing })
}

/// Tells how a batch stands; 1 where claims were set aside.
async fn tell(office: &Office, id: &str, json: bool) -> anyhow::Result<ExitCode> {
    let (one, counts) = read(office, id).await?;
    let [ready, aside, sent] = ["ready", "aside", "sent"].map(|state| count(&counts, state));
    let mut lines = Vec::new();
    if json {
        access::note(
            office,
            id,
            "correction.batch_viewed",
            &json!({ "claims": aside + ready + sent }),
        )
        .await?;
        lines.push(
            json!({ "batch": id, "state": one.state, "change": batch::wish(&one)?.in_words(),
                "ready": ready, "aside": aside, "sent": sent, "why": one.why })
            .to_string(),
        );
        for state in ["ready", "aside", "sent"] {
            let mut tx = office.read().await?;
            let items = tx.correction_items(id, state, 0, i64::MAX).await?;
            for part in items.chunks(PART) {
                let sight = Sight::of(&mut tx, office, &one, part).await?;
                lines.extend(part.iter().map(|item| told(item, sight.hides(item)).to_string()));
            }
        }
    } else {
        lines.push(format!("{}: {}", batch::wish(&one)?.in_words(), one.state));
        let after = if batch::needs_word(&one, &counts) { " after a coder's approval" } else { "" };
        lines.push(format!("{ready} can go{after}, {aside} set aside, {sent} in the outbox"));
        for (why, count) in office.read().await?.correction_asides(id).await? {
            lines.push(format!("  {count} set aside: {why}"));
        }
        if !one.why.is_empty() {
            lines.push(format!("it stopped: {}", one.why));
        }
        if one.state == "ready" && ready > 0 {
            lines
                .push(format!("look at them under /batches/{id}; send with `--go-on {id} --send`"));
        }
    }
    show::print(lines)?;
    Ok(ExitCode::from(u8::from(aside > 0 || !one.why.is_empty())))
}
