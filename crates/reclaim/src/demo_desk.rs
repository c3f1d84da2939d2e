//! The simulated specialists of `reclaim demo --days`: they act through the same functions as
//! people do, and know no more than what the program shows.

mod ends;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;

use anyhow::Context;
use denial::category::Category;
use denial::claim::{Claim, PayerOrder};
use denial::codes::ClaimNumber;
use denial::correction::{
    Draft, Field, LineField, Original, Sending, Terms, check, new_claim, originals, replacement,
    write,
};
use denial::denial::{Channel, Denial, NextActionKind, Status};
use denial::ids::{AppealId, DenialId};
use denial::lifecycle::action::{AppealFiling, Resubmission};
use denial::lifecycle::evidence::{Frequency, PayerAnswer};
use denial::lifecycle::{Act, Action};
use denial::next_action::{Forward, Way, Ways};
use denial::outgoing::Kind;
use denial::person::{Actor, Role, may};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sim::{Decision, Letter};

use crate::act::{self, Failed};
use crate::demo_desk::ends::{bill_patient, give_up, post_anew};
use crate::outbox::{self, Carried, NotQueued, Numbers, Parcel};
use crate::practice::Office;
use crate::ways::{self, Around};
use crate::{identity, posting};

/// What a specialist tries before giving money up.
const TRIES: usize = 2;
/// Cases read at a time.
const PAGE: i64 = 200;

/// What was done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) corrections: u64,
    pub(crate) appeals: u64,
    pub(crate) posted: u64,
    pub(crate) letters: u64,
}

/// The specialists' desk.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) done: Done,
    /// Packets that were queued: name → claim and level.
    pub(crate) packets: HashMap<String, (String, u8)>,
    /// Cases whose claim cannot go again.
    stuck: HashSet<DenialId>,
}

/// A correction on its way into the day's file.
struct Ready {
    case: Denial,
    draft: Draft,
    frequency: Frequency,
}

impl Desk {
    /// Works a day: what is certain posts itself, letters are read, every open case is looked at.
    ///
    /// # Errors
    /// The database or a folder; what a case refuses is no error.
    pub(crate) async fn day(&mut self, office: &Office, letters: &[Letter]) -> anyhow::Result<()> {
        self.done.posted += posting::sweep(office).await?.posted;
        for letter in letters {
            self.read(office, letter).await?;
        }
        let mut ready = Vec::new();
        let mut after = String::new();
        loop {
            let cases = office.read().await?.open_cases_after(&after, PAGE).await?;
            let Some(last) = cases.last() else { break };
            last.id.as_str().clone_into(&mut after);
            for case in cases {
                ready.extend(self.work(office, case).await?);
            }
        }
        self.send(office, ready).await
    }

    /// Puts a payer's letter on its case.
    async fn read(&mut self, office: &Office, letter: &Letter) -> anyhow::Result<()> {
        self.done.letters += 1;
        let claim = identity::claim(&ClaimNumber::new(&letter.claim)).to_string();
        let cases = office.read().await?.cases_of(&[claim]).await?;
        let waits = |case: &&Denial| {
            let is_out = matches!(case.status(), Status::Appealed | Status::Pending);
            is_out && case.appeals.last().is_some_and(|one| one.decided.is_none())
        };
        let Some(case) = cases.iter().find(waits) else { return Ok(()) };
        let note = format!("letter about appeal level {}", letter.level);
        let dismissed = letter.decision == Decision::Dismissed;
        let (on, remittance, letter_of) = (Some(letter.on), None, None);
        let answer = PayerAnswer { on, remittance, letter: letter_of, note, dismissed };
        let action = match letter.decision {
            Decision::Overturned => Action::Overturn { answer, expected: None },
            Decision::Upheld | Decision::Dismissed => Action::Uphold(answer),
        };
        try_act(office, case, &action).await.map(drop)
    }

    /// Does what is to be done on one case today.
    async fn work(&mut self, office: &Office, case: Denial) -> anyhow::Result<Option<Ready>> {
        let today = office.moment().today;
        let is_due = |case: &Denial| case.next().is_some_and(|next| next.on < today);
        match case.status() {
            Status::New => match try_act(office, &case, &Action::Review).await? {
                Some(case) => self.choose(office, case).await,
                None => Ok(None),
            },
            Status::InReview => self.choose(office, case).await,
            Status::Corrected | Status::Appealed | Status::Pending if is_due(&case) => {
                let reason = "no answer came in time, and the payer finds nothing".to_owned();
                try_act(office, &case, &Action::Withdraw { reason }).await?;
                Ok(None)
            }
            Status::Overturned if is_due(&case) && !case.is_won() => {
                let reason = "the payment that was promised did not come".to_owned();
                try_act(office, &case, &Action::Dispute { reason, missing: None }).await?;
                Ok(None)
            }
            Status::Corrected
            | Status::Appealed
            | Status::Pending
            | Status::Overturned
            | Status::Paid
            | Status::WrittenOff => Ok(None),
        }
    }

    /// Chooses the way of a case in review.
    async fn choose(&mut self, office: &Office, case: Denial) -> anyhow::Result<Option<Ready>> {
        let paid = case.lines.iter().filter_map(|line| line.recovered.as_ref());
        let paid: i64 = paid.map(|one| one.amount.cents()).sum();
        // Money that does not add up is posted by nobody here; its clocks run all the same.
        if !case.quarantined && !case.postings.is_empty() && paid != case.balance.recovered.cents()
        {
            post_anew(office, &case).await?;
            return Ok(None);
        }
        if case.balance.outstanding().is_zero() {
            try_act(office, &case, &Action::Post { entries: Vec::new() }).await?;
            return Ok(None);
        }
        let claim = billed(office, &case).await?;
        let today = office.moment().today;
        let history = office.histories.of(&mut office.read().await?, today).await?;
        let by = (&*office.rules, &*history);
        let around = Around { claim: claim.as_ref(), ..Around::default() };
        let ways = ways::of(&case, around, by, today);
        let way = self.way(&case, &ways, today);
        match way {
            Some(Way::CorrectedClaim) => self.correct(office, case, Frequency::Replacement).await,
            Some(Way::NewClaim) => self.correct(office, case, Frequency::Original).await,
            Some(Way::Appeal) => {
                self.appeal(office, &case).await?;
                Ok(None)
            }
            Some(Way::Patient) => {
                bill_patient(office, &case).await?;
                Ok(None)
            }
            Some(Way::WriteOff) => {
                give_up(office, case).await?;
                Ok(None)
            }
            Some(_) | None => {
                wait(office, &case, today).await?;
                Ok(None)
            }
        }
    }

    /// The recommended way where the desk can go it and has not tried it enough; else the open one
    /// that leaves most; else what ends the case.
    fn way(&self, case: &Denial, ways: &Ways, today: Date) -> Option<Way> {
        let left = |one: &&Forward| one.is_open() && self.can_try(case, one.way);
        let open: Vec<&Forward> = ways.ways.iter().filter(left).collect();
        let recommended = ways.recommended.way;
        if let Some(one) = open.iter().find(|one| Some(one.way) == recommended) {
            return Some(one.way);
        }
        let waits = ways.recommended.first == Some(NextActionKind::AwaitPayer);
        let soon = case.soonest_clock(today).is_some_and(|(_, by)| by <= today + 14.days());
        if waits && !soon && case.denied_on + 60.days() > today {
            return None;
        }
        let pays = |one: &&&Forward| one.net.is_none_or(|net| net.cents() > 0);
        let best = open.iter().filter(pays).max_by_key(|one| one.net);
        let is_open = |way: Way| ways.ways.iter().any(|one| one.way == way && one.is_open());
        // A correction that cannot be written here is none that could still be tried.
        let gives_up = || is_open(Way::WriteOff) || self.stuck.contains(&case.id);
        let patient = || is_open(Way::Patient).then_some(Way::Patient);
        let ends = || patient().or_else(|| gives_up().then_some(Way::WriteOff));
        best.map(|one| one.way).or_else(ends)
    }

    fn can_try(&self, case: &Denial, way: Way) -> bool {
        match way {
            Way::CorrectedClaim | Way::NewClaim => {
                case.submissions.len() < TRIES && !self.stuck.contains(&case.id)
            }
            Way::Appeal => case.appeals.len() < TRIES,
            Way::Records
            | Way::VoidAndNew
            | Way::Reopening
            | Way::Reconsideration
            | Way::ExternalReview
            | Way::PeerToPeer
            | Way::SecondaryPayer
            | Way::Patient
            | Way::WriteOff => false,
        }
    }

    /// A corrected claim, ready for the day's file, where nothing is wrong with it.
    async fn correct(
        &mut self,
        office: &Office,
        case: Denial,
        frequency: Frequency,
    ) -> anyhow::Result<Option<Ready>> {
        let Some(original) = original(office, &case).await? else {
            self.stuck.insert(case.id);
            return Ok(None);
        };
        let today = office.moment().today;
        let (payer, plan) = original.draft().payer();
        let said = office.rules.resubmission(&payer, plan).cloned().unwrap_or_default();
        let terms = Terms::of(&said, original.draft().form());
        let mut draft = original.draft().clone();
        mend(&mut draft, &case, terms.note_required);
        let draft = match frequency {
            Frequency::Replacement => replacement(&original, draft, &case.control, terms),
            Frequency::Original | Frequency::Void => new_claim(draft),
        };
        match draft {
            Ok(draft) if check(&draft, today, terms).is_empty() => {
                Ok(Some(Ready { case, draft, frequency }))
            }
            Ok(_) | Err(_) => {
                self.stuck.insert(case.id);
                Ok(None)
            }
        }
    }

    /// Queues the day's corrections as one file; cases that refuse it stay behind.
    async fn send(&mut self, office: &Office, mut ready: Vec<Ready>) -> anyhow::Result<()> {
        let mut numbers = HashSet::new();
        ready.retain(|one| numbers.insert(one.case.number.as_str().to_owned()));
        while !ready.is_empty() {
            let parcel = Parcel {
                kind: Kind::Claims,
                route: None,
                carries: ready.iter().map(carried).collect(),
                again: Some("the payer has no answer to the first".to_owned()),
            };
            let drafts: Vec<&Draft> = ready.iter().map(|one| &one.draft).collect();
            let write = |numbers: &Numbers| Ok(write(&drafts, &sending(numbers))?);
            match outbox::queue(office, &supervisor(), parcel, write).await {
                Ok(_) => {
                    self.done.corrections += ready.len() as u64;
                    return Ok(());
                }
                Err(NotQueued::Cases(refused)) => {
                    let refused: HashSet<DenialId> =
                        refused.into_iter().map(|(case, _)| case).collect();
                    ready.retain(|one| !refused.contains(&one.case.id));
                    self.stuck.extend(refused);
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    async fn appeal(&mut self, office: &Office, case: &Denial) -> anyhow::Result<()> {
        let level = case.next_level();
        let number = case.number.as_str().to_owned();
        let tries = case.appeals.len();
        let text = format!("Simulated appeal of claim {number}, level {level}, letter {tries}");
        let bytes = page(&text);
        let filing = AppealFiling {
            id: AppealId::from_bits(act::draw()),
            level,
            channel: Channel::Portal,
            confirmation: None,
            packet: None,
            sent_on: None,
            late: None,
            without: Some("the simulated desk keeps no records".to_owned()),
            although: None,
            arguments: Vec::new(),
            exhibits: Vec::new(),
        };
        let carries = vec![Carried {
            case: case.id.clone(),
            number: case.number.clone(),
            content: text,
            action: Action::Appeal(filing),
        }];
        let parcel = Parcel { kind: Kind::Packet, route: None, carries, again: None };
        match outbox::queue(office, &supervisor(), parcel, |_| Ok(bytes)).await {
            Ok(one) => {
                self.done.appeals += 1;
                self.packets.insert(one.name, (number, level));
                Ok(())
            }
            Err(NotQueued::Cases(_)) => give_up(office, case.clone()).await,
            Err(other) => Err(other.into()),
        }
    }
}

/// Who may do everything on the desk.
fn supervisor() -> Actor {
    Actor { person: identity::person("lead"), role: Role::BillingSupervisor }
}

/// Who does an act on a case: its owner's role where that may, else the supervisor.
fn actor(case: &Denial, act: Act) -> Actor {
    let role = case.owner().map(|owner| owner.role).filter(|role| may(*role, act));
    let login = match role {
        Some(Role::BillingSpecialist) => "biller",
        Some(Role::CertifiedCoder) => "coder",
        Some(Role::AuthorizationStaff) => "auth",
        Some(Role::FrontDesk) => "frontdesk",
        Some(Role::UtilizationReview) => "review",
        Some(_) | None => return supervisor(),
    };
    let role = role.unwrap_or(Role::BillingSupervisor);
    Actor { person: identity::person(login), role }
}

/// Does an act, where the case allows it.
async fn try_act(
    office: &Office,
    case: &Denial,
    action: &Action,
) -> anyhow::Result<Option<Denial>> {
    let mut who = actor(case, action.act());
    let admits = case.admit(action.act(), &office.moment_of(who.clone()), &office.rules).is_ok();
    if !admits {
        who = supervisor();
    }
    match act::act(office, &who, case.id.as_str(), None, action).await {
        Ok(after) => Ok(Some(after)),
        Err(Failed::Refused(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// Nothing is to be done today: the next look gets its day.
async fn wait(office: &Office, case: &Denial, today: Date) -> anyhow::Result<()> {
    if case.next().is_some_and(|next| next.on >= today) {
        return Ok(());
    }
    let plan = Action::Plan { next: NextActionKind::Review, on: today + 14.days() };
    try_act(office, case, &plan).await.map(drop)
}

async fn billed(office: &Office, case: &Denial) -> anyhow::Result<Option<Claim>> {
    let claim = case.claim.as_str().to_owned();
    let rows = office.read().await?.claims(std::slice::from_ref(&claim)).await?;
    Ok(match rows.get(&claim) {
        Some(row) => row.billed()?,
        None => None,
    })
}

/// The claim as it was last sent to its first payer.
async fn original(office: &Office, case: &Denial) -> anyhow::Result<Option<Original>> {
    let versions = office.read().await?.versions(case.claim.as_str()).await?;
    for (file, n, body) in versions {
        let claim: Claim = serde_json::from_str(&body).context("a kept claim is JSON")?;
        if claim.order != PayerOrder::Primary {
            continue;
        }
        let position = u64::try_from(n).unwrap_or(u64::MAX);
        let bytes = fs::read(office.documents.path(&file)).context("cannot read a taken file")?;
        let mut found: BTreeMap<u64, Original> = originals(&bytes, &BTreeSet::from([position]));
        let is_it = |one: &Original| one.draft().number() == case.number.as_str();
        return Ok(found.remove(&position).filter(is_it));
    }
    Ok(None)
}

/// Mends the claim as somebody would who found out what was wrong.
fn mend(draft: &mut Draft, case: &Denial, wants_note: bool) {
    let tag = format!("{}{}", draft.number().replace('-', ""), case.submissions.len());
    let denied = case.lines.iter().find_map(|line| line.line);
    let line = denied.filter(|number| draft.lines().any(|one| one == *number));
    let is_coding = matches!(case.category, Category::CodingOrModifier | Category::Bundling);
    let is_member = matches!(case.category, Category::Eligibility | Category::Registration);
    let line = line.or_else(|| draft.lines().next()).filter(|_| is_coding);
    let set = if let Some(number) = line {
        let field = Field::Line(number, LineField::Modifiers);
        let before = draft.value(field).reveal().clone();
        let more = if before.contains("59") { "XS" } else { "59" };
        let text = if before.is_empty() { more.to_owned() } else { format!("{before},{more}") };
        draft.set(field, &text)
    } else if is_member {
        let text = format!("{}C", draft.value(Field::Member).reveal());
        draft.set(Field::Member, &text)
    } else if case.category == Category::Authorization {
        draft.set(Field::Authorization, &format!("AU{tag}"))
    } else {
        draft.set(Field::Referral, &format!("RF{tag}"))
    };
    // What does not fit is found when the claim is checked, or leaves it as it was.
    drop(set);
    if wants_note {
        drop(draft.set(Field::Note, &format!("CORRECTED CLAIM {tag}")));
    }
}

fn carried(one: &Ready) -> Carried {
    let action = Action::Resubmit(Resubmission {
        frequency: one.frequency,
        channel: Channel::Edi,
        reference: String::new(),
        confirmation: None,
        document: None,
        sent_on: None,
        late: None,
        again: None,
    });
    Carried {
        case: one.case.id.clone(),
        number: one.case.number.clone(),
        content: String::new(),
        action,
    }
}

fn sending(numbers: &Numbers) -> Sending {
    Sending {
        interchange: numbers.control,
        group: numbers.control,
        batch: format!("R{:09}", numbers.control),
        made: numbers.at,
        test: false,
    }
}

/// One page of text as a PDF, until packets are pressed here.
fn page(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let (mut pdf, mut table) = ("%PDF-1.4\n".to_owned(), String::new());
    for (object, number) in objects.iter().zip(1..) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj{object}endobj\n"));
    }
    let start = pdf.len();
    let size = objects.len() + 1;
    pdf.push_str(&format!(
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n\
         startxref\n{start}\n%%EOF\n"
    ));
    pdf.into_bytes()
}
