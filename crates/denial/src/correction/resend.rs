//! How a claim goes out again: as a replacement, a void, or a new claim.

use std::borrow::Cow;
use std::collections::BTreeSet;

use x12::Row;
use x12::t837::Form;

use crate::correction::draft::{Draft, Unfit};
use crate::correction::field::Field;
use crate::correction::original::Original;
use crate::correction::values::claim_end;
use crate::payer::Resubmission;
use crate::playbook::Resend;

/// NTE01 as a payer's file says it: three letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteCode([u8; 3]);

impl NoteCode {
    /// Three letters of a code list.
    #[must_use]
    pub fn new(text: &str) -> Option<NoteCode> {
        let code: [u8; 3] = text.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_uppercase).then_some(NoteCode(code))
    }

    /// Its letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// What a payer takes, as far as its file says, and how the claim stands with it. What the file
/// does not say forbids nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Frequency 7 for claims of this form.
    pub takes_replacement: Option<bool>,
    /// Frequency 7 for a claim that it denied as a whole.
    pub takes_replacement_of_denied: Option<bool>,
    /// The claim is voided before it goes again as new.
    pub void_first: bool,
    /// A claim is replaced once it is final.
    pub wait_until_final: bool,
    /// A replacement changes one line alone.
    pub one_line_per_replacement: bool,
    /// A note says what was corrected (NTE).
    pub note_required: bool,
    /// The code of that note (NTE01); any where its file says none.
    pub note_code: Option<NoteCode>,
    /// The payer denied the claim as a whole.
    pub denied: bool,
    /// The payer has not finished the claim.
    pub pending: bool,
    /// In which form a remark says that it has to go: that wins over the payer's file.
    pub asked: Option<Resend>,
}

impl Terms {
    /// What a payer's file says for claims of a form, of a claim that is final and not denied as a
    /// whole.
    #[must_use]
    pub fn of(said: &Resubmission, form: Form) -> Terms {
        Terms::said(said, form == Form::Institutional)
    }

    /// The same for institutional claims, or for all others.
    #[must_use]
    pub fn said(said: &Resubmission, institutional: bool) -> Terms {
        Terms {
            takes_replacement: said.replaces(institutional),
            takes_replacement_of_denied: said.takes_replacement_of_denied,
            void_first: said.void_first == Some(true),
            wait_until_final: said.wait_until_final == Some(true),
            one_line_per_replacement: said.one_line_per_replacement == Some(true),
            note_required: said.note_required == Some(true),
            note_code: said.note_code.as_deref().and_then(NoteCode::new),
            denied: false,
            pending: false,
            asked: None,
        }
    }

    /// What a draft's notes with the payer's code say.
    pub(crate) fn notes(self, draft: &Draft) -> impl Iterator<Item = Cow<'_, str>> {
        let rows = draft.claim.get(..claim_end(&draft.claim)).unwrap_or_default();
        let fits =
            move |row: &&Row| row.is("NTE", self.note_code.as_ref().map_or("", NoteCode::as_str));
        rows.iter().filter(fits).map(|row| row.text(2)).filter(|text| !text.is_empty())
    }

    /// True where a draft says in a note what was corrected: one that the claim did not have.
    fn is_told(self, before: &Draft, after: &Draft) -> bool {
        let old: Vec<_> = self.notes(before).collect();
        !self.note_required || self.notes(after).any(|text| !old.contains(&text))
    }

    /// Why the payer takes no replacement of this claim, if it does not.
    #[must_use]
    pub fn against_replacement(self) -> Option<Refusal> {
        let is_asked = self.asked == Some(Resend::Replacement);
        match (self.asked, self) {
            (Some(Resend::NewClaim), _) => Some(Refusal::AsksForNew),
            (Some(Resend::VoidAndNew), _) => Some(Refusal::VoidFirst),
            (_, Terms { void_first: true, .. }) if !is_asked => Some(Refusal::VoidFirst),
            (_, Terms { takes_replacement: Some(false), .. }) => Some(Refusal::NoReplacement),
            _ if self.refuses_of_denied() => Some(Refusal::NoReplacementOfDenied),
            _ => self.against_now(),
        }
    }

    fn refuses_of_denied(self) -> bool {
        let is_asked = self.asked == Some(Resend::Replacement);
        self.denied && self.takes_replacement_of_denied == Some(false) && !is_asked
    }

    /// Why the payer takes no void, if it does not: one that takes originals alone takes none.
    #[must_use]
    pub fn against_void(self) -> Option<Refusal> {
        let is_wanted = self.wants_void();
        let originals_alone = self.takes_replacement == Some(false) && !is_wanted;
        if originals_alone { Some(Refusal::NoVoid) } else { self.against_now() }
    }

    /// True where the file or a remark wants the claim voided before it goes as new.
    #[must_use]
    pub fn wants_void(self) -> bool {
        self.void_first || self.asked == Some(Resend::VoidAndNew)
    }

    /// Why a new claim is none: where the payer has the claim (its number is known) and neither
    /// a remark nor its file wants a new one, it would be a duplicate.
    #[must_use]
    pub fn against_new(self, is_known_there: bool) -> Option<Refusal> {
        let is_asked = self.asked == Some(Resend::NewClaim);
        let is_wanted = is_asked || self.refuses_of_denied();
        (is_known_there && !is_wanted).then_some(Refusal::Duplicate)
    }

    fn against_now(self) -> Option<Refusal> {
        let is_early = self.wait_until_final && self.pending;
        (is_early || self.asked == Some(Resend::Wait)).then_some(Refusal::Pending)
    }
}

/// Why a claim does not go out this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The payer's file says so.
    #[error(
        "the payer takes no replacement (frequency 7); send a new claim or ask for a reopening"
    )]
    NoReplacement,
    /// The payer's file says so.
    #[error("the payer takes no void (frequency 8); ask it to take the claim back")]
    NoVoid,
    /// The payer's file says so, and it denied the claim as a whole (RARC N142).
    #[error("the payer takes no replacement of a claim that it denied; send a new claim")]
    NoReplacementOfDenied,
    /// The payer's file says so (RARC N798).
    #[error("the payer wants the claim voided first (frequency 8), then sent as a new one")]
    VoidFirst,
    /// A remark says so (MA130, N142).
    #[error("a remark asks for a new claim, and no other way")]
    AsksForNew,
    /// Neither a remark nor the payer's file wants it as new.
    #[error("the payer has the claim: sent as new it would be a duplicate")]
    Duplicate,
    /// The payer's file says so (RARC N779).
    #[error("the payer takes this once the claim is final; wait for its remittance")]
    Pending,
    /// The payer's file says so.
    #[error("the payer takes one changed line in a replacement; send the other lines in others")]
    OneLine,
    /// The payer's file says so; a note that the claim had before says nothing of it.
    #[error("expected a new note (NTE) that says what was corrected, which this payer wants")]
    NoNote,
    /// Frequency 7 and 8 name what they replace (X12 RFI 1538).
    #[error("expected the payer's number of the claim (CLP07 of its newest remittance)")]
    NoControlNumber,
    /// The payer's number holds something that X12 cannot carry.
    #[error("expected the payer's number in letters and digits")]
    OddControlNumber,
    /// Dental claims are not corrected here.
    #[error(
        "dental claims are not corrected here; send the claim again from the practice's system"
    )]
    Dental,
}

impl Refusal {
    /// True where the payer's file says so, rather than a remark or the claim itself.
    #[must_use]
    pub const fn is_by_file(self) -> bool {
        match self {
            Refusal::NoReplacement
            | Refusal::NoVoid
            | Refusal::NoReplacementOfDenied
            | Refusal::VoidFirst
            | Refusal::OneLine
            | Refusal::NoNote => true,
            Refusal::AsksForNew
            | Refusal::Duplicate
            | Refusal::Pending
            | Refusal::NoControlNumber
            | Refusal::OddControlNumber
            | Refusal::Dental => false,
        }
    }
}

/// The draft as a replacement (frequency 7) of the claim that the payer knows by this number. All
/// lines go, since a replacement stands for the whole claim.
///
/// # Errors
/// [`Refusal`] where the payer takes none like it, or its number of the claim is not known.
pub fn replacement(
    original: &Original,
    mut draft: Draft,
    number: &str,
    terms: Terms,
) -> Result<Draft, Refusal> {
    if let Some(refusal) = terms.against_replacement() {
        return Err(refusal);
    }
    if terms.one_line_per_replacement && changed_lines(original.draft(), &draft) > 1 {
        return Err(Refusal::OneLine);
    }
    if !terms.is_told(original.draft(), &draft) {
        return Err(Refusal::NoNote);
    }
    instead(&mut draft, "7", number)?;
    Ok(draft)
}

/// The claim as it was, taken back (frequency 8).
///
/// # Errors
/// [`Refusal`] where the payer takes none, or its number of the claim is not known.
pub fn void(original: &Original, number: &str, terms: Terms) -> Result<Draft, Refusal> {
    if let Some(refusal) = terms.against_void() {
        return Err(refusal);
    }
    let mut draft = original.draft().clone();
    instead(&mut draft, "8", number)?;
    Ok(draft)
}

/// Lines that are new, gone, or say something else.
fn changed_lines(before: &Draft, after: &Draft) -> usize {
    let numbers: BTreeSet<u16> = before.lines().chain(after.lines()).collect();
    numbers.into_iter().filter(|number| before.line(*number) != after.line(*number)).count()
}

/// The draft as a new claim that replaces nothing.
///
/// # Errors
/// [`Refusal::Dental`] for a dental claim.
pub fn new_claim(mut draft: Draft) -> Result<Draft, Refusal> {
    let frequency = draft.value(Field::Frequency);
    // Other frequencies say how far a stay was billed, and still do.
    let again = matches!(frequency.reveal().as_str(), "6" | "7" | "8" | "");
    if again {
        draft.set(Field::Frequency, "1").map_err(dental)?;
    }
    draft.set(Field::Replaces, "").map_err(dental)?;
    Ok(draft)
}

fn instead(draft: &mut Draft, frequency: &str, number: &str) -> Result<(), Refusal> {
    if number.trim().is_empty() {
        return Err(Refusal::NoControlNumber);
    }
    draft.set(Field::Frequency, frequency).map_err(dental)?;
    draft.set(Field::Replaces, number).map_err(|_| Refusal::OddControlNumber)
}

/// These fields take every text of ours in every other form.
fn dental(_: Unfit) -> Refusal {
    Refusal::Dental
}
