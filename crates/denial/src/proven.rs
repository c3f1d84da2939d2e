//! What the answers on file prove: that a denied claim has to say something otherwise, or that one
//! denied as late was accepted in time. Nothing is guessed, and no code of a service, a diagnosis
//! or a modifier is ever touched; what is not proven is said in words.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::appeal::no_appeal;
use crate::claim::{Claim, Patient, ServiceLine};
use crate::codes::{Carc, Rarc};
use crate::correction::{Field, Who};
use crate::deadline::DeadlineKind;
use crate::denial::{Denial, DeniedLine};
use crate::evidence::{Evidence, EvidenceKind, given, key, person};
use crate::next_action::standing;
use crate::phi::Phi;
use crate::resent::is_payer;
use crate::rules::Rules;
use crate::timely::{Filing, Verdict};

/// Which rule began something, and by what proof; without patient data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The rule's name.
    pub rule: SmolStr,
    /// The proof, in words.
    pub proof: String,
}

/// Fields with what the payer says of each.
type Sets = Vec<(Field, Phi<String>)>;

/// What a claim has to say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Each field with what the payer says of it.
    pub sets: Vec<(Field, Phi<String>)>,
    /// What proves it, in words, without patient data.
    pub proof: String,
}

impl Correction {
    /// True where it says who the patient is before the payer.
    #[must_use]
    pub fn is_of_patient(&self) -> bool {
        self.sets.iter().any(|(field, _)| *field != Field::Authorization)
    }
}

/// Why nothing is prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// No answer could mend the reason.
    #[error("a denied line has a reason that no stored answer mends")]
    OtherReason,
    /// The denied line is not on the claim as billed.
    #[error("the claim as billed has no such line as the payer denied")]
    NoLine,
    /// A line lacks its day.
    #[error("a denied line has no day of service")]
    NoDay,
    /// No 278 certifies one.
    #[error("no stored answer certifies an authorization for this service")]
    NoAuthorization,
    /// The last answer is another.
    #[error("a stored answer certified an authorization for this service; a later one does not")]
    TakenBack,
    /// Two numbers.
    #[error("stored answers certify several authorizations for this service: choose one")]
    SeveralAuthorizations,
    /// The number stands on the claim.
    #[error("the claim carries the authorization that the payer certified: ask why it was denied")]
    Carried,
    /// No 271 says it.
    #[error("no stored answer of the payer shows this patient under another member id or name")]
    NoIdentity,
    /// The payer knows the patient as billed.
    #[error("the payer's stored answer knows the patient as the claim names them")]
    Known,
    /// Two ids or names.
    #[error("the payer's stored answers show several member ids or names: choose one")]
    SeveralIdentities,
    /// Another person than the subscriber.
    #[error("the patient is not the subscriber: whose member id or name it is stays to be chosen")]
    Dependant,
    /// CARC 29 is not what denies it.
    #[error("it is not denied as filed too late alone")]
    NotLate,
    /// A remark bars it.
    #[error("{0} says that no appeal is open")]
    NoAppeal(Rarc),
    /// An appeal went before.
    #[error("it was appealed before: whether the next level repeats it is a person's choice")]
    Appealed,
    /// It is billed to more than one payer.
    #[error("the claim went to another payer, too: whose acceptance it is stays to be judged")]
    OtherPayer,
    /// Nothing proves it.
    #[error("no acceptance (277CA) of the claim within the filing limit is on file")]
    NotAccepted,
    /// No rule.
    #[error("the payer's filing limit is not configured")]
    NoLimit,
    /// No clock of the appeal.
    #[error("the payer's limit for this appeal is not configured")]
    NoAppealLimit,
    /// The clock is over.
    #[error("the last day to appeal was {0}")]
    Past(Date),
    /// No letter.
    #[error("no letter of this category fits")]
    NoLetter,
    /// The claim stands in no file.
    #[error("no 837 with this claim was taken in")]
    NoClaim,
    /// A specially protected record.
    #[error("the claim is a specially protected record: a person prepares what leaves of it")]
    Protected,
    /// The payer takes no replacement and no new claim.
    #[error("this payer wants the claim voided first")]
    VoidFirst,
    /// What the same checks say that a person's correction meets.
    #[error("the corrected claim would not pass: {0}")]
    Faulty(String),
}

/// Which answers can mend a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    Authorization,
    Identity,
}

/// No authorization, or one of other services; the last two are retired and still come.
const AUTHORIZATION: [&str; 4] = ["197", "284", "15", "62"];
/// Authorization number missing or wrong.
const AUTHORIZATION_REMARKS: [&str; 1] = ["M62"];
/// Not found as insured; number and name do not match.
const IDENTITY: [&str; 2] = ["31", "140"];
/// Patient's number or name wrong.
const IDENTITY_REMARKS: [&str; 3] = ["MA27", "MA36", "N382"];
/// Something on the claim is missing or wrong: a remark says what.
const VAGUE: &str = "16";
/// The filing limit has passed.
const LATE: &str = "29";

/// What one denying reason of a line asks for, where answers can mend it.
fn asks(line: &DeniedLine, reason: &Carc) -> Option<Want> {
    // A remark that asks for something else leaves more to mend than answers can.
    let remarked = |codes: &[&str]| {
        !line.remarks.is_empty()
            && line.remarks.iter().all(|one| codes.contains(&one.code.as_str()))
    };
    let is = |codes: &[&str], remarks: &[&str]| {
        codes.contains(&reason.as_str()) || (reason.as_str() == VAGUE && remarked(remarks))
    };
    let authorization = is(&AUTHORIZATION, &AUTHORIZATION_REMARKS);
    let identity = is(&IDENTITY, &IDENTITY_REMARKS);
    match (authorization, identity) {
        (true, false) => Some(Want::Authorization),
        (false, true) => Some(Want::Identity),
        (true, true) | (false, false) => None,
    }
}

/// What every line that stands denied asks for, and those lines as billed.
fn asked<'a>(
    case: &Denial,
    claim: &'a Claim,
    rules: &Rules,
) -> Result<(Want, Vec<&'a ServiceLine>), Unproven> {
    let (payer, mut wants, mut lines) = (case.payer_rules(rules), Vec::new(), Vec::new());
    for line in standing(case) {
        let mut reasons = line.denying(payer, rules).map(|(one, _)| &one.reason).peekable();
        if reasons.peek().is_none() {
            return Err(Unproven::OtherReason);
        }
        for reason in reasons {
            wants.push(asks(line, reason).ok_or(Unproven::OtherReason)?);
        }
        lines.extend(billed(line, claim)?);
    }
    let first = wants.first().copied().ok_or(Unproven::OtherReason)?;
    let is_one = wants.iter().all(|one| *one == first);
    if is_one { Ok((first, lines)) } else { Err(Unproven::OtherReason) }
}

/// A denied line as it was billed; every line where the whole claim was denied.
fn billed<'a>(line: &DeniedLine, claim: &'a Claim) -> Result<Vec<&'a ServiceLine>, Unproven> {
    let is_it = |one: &&ServiceLine| match line.line {
        None => true,
        Some(number) => {
            let code = one.procedure.code.as_str();
            one.number == number && line.procedure.code.eq_ignore_ascii_case(code)
        }
    };
    let found: Vec<&ServiceLine> = claim.lines.iter().filter(is_it).collect();
    if found.is_empty() { Err(Unproven::NoLine) } else { Ok(found) }
}

/// First and last day of a line.
fn days(line: &ServiceLine) -> Option<(Date, Date)> {
    let from = line.from?;
    Some((from, line.to.unwrap_or(from)))
}

/// What a denied claim has to say otherwise, where the payer's own answers prove it.
///
/// # Errors
/// [`Unproven`].
pub fn correction(
    case: &Denial,
    claim: &Claim,
    answers: &[Evidence],
    rules: &Rules,
) -> Result<Correction, Unproven> {
    let (want, lines) = asked(case, claim, rules)?;
    if lines.iter().any(|line| days(line).is_none()) {
        return Err(Unproven::NoDay);
    }
    let is_ours = |one: &&Evidence| {
        let is_answer = !one.test && one.refused.is_empty() && one.on.is_some();
        is_answer && is_payer(&case.payer_name, &one.payer, rules)
    };
    let answers: Vec<&Evidence> = answers.iter().filter(is_ours).collect();
    match want {
        Want::Authorization => authorization(claim, &lines, &answers),
        Want::Identity => identity(claim, &lines, &answers),
    }
}

fn authorization(
    claim: &Claim,
    lines: &[&ServiceLine],
    answers: &[&Evidence],
) -> Result<Correction, Unproven> {
    let is_told = |one: &&Evidence| {
        one.kind == EvidenceKind::Authorization && !one.keys().1.is_empty() && is_same(one, claim)
    };
    let mut numbers: BTreeMap<String, Vec<&Evidence>> = BTreeMap::new();
    for one in answers.iter().copied().filter(is_told) {
        numbers.entry(one.keys().1).or_default().push(one);
    }
    numbers.retain(|_, said| lines.iter().all(|line| said.iter().any(|one| certifies(one, line))));
    let is_known = !numbers.is_empty();
    numbers.retain(|_, said| {
        let stands = |line: &&ServiceLine| {
            last(said.iter().copied().filter(|one| names(one, line)), |one| certifies(one, line))
        };
        last(said.iter().copied(), is_certified) && lines.iter().all(stands)
    });
    let (_, billed) = Evidence::keys_of(claim);
    match (numbers.pop_first(), numbers.is_empty()) {
        (None, _) if is_known => Err(Unproven::TakenBack),
        (None, _) => Err(Unproven::NoAuthorization),
        (Some(_), false) => Err(Unproven::SeveralAuthorizations),
        (Some((number, _)), true) if number == billed => Err(Unproven::Carried),
        (Some((_, said)), true) => certified(&said, lines),
    }
}

/// True where something holds of every one of the last answers; of one day come several.
fn last<'a>(
    said: impl Iterator<Item = &'a Evidence> + Clone,
    holds: impl Fn(&Evidence) -> bool,
) -> bool {
    let day = said.clone().map(|one| one.on).max();
    let mut last = said.filter(|one| Some(one.on) == day).peekable();
    last.peek().is_some() && last.all(holds)
}

/// The number as the payer wrote it.
fn certified(said: &[&Evidence], lines: &[&ServiceLine]) -> Result<Correction, Unproven> {
    let shows = |one: &&&Evidence| lines.iter().any(|line| certifies(one, line));
    let last = said.iter().filter(shows).max_by_key(|one| one.on);
    let last = last.ok_or(Unproven::NoAuthorization)?;
    let number = last.decision.as_ref().map(|one| one.number.trim().to_owned());
    let number = number.ok_or(Unproven::NoAuthorization)?;
    let on = last.on.map(|on| format!(" of {on}")).unwrap_or_default();
    Ok(Correction {
        sets: vec![(Field::Authorization, Phi::new(number))],
        proof: format!(
            "the payer's answer{on} (278) certifies an authorization for this patient, service \
             and day"
        ),
    })
}

fn is_certified(one: &Evidence) -> bool {
    one.decision.as_ref().is_some_and(|decision| decision.action == "A1")
}

/// True where an answer is about the procedure of a line.
fn names(one: &Evidence, line: &ServiceLine) -> bool {
    let code = line.procedure.code.as_str();
    one.procedures.iter().any(|told| told.code.eq_ignore_ascii_case(code))
}

/// True where an answer certifies the procedure of a line on all its days.
fn certifies(one: &Evidence, line: &ServiceLine) -> bool {
    let holds = one.service.zip(days(line));
    is_certified(one)
        && names(one, line)
        && holds.is_some_and(|((from, to), (first, last))| from <= first && last <= to)
}

/// True where an answer is about the claim's patient: member id and given name are told on both and
/// agree, and so does the day of birth where both tell it.
fn is_same(one: &Evidence, claim: &Claim) -> bool {
    let (ours, theirs) = (claim.patient.reveal(), one.patient.reveal());
    let (member, name) = (key(&ours.member), given(&ours.given));
    let is_born = ours.born.zip(theirs.born).is_none_or(|(ours, theirs)| ours == theirs);
    let is_named = !name.is_empty() && name == given(&theirs.given);
    is_born && is_named && !member.is_empty() && member == key(&theirs.member)
}

/// What the payer calls a patient otherwise, by the values that agree: name and day of birth prove
/// another member id; member id, given name and day of birth prove another family name. The last
/// answer about the days of service has to show cover.
fn identity(
    claim: &Claim,
    lines: &[&ServiceLine],
    answers: &[&Evidence],
) -> Result<Correction, Unproven> {
    let ours = claim.patient.reveal();
    let served = || lines.iter().filter_map(|line| days(line)).flat_map(|(from, to)| [from, to]);
    let speaks = |one: &Evidence| {
        let is_born = ours.born.is_some() && one.patient.reveal().born == ours.born;
        let of_days = served().all(|day| one.speaks_of(day));
        one.kind == EvidenceKind::Eligibility && is_born && of_days
    };
    let covers = |one: &Evidence| served().all(|day| one.covers(day));
    let mut told: BTreeMap<String, (Sets, Vec<&Evidence>)> = BTreeMap::new();
    for one in answers.iter().copied().filter(|one| speaks(one)) {
        let Some((who, sets)) = differs(ours, one.patient.reveal()) else { continue };
        told.entry(who).or_insert_with(|| (sets, Vec::new())).1.push(one);
    }
    let is_billed = told.values().any(|(sets, _)| sets.is_empty());
    told.retain(|_, (_, said)| last(said.iter().copied(), covers));
    if told.values().any(|(sets, _)| sets.is_empty()) {
        return Err(Unproven::Known);
    }
    match (told.pop_first(), told.is_empty()) {
        (None, _) => Err(Unproven::NoIdentity),
        (Some(_), false) => Err(Unproven::SeveralIdentities),
        (Some((_, (sets, said))), true) => known_otherwise(sets, &said, is_billed),
    }
}

/// Another member id, or another name where no answer knows that of the claim, covered or not.
fn known_otherwise(
    sets: Sets,
    said: &[&Evidence],
    is_billed: bool,
) -> Result<Correction, Unproven> {
    let is_member = sets.iter().any(|(field, _)| *field == Field::Member);
    if !is_member && is_billed {
        return Err(Unproven::Known);
    }
    let on = said.iter().filter_map(|one| one.on).max();
    let on = on.map(|on| format!(" of {on}")).unwrap_or_default();
    let what = if is_member { "member id" } else { "family name" };
    let proof = format!(
        "the payer's answer{on} (271) shows this patient, with cover on the day of service, under \
         another {what}"
    );
    Ok(Correction { sets, proof })
}

/// How two patients of one day of birth differ, where they are one person: the other in a word, and
/// the fields. Nobody where more than that differs, and where the given name does: twins share all
/// else.
fn differs(ours: &Patient, theirs: &Patient) -> Option<(String, Sets)> {
    let set = |field: Field, text: &str| (field, Phi::new(text.trim().to_owned()));
    let is_member = key(&ours.member) == key(&theirs.member);
    let (family, name) = (key(&theirs.family), given(&theirs.given));
    let is_family = family == key(&ours.family);
    let is_given = name == given(&ours.given);
    if person(theirs).is_empty() || key(&theirs.member).is_empty() {
        return None;
    }
    let sets = match (is_member, is_family, is_given) {
        (true, true, true) => Vec::new(),
        (false, true, true) => vec![set(Field::Member, &theirs.member)],
        (true, false, true) => vec![set(Field::Family(Who::Patient), &theirs.family)],
        (true | false, true | false, false) | (false, false, true) => return None,
    };
    Some((format!("{} {family} {name}", key(&theirs.member)), sets))
}

/// What proves that a claim denied as late was accepted in time, so that its appeal may be begun.
///
/// # Errors
/// [`Unproven`].
pub fn appeal(
    case: &Denial,
    filing: &Filing,
    rules: &Rules,
    today: Date,
) -> Result<String, Unproven> {
    let payer = case.payer_rules(rules);
    let is_late = |line: &DeniedLine| {
        let mut reasons = line.denying(payer, rules).map(|(one, _)| &one.reason).peekable();
        reasons.peek().is_some() && reasons.all(|reason| reason.as_str() == LATE)
    };
    if standing(case).next().is_none() || !standing(case).all(is_late) {
        return Err(Unproven::NotLate);
    }
    if !case.appeals.is_empty() {
        return Err(Unproven::Appealed);
    }
    if let Some(code) = no_appeal(case, rules) {
        return Err(Unproven::NoAppeal(code));
    }
    let (on, by) = match filing.verdict {
        Verdict::Proven { on, by } => (on, by),
        Verdict::NoLimit => return Err(Unproven::NoLimit),
        Verdict::SentInTime { .. } | Verdict::TooLate { .. } | Verdict::NothingSent => {
            return Err(Unproven::NotAccepted);
        }
    };
    let last = case.last_day(DeadlineKind::Appeal(case.next_level()));
    let last = last.ok_or(Unproven::NoAppealLimit)?;
    if last < today {
        return Err(Unproven::Past(last));
    }
    Ok(format!("accepted on {on} (277CA), within the filing limit of {by}"))
}

#[cfg(test)]
mod tests;
