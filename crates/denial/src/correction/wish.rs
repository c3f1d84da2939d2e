//! One change that is wished for on many claims: what it makes of each, or why it makes nothing.

use serde::{Deserialize, Serialize};

use crate::correction::draft::Draft;
use crate::correction::edit::{Corrected, Edit};
use crate::correction::field::{Field, LineField, Who};
use crate::correction::file;
use crate::correction::original::Original;
use crate::denial::Denial;
use crate::lifecycle::evidence::Frequency;
use crate::named;
use crate::next_action;

/// Letters that a value has at most.
const LONGEST: usize = 80;

named! {
    /// What is changed on each claim.
    What {
        /// A modifier is added to lines.
        AddModifier = "add_modifier",
        /// A modifier of lines becomes another, or goes.
        ReplaceModifier = "replace_modifier",
        /// A procedure of lines becomes another.
        ReplaceProcedure = "replace_procedure",
        /// A revenue code of lines becomes another.
        ReplaceRevenue = "replace_revenue",
        /// A diagnosis becomes another wherever it stands.
        ReplaceDiagnosis = "replace_diagnosis",
        /// The authorization number is set.
        Authorization = "authorization",
        /// The referral number is set.
        Referral = "referral",
        /// The CLIA number is set.
        Clia = "clia",
        /// The NPI of who rendered is set.
        RenderingNpi = "rendering_npi",
        /// The NPI of who referred is set.
        ReferringNpi = "referring_npi",
        /// The NPI of who attended is set.
        AttendingNpi = "attending_npi",
        /// The payer's id is set.
        Payer = "payer",
        /// The place of service is set.
        Place = "place",
        /// The delay reason is set.
        Delay = "delay",
        /// No field: the claims go again, or are taken back, as they are.
        Nothing = "nothing",
    }
}

named! {
    /// Which lines of a claim it is about.
    Scope {
        /// Those that stand denied; every line where the claim was denied as a whole.
        Denied = "denied",
        /// Every line.
        All = "all",
    }
}

/// One change on many claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// What is changed.
    pub what: What,
    /// What stands there now, where something is replaced.
    #[serde(default)]
    pub from: String,
    /// What it shall say, where it says the same on every claim.
    #[serde(default)]
    pub to: String,
    /// Which lines.
    pub scope: Scope,
    /// Lines of this procedure alone; of any where it is empty.
    #[serde(default)]
    pub procedure: String,
    /// How the claims go; as each payer takes it where nothing is said.
    #[serde(default)]
    pub frequency: Option<Frequency>,
    /// A note to the payer on each claim; none where it is empty.
    #[serde(default)]
    pub note: String,
}

/// A part of a wish that will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WishFault {
    /// The part: `from`, `to`, `procedure`, `frequency`, `note`.
    pub part: &'static str,
    /// What was expected.
    pub expected: &'static str,
}

/// Why one claim is set aside before it is looked at for faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Aside {
    /// What is replaced stands nowhere that is meant.
    #[error("what is to be replaced does not stand on it")]
    NotThere,
    /// No line is meant.
    #[error("no denied line of it has this procedure")]
    NoLine,
    /// It says so already.
    #[error("it says so already")]
    Already,
    /// A diagnosis says whether it was present on admission, and the new one does not.
    #[error("its diagnosis says whether it was present on admission: say that of the new one too")]
    NoPresence,
    /// The new diagnosis stands on it already.
    #[error("the new diagnosis stands on it already")]
    Twice,
    /// Each has a value of its own and this one has none.
    #[error("no value was given for it")]
    NoValue,
    /// Claims of its form have no such field.
    #[error("claims of its form do not have this field")]
    NoField,
    /// A void takes the claim back as it was.
    #[error(
        "it goes as a void, which changes nothing: the change belongs on the new claim after it"
    )]
    Void,
    /// A replacement that says the same.
    #[error("nothing is corrected: a replacement would say the same again")]
    Same,
}

impl What {
    /// The field of the whole claim that is set, where it is one.
    #[must_use]
    pub const fn field(self) -> Option<Field> {
        Some(match self {
            What::Authorization => Field::Authorization,
            What::Referral => Field::Referral,
            What::Clia => Field::Clia,
            What::RenderingNpi => Field::Npi(Who::Rendering),
            What::ReferringNpi => Field::Npi(Who::Referring),
            What::AttendingNpi => Field::Npi(Who::Attending),
            What::Payer => Field::Payer,
            What::Place => Field::Place,
            What::Delay => Field::Delay,
            What::AddModifier
            | What::ReplaceModifier
            | What::ReplaceProcedure
            | What::ReplaceRevenue
            | What::ReplaceDiagnosis
            | What::Nothing => return None,
        })
    }

    /// True where something is replaced that has to be named.
    #[must_use]
    pub const fn replaces(self) -> bool {
        matches!(
            self,
            What::ReplaceModifier
                | What::ReplaceProcedure
                | What::ReplaceRevenue
                | What::ReplaceDiagnosis
        )
    }

    /// True where it is about lines.
    #[must_use]
    pub const fn is_of_lines(self) -> bool {
        matches!(
            self,
            What::AddModifier
                | What::ReplaceModifier
                | What::ReplaceProcedure
                | What::ReplaceRevenue
        )
    }

    /// Its words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            What::AddModifier => "add a modifier",
            What::ReplaceModifier => "replace a modifier",
            What::ReplaceProcedure => "replace a procedure",
            What::ReplaceRevenue => "replace a revenue code",
            What::ReplaceDiagnosis => "replace a diagnosis",
            What::Authorization => "set the authorization number (REF*G1)",
            What::Referral => "set the referral number (REF*9F)",
            What::Clia => "set the CLIA number (REF*X4)",
            What::RenderingNpi => "set the NPI of the rendering provider",
            What::ReferringNpi => "set the NPI of the referring provider",
            What::AttendingNpi => "set the NPI of the attending provider",
            What::Payer => "set the payer’s id",
            What::Place => "set the place of service",
            What::Delay => "set the delay reason",
            What::Nothing => "change no field, send again or take back",
        }
    }
}

impl Wish {
    /// A wish for something, with everything else as it usually is.
    #[must_use]
    pub const fn new(what: What) -> Wish {
        Wish {
            what,
            from: String::new(),
            to: String::new(),
            scope: Scope::Denied,
            procedure: String::new(),
            frequency: None,
            note: String::new(),
        }
    }

    /// What of it will not do; `has_own` where claims bring values of their own.
    #[must_use]
    pub fn faults(&self, has_own: bool) -> Vec<WishFault> {
        let fault = |part, expected| WishFault { part, expected };
        let mut faults = Vec::new();
        if self.what.replaces() && self.from.is_empty() {
            faults.push(fault("from", "expected what stands there now"));
        }
        if !self.what.replaces() && !self.from.is_empty() {
            faults.push(fault("from", "expected nothing: this replaces nothing that stands there"));
        }
        let may_go = matches!(self.what, What::ReplaceModifier | What::Nothing);
        if self.to.is_empty() && !has_own && !may_go {
            faults.push(fault("to", "expected what it shall say"));
        }
        if has_own && self.what.field().is_none() {
            let expected = "expected one value for all: only a number or field of the whole claim \
                            can differ from claim to claim";
            faults.push(fault("own", expected));
        }
        if self.what == What::Nothing && !self.to.is_empty() {
            faults.push(fault("to", "expected nothing, since no field is changed"));
        }
        if !self.procedure.is_empty() && !self.what.is_of_lines() {
            faults.push(fault("procedure", "expected nothing: this is about no line"));
        }
        let says_same = self.what == What::Nothing && self.note.is_empty();
        if says_same && matches!(self.frequency, None | Some(Frequency::Replacement)) {
            let expected =
                "expected 1 or 8: a replacement that changes nothing says the same again";
            faults.push(fault("frequency", expected));
        }
        let parts = [
            ("from", &self.from),
            ("to", &self.to),
            ("procedure", &self.procedure),
            ("note", &self.note),
        ];
        let long = parts.into_iter().filter(|(_, text)| text.chars().count() > LONGEST);
        faults.extend(long.map(|(part, _)| fault(part, "expected at most 80 letters")));
        faults
    }

    /// The whole of it in words: `add a modifier: 25`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let to = if self.to.is_empty() { "its own value on each claim" } else { &self.to };
        let what = self.what.in_words();
        let said = if self.what == What::Nothing {
            what.to_owned()
        } else if self.what == What::ReplaceModifier && self.to.is_empty() {
            format!("take modifier {} out", self.from)
        } else if self.what.replaces() {
            format!("{what}: {} becomes {to}", self.from)
        } else {
            format!("{what}: {to}")
        };
        match (&*self.procedure, self.what.is_of_lines(), self.scope) {
            ("", true, Scope::Denied) => format!("{said}, on denied lines"),
            ("", true, Scope::All) => format!("{said}, on every line"),
            (procedure, true, Scope::Denied) => format!("{said}, on denied lines of {procedure}"),
            (procedure, true, Scope::All) => format!("{said}, on every line of {procedure}"),
            (_, false, _) => said,
        }
    }

    /// What it makes of one claim: `denied` are the lines of [`denied`], `usual` is how its payer
    /// most likely takes it, `own` its own value where each has one.
    ///
    /// # Errors
    /// [`Aside`] says why the claim is left as it is.
    pub fn edit(
        &self,
        denied: &[Option<u16>],
        original: &Original,
        usual: Frequency,
        own: &str,
    ) -> Result<Edit, Aside> {
        let frequency = self.frequency.unwrap_or(usual);
        let mut edit = Edit::new(frequency);
        if frequency == Frequency::Void {
            let is_bare = self.what == What::Nothing && self.note.is_empty();
            return if is_bare { Ok(edit) } else { Err(Aside::Void) };
        }
        for (field, text) in self.fields(denied, original.draft(), own.trim())? {
            edit.take(original, field, &text);
        }
        if edit.typed.is_empty() && self.what != What::Nothing {
            return Err(Aside::Already);
        }
        if !self.note.trim().is_empty() {
            edit.take(original, Field::Note, &self.note);
        }
        Ok(edit)
    }

    /// What is set on a claim.
    fn fields(
        &self,
        denied: &[Option<u16>],
        draft: &Draft,
        own: &str,
    ) -> Result<Vec<(Field, String)>, Aside> {
        let to = if own.is_empty() { self.to.trim() } else { own };
        if let Some(field) = self.what.field() {
            return match (field.is_in(draft.form()), to) {
                (false, _) => Err(Aside::NoField),
                (true, "") => Err(Aside::NoValue),
                (true, to) => Ok(vec![(field, to.to_owned())]),
            };
        }
        if self.what == What::Nothing {
            return Ok(Vec::new());
        }
        if self.what == What::ReplaceDiagnosis {
            return self.diagnoses(draft, to);
        }
        self.on_lines(denied, draft, to)
    }

    fn diagnoses(&self, draft: &Draft, to: &str) -> Result<Vec<(Field, String)>, Aside> {
        let plain = |text: &str| text.replace('.', "").to_ascii_uppercase();
        let from = plain(self.from.trim());
        let code = |said: &str| plain(said.split(' ').next().unwrap_or_default());
        let is_present_told = |said: &str| said.trim().contains(' ');
        let all = draft.fields().into_iter().filter(|one| matches!(one, Field::Diagnosis(_)));
        let (meant, others): (Vec<Field>, Vec<Field>) =
            all.partition(|field| code(draft.value(*field).reveal()) == from);
        if meant.is_empty() {
            return Err(Aside::NotThere);
        }
        if others.iter().any(|field| code(draft.value(*field).reveal()) == code(to)) {
            return Err(Aside::Twice);
        }
        let tells = meant.iter().any(|field| is_present_told(draft.value(*field).reveal()));
        if tells && !is_present_told(to) {
            return Err(Aside::NoPresence);
        }
        Ok(meant.into_iter().map(|field| (field, to.to_owned())).collect())
    }

    fn on_lines(
        &self,
        denied: &[Option<u16>],
        draft: &Draft,
        to: &str,
    ) -> Result<Vec<(Field, String)>, Aside> {
        let lines = self.lines(denied, draft);
        if lines.is_empty() {
            return Err(Aside::NoLine);
        }
        let set: Vec<_> =
            lines.into_iter().filter_map(|line| self.on_line(draft, line, to)).collect();
        if set.is_empty() { Err(Aside::NotThere) } else { Ok(set) }
    }

    /// The lines that are meant, by their numbers.
    fn lines(&self, denied: &[Option<u16>], draft: &Draft) -> Vec<u16> {
        let is_meant = |number: &u16| {
            let is_denied = denied.contains(&Some(*number)) || denied.contains(&None);
            let procedure = draft.value(Field::Line(*number, LineField::Procedure));
            let wanted = self.procedure.trim();
            let fits = wanted.is_empty() || procedure.reveal().eq_ignore_ascii_case(wanted);
            fits && (self.scope == Scope::All || is_denied)
        };
        draft.lines().filter(is_meant).collect()
    }

    /// What a line says then; nothing where it does not hold what is replaced.
    fn on_line(&self, draft: &Draft, line: u16, to: &str) -> Option<(Field, String)> {
        let from = self.from.trim();
        let said = |field: LineField| draft.value(Field::Line(line, field)).reveal().clone();
        let whole = |field: LineField| {
            let is_there = said(field).eq_ignore_ascii_case(from);
            is_there.then(|| (Field::Line(line, field), to.to_owned()))
        };
        if self.what == What::ReplaceProcedure {
            return whole(LineField::Procedure);
        }
        if self.what == What::ReplaceRevenue {
            return whole(LineField::Revenue);
        }
        let modifiers = said(LineField::Modifiers);
        let mut list: Vec<&str> = modifiers.split(',').filter(|one| !one.is_empty()).collect();
        let place = |list: &[&str], sought: &str| {
            list.iter().position(|one| one.eq_ignore_ascii_case(sought))
        };
        let there = place(&list, to);
        if self.what == What::AddModifier {
            list.extend(there.is_none().then_some(to));
        } else {
            let at = place(&list, from)?;
            list.remove(at);
            if !to.is_empty() && there.is_none() {
                list.insert(at, to);
            }
        }
        Some((Field::Line(line, LineField::Modifiers), list.join(",")))
    }
}

impl Corrected {
    /// Why it is set aside though it has no fault: a replacement has to correct something.
    #[must_use]
    pub fn aside(&self, frequency: Frequency) -> Option<Aside> {
        (frequency == Frequency::Replacement && !self.corrects()).then_some(Aside::Same)
    }
}

/// The lines of a case that stand denied and are worked on; `None` is the whole claim.
#[must_use]
pub fn denied(case: &Denial) -> Vec<Option<u16>> {
    next_action::standing(case).map(|line| line.line).collect()
}

/// Drafts that one transaction (ST) of one file can carry, by their places, in their order.
#[must_use]
pub fn bundles(drafts: &[&Draft]) -> Vec<Vec<usize>> {
    let mut bundles: Vec<Vec<usize>> = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        let fits = |bundle: &&mut Vec<usize>| {
            let first = bundle.first().and_then(|first| drafts.get(*first));
            let is_full = bundle.len() >= file::IN_TRANSACTION;
            !is_full && first.is_some_and(|first| file::are_of_one_transaction(first, draft))
        };
        match bundles.iter_mut().find(fits) {
            Some(bundle) => bundle.push(at),
            None => bundles.push(vec![at]),
        }
    }
    bundles
}
