//! Which ways are open, and the rule that closes the others. A remark with rights wins over all
//! else; then what the payer takes, its number, and the clock.

use super::{Known, Standing, Way, WayClock};
use crate::appeal::no_review;
use crate::category::Category;
use crate::claim::PlanType;
use crate::correction::{NoteCode, Refusal};
use crate::deadline::DeadlineKind;
use crate::denial::{DeniedLine, NextActionKind, Status};
use crate::money::Money;
use crate::playbook::{Resend, Rights};

/// Groups of every adjustment that denies, each once, with their money.
pub(super) fn denying_groups(known: &Known<'_>, lines: &[&DeniedLine]) -> Vec<(String, Money)> {
    let payer = known.case.payer_rules(known.rules);
    let mut groups: Vec<(String, Money)> = Vec::new();
    for (one, _) in lines.iter().flat_map(|line| line.denying(payer, known.rules)) {
        match groups.iter_mut().find(|(group, _)| group == one.group.as_str()) {
            Some((_, amount)) => *amount += one.amount,
            None => groups.push((one.group.as_str().to_owned(), one.amount)),
        }
    }
    groups
}

impl Standing<'_> {
    /// Why a way is not open; `None` where it is.
    pub(super) fn closed(&self, way: Way, clock: Option<WayClock>) -> Option<String> {
        self.by_status()
            .or_else(|| self.by_resent(way))
            .or_else(|| self.by_remark(way))
            .or_else(|| match way {
                Way::Records => self.records(),
                Way::CorrectedClaim => self.corrected(),
                Way::VoidAndNew => self.void_and_new(),
                Way::NewClaim => self.new_claim(),
                Way::Reopening => self.reopening(),
                Way::Reconsideration => self.reconsideration(),
                Way::Appeal => self.appeal(),
                Way::ExternalReview => self.external_review(),
                Way::PeerToPeer => self.peer_to_peer(),
                Way::SecondaryPayer => self.secondary(),
                Way::Patient => self.patient(),
                Way::WriteOff => self.write_off(),
            })
            .or_else(|| past(clock))
    }

    /// Nothing is begun while something lies with the payer, or once it is over.
    pub(super) fn by_status(&self) -> Option<String> {
        match self.known.case.status() {
            Status::New | Status::InReview => None,
            Status::Corrected | Status::Appealed | Status::Pending => Some(
                "what was sent lies with the payer: hear its answer, or take it back".to_owned(),
            ),
            Status::Overturned if self.known.case.is_overturned_in_full() => {
                Some("the payer gave way: post its payment".to_owned())
            }
            Status::Overturned => Some(
                "the payer gave way in part: post its payment, then dispute the case to work the \
                 rest"
                    .to_owned(),
            ),
            Status::Paid | Status::WrittenOff => Some("the case is closed".to_owned()),
        }
    }

    /// A further claim beside one that has no answer yet would be a duplicate.
    fn by_resent(&self, way: Way) -> Option<String> {
        let resent = self.known.resent.filter(|_| way.resends())?;
        Some(format!("{resent}: one more would be a duplicate, and needs a reason"))
    }

    /// The first remark that says a thing.
    fn remark(&self, says: impl Fn(Option<Rights>, Option<Resend>) -> bool) -> Option<&str> {
        let found = self.said.iter().find(|said| says(said.rights, said.resend));
        found.map(|said| said.remark.as_str())
    }

    fn with_rights(&self, wanted: Rights) -> Option<&str> {
        self.remark(|rights, _| rights == Some(wanted))
    }

    pub(super) fn with_resend(&self, wanted: Resend) -> Option<&str> {
        self.remark(|_, resend| resend == Some(wanted))
    }

    /// A remark that says in which form the claim goes again, or that only that is open.
    fn says_resend(&self) -> Option<&str> {
        self.remark(|rights, resend| rights == Some(Rights::ResubmitOnly) || resend.is_some())
    }

    fn by_remark(&self, way: Way) -> Option<String> {
        if way.resends() { self.resend_by_remark(way) } else { self.dispute_by_remark(way) }
    }

    fn resend_by_remark(&self, way: Way) -> Option<String> {
        if let Some(code) = self.with_rights(Rights::DoNotResubmit) {
            return Some(format!("{code}: the payer refuses to have it sent again"));
        }
        if let Some(code) = self.with_rights(Rights::Wait) {
            return Some(format!("{code}: the payer will redo it; nothing is sent again"));
        }
        if let Some(code) = self.with_resend(Resend::Wait) {
            return Some(format!("{code}: the first is not final yet; wait, then replace it"));
        }
        if let Some(code) = self.with_rights(Rights::AppealOriginal) {
            return Some(format!("{code}: the earlier decision has to be appealed"));
        }
        if let Some(code) = self.crossed_over() {
            return Some(format!("{code}: it crossed over; wait for the next payer's answer"));
        }
        for (resend, form, says) in FORMS {
            if form != way
                && !(way == Way::Reopening && self.reopens_for_time())
                && let Some(code) = self.with_resend(resend)
            {
                return Some(format!("{code}: {says}"));
            }
        }
        None
    }

    fn dispute_by_remark(&self, way: Way) -> Option<String> {
        if !way.disputes() {
            return None;
        }
        if let Some(code) = self.with_rights(Rights::NoAppeal) {
            return Some(format!("{code}: no appeal is open"));
        }
        if let Some(code) = self.says_resend() {
            return self.instead_of_resending(way, code);
        }
        if let Some(code) = self.with_rights(Rights::Wait) {
            return Some(format!("{code}: the payer will redo it by itself"));
        }
        None
    }

    /// A claim that the payer has not taken has no appeal. Once the limit for sending it has
    /// passed, what is left is to show that the first came in time.
    fn instead_of_resending(&self, way: Way, code: &str) -> Option<String> {
        if !matches!(way, Way::Reconsideration | Way::Appeal)
            || self.known.case.plan == PlanType::Medicare
            || !self.resending_is_over()
        {
            return Some(format!("{code}: the claim has to go again; no appeal is open"));
        }
        let unproven = format!(
            "{code}: the time for sending it has passed, and no acknowledgement on file proves that \
             the first claim came in time"
        );
        (!self.known.in_time).then_some(unproven)
    }

    /// True where a reopening can show Medicare, which hears no appeal of it, that the first claim
    /// came in time.
    fn reopens_for_time(&self) -> bool {
        self.known.in_time && self.known.case.plan == PlanType::Medicare && self.resending_is_over()
    }

    /// True where a form of sending it again was open but for its clock.
    fn resending_is_over(&self) -> bool {
        let forms = FORMS.map(|(_, form, _)| form);
        let is_past = |way: &Way| past(self.clock(*way)).is_some();
        let is_late = |way: &Way| is_past(way) && self.closed(*way, None).is_none();
        forms.iter().any(is_late) && !self.any_open(&forms)
    }

    fn any_open(&self, ways: &[Way]) -> bool {
        ways.iter().any(|way| self.closed(*way, self.clock(*way)).is_none())
    }

    /// The remark by which the claim is with the next payer, where that is what the case waits for.
    fn crossed_over(&self) -> Option<&str> {
        let waits = self.known.ruling.is_some_and(|one| one.next == NextActionKind::AwaitPayer);
        self.with_rights(Rights::WaitCrossover).filter(|_| waits)
    }

    /// A refusal of the payer's terms, with the source of those.
    fn by_terms(&self, refusal: Option<Refusal>) -> Option<String> {
        let refusal = refusal?;
        let by_file = self.resubmission.filter(|_| refusal.is_by_file());
        let source = by_file.map(|said| format!(" ({}, {})", said.source, said.as_of));
        Some(format!("{refusal}{}", source.unwrap_or_default()))
    }

    /// True where the payer asked to see something.
    pub(super) fn asks_for_records(&self) -> bool {
        let by_reason =
            self.known.ruling.is_some_and(|one| one.next == NextActionKind::SendRecords);
        let case = self.known.case;
        let wants = NextActionKind::SendRecords;
        let by_letter = case.requests.iter().any(|one| one.kind.next() == wants);
        by_reason || by_letter || case.days.records_asked_on.is_some()
    }

    fn records(&self) -> Option<String> {
        (!self.asks_for_records()).then(|| "the payer asked for no records".to_owned())
    }

    fn has_no_number(&self) -> Option<String> {
        let text = "the payer's number of the claim is not known, and REF*F8 needs it";
        self.known.case.control.is_empty().then(|| text.to_owned())
    }

    fn corrected(&self) -> Option<String> {
        self.by_terms(self.terms.against_replacement()).or_else(|| self.has_no_number())
    }

    fn void_and_new(&self) -> Option<String> {
        let unasked = "neither a remark (N798) nor the payer's rules ask for it";
        (!self.terms.wants_void())
            .then(|| unasked.to_owned())
            .or_else(|| self.by_terms(self.terms.against_void()))
            .or_else(|| self.has_no_number())
    }

    fn new_claim(&self) -> Option<String> {
        let is_known_there = !self.known.case.control.is_empty();
        self.by_terms(self.terms.against_new(is_known_there))
    }

    fn reopening(&self) -> Option<String> {
        if self.known.case.plan != PlanType::Medicare {
            return Some("only Medicare (parts A and B) has reopenings".to_owned());
        }
        let correctable = self.known.ruling.is_some_and(|one| one.correctable);
        let text = "it is for clerical errors, and the rules see none in this reason";
        (!correctable).then(|| text.to_owned())
    }

    fn has_clock(&self, kind: DeadlineKind) -> bool {
        self.known.case.deadlines.iter().any(|one| one.kind == kind)
    }

    fn reconsideration(&self) -> Option<String> {
        let has = self.has_clock(DeadlineKind::Reconsideration);
        (!has).then(|| "the payer's rules have no reconsideration beside the appeal".to_owned())
    }

    fn appeal(&self) -> Option<String> {
        let level = self.known.case.next_level();
        if self.has_clock(DeadlineKind::Appeal(level)) {
            return None;
        }
        if level > 1 {
            return Some(format!("no level {level} is configured for the payer"));
        }
        let reason = self.known.case.category.as_str().replace('_', " ");
        Some(format!("the payer's rules close it to {reason}"))
    }

    fn external_review(&self) -> Option<String> {
        no_review(self.known.case).map(str::to_owned)
    }

    fn peer_to_peer(&self) -> Option<String> {
        let category = self.known.case.category;
        let is_clinical = matches!(category, Category::MedicalNecessity | Category::Authorization);
        (!is_clinical).then(|| "it is for clinical reasons alone".to_owned())
    }

    fn secondary(&self) -> Option<String> {
        let passed_on = self.with_rights(Rights::WaitCrossover);
        if let Some(code) = passed_on.filter(|_| !self.known.late_crossover) {
            return Some(format!(
                "{code}: the next payer has it already; a bill would be a duplicate"
            ));
        }
        let named =
            self.known.ruling.is_some_and(|one| one.next == NextActionKind::CoordinateBenefits);
        let text = "no other cover of the patient is on record";
        let is_known = named || self.known.other_cover || passed_on.is_some();
        (!is_known).then(|| text.to_owned())
    }

    fn patient(&self) -> Option<String> {
        if let Some(code) = self.with_rights(Rights::WaitCrossover) {
            return Some(format!("{code}: the next payer has it; hear its answer first"));
        }
        if !self.has_group("PR")
            && let Some((group, _)) = self.groups.first()
        {
            let whose = match group.as_str() {
                "CO" | "PI" => "the provider's, and the patient may not be billed for it",
                "OA" => "nobody's by itself: look for the other payer or the first claim",
                _ => "of a group that the rules do not know",
            };
            return Some(format!("group {group}: the money is {whose}"));
        }
        if self.known.other_cover {
            return Some("other cover is on record: bill it first".to_owned());
        }
        self.groups.is_empty().then(|| "no line stands denied".to_owned())
    }

    /// Never where the payer said how to mend it and that can still be done, never of the patient's
    /// money (features 5.03).
    fn write_off(&self) -> Option<String> {
        if let Some(why) = self.can_be_mended() {
            return Some(why);
        }
        if self.has_group("PR") && !self.is_mixed() {
            return Some(
                "group PR: it is the patient's balance, not the payer's denial".to_owned(),
            );
        }
        self.groups.is_empty().then(|| "no line stands denied".to_owned())
    }

    /// What the payer said would mend it, while its clock runs and it was not tried.
    fn can_be_mended(&self) -> Option<String> {
        let waits = |rights: Option<Rights>, resend: Option<Resend>| {
            let by_rights = matches!(rights, Some(Rights::Wait | Rights::WaitCrossover));
            by_rights || resend == Some(Resend::Wait)
        };
        let disputes = [Way::Reconsideration, Way::Appeal, Way::ExternalReview];
        let original =
            self.with_rights(Rights::AppealOriginal).filter(|_| self.any_open(&disputes));
        let again = self.says_resend().filter(|_| self.is_untried());
        if let Some(code) = self.remark(waits).or(original).or(again) {
            return Some(format!("{code}: the payer said how to mend it"));
        }
        if self.known.ruling.is_some_and(|one| one.correctable) && self.is_untried() {
            let text = "the reason says what is wrong with the claim: correct it and send it again \
                        first";
            return Some(text.to_owned());
        }
        let asked = self.any_open(&[Way::Records]);
        asked.then(|| "the payer said what it wants to see: send it".to_owned())
    }

    /// True while the claim can go again and its answer to that is not known: it was never sent
    /// again, or what was sent has no answer yet.
    fn is_untried(&self) -> bool {
        let awaits = self.known.resent.is_some();
        awaits || (self.known.case.submissions.is_empty() && self.any_open(&RESENDS))
    }

    fn has_group(&self, wanted: &str) -> bool {
        self.groups.iter().any(|(group, _)| group == wanted)
    }

    /// True where a part of what is denied is the patient's and another part is not.
    pub(super) fn is_mixed(&self) -> bool {
        self.has_group("PR") && self.groups.len() > 1
    }

    /// What is denied in the patient's group.
    fn of_patient(&self) -> Money {
        self.groups.iter().filter(|(group, _)| group == "PR").map(|(_, amount)| *amount).sum()
    }

    /// What to keep in mind on a way.
    pub(super) fn notes(&self, way: Way) -> Vec<String> {
        let mut notes = Vec::new();
        if way.resends() {
            self.resend_notes(way, &mut notes);
        }
        if way.disputes() {
            if let Some(code) = self.with_rights(Rights::LimitedAppeal) {
                notes.push(format!("{code}: the appeal is open on one narrow point"));
            }
            if let Some(code) = self.with_rights(Rights::AppealOriginal) {
                notes.push(format!("{code}: appeal the earlier decision, not this one"));
            }
        }
        let shows_time = way.disputes() || (way == Way::Reopening && self.reopens_for_time());
        if shows_time && self.says_resend().is_some() {
            let text =
                "only to show that the first claim came in time: its acknowledgements go along";
            notes.push(text.to_owned());
        }
        if self.is_mixed() {
            self.mixed_notes(way, &mut notes);
        }
        if way == Way::SecondaryPayer {
            notes.push("the other payer's filing limit is not on record here".to_owned());
            if self.known.late_crossover {
                let text = "late crossover: ask the next payer whether it has the claim first";
                notes.push(text.to_owned());
            }
        }
        notes
    }

    /// What is the patient's and what is not go apart.
    fn mixed_notes(&self, way: Way, notes: &mut Vec<String>) {
        let part = self.of_patient();
        match way {
            Way::Patient => notes.push(format!("only {part} in group PR: the rest is not theirs")),
            Way::WriteOff => notes.push(format!("first move {part} in group PR to the patient")),
            Way::Records
            | Way::CorrectedClaim
            | Way::VoidAndNew
            | Way::NewClaim
            | Way::Reopening
            | Way::Reconsideration
            | Way::Appeal
            | Way::ExternalReview
            | Way::PeerToPeer
            | Way::SecondaryPayer => {}
        }
    }

    fn resend_notes(&self, way: Way, notes: &mut Vec<String>) {
        if !self.known.ruling.is_some_and(|one| one.correctable) {
            let text = "only where the record shows an error of ours on the claim";
            notes.push(text.to_owned());
        }
        if way != Way::CorrectedClaim {
            return;
        }
        if self.resubmission.is_none() {
            notes.push("what the payer takes again is not configured: ask it".to_owned());
            return;
        }
        let terms = self.terms;
        notes.push("all lines of the claim, with its number in REF*F8".to_owned());
        if terms.one_line_per_replacement {
            notes.push("one changed line a replacement".to_owned());
        }
        if terms.wait_until_final {
            notes.push("only once the first is final".to_owned());
        }
        if terms.note_required {
            let code = terms.note_code;
            let code = code.as_ref().map_or("ADD", NoteCode::as_str);
            notes.push(format!("the reason in NTE*{code}"));
        }
    }
}

/// The ways on which the claim goes to the payer again.
const RESENDS: [Way; 4] = [Way::CorrectedClaim, Way::VoidAndNew, Way::NewClaim, Way::Reopening];

/// The one form that a remark leaves open.
const FORMS: [(Resend, Way, &str); 3] = [
    (Resend::NewClaim, Way::NewClaim, "send it as a new claim, and no other way"),
    (Resend::Replacement, Way::CorrectedClaim, "send a replacement with the payer's number"),
    (Resend::VoidAndNew, Way::VoidAndNew, "void the first, then send it as new"),
];

fn past(clock: Option<WayClock>) -> Option<String> {
    let clock = clock.filter(|clock| clock.left.is_some_and(|left| left < 0))?;
    let by = clock.by?.strftime("%b %-d, %Y");
    let kind = clock.kind.in_words();
    Some(format!("the last day for {kind} was {by}; a supervisor may say why it is late"))
}
