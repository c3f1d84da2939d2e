//! What is typed on the page of a project before it goes.

use denial::person::{Role, supervises};
use store::projects::Project;

use crate::projects::NotDone;

/// The longest cover letter, in letters.
const LONGEST: usize = 8_000;

/// What of a project is changed before it goes; what nobody typed stands as it is.
pub(crate) struct Typed {
    pub(crate) subject: Option<String>,
    pub(crate) letter: Option<String>,
    /// A supervisor's reasons for what else would keep a case back: why it goes without documents
    /// that are asked for.
    pub(crate) without: Option<String>,
    /// Why it goes after the clocks of some.
    pub(crate) late: Option<String>,
}

impl Typed {
    /// A project with it. Reasons are a supervisor's: those that stand stay where others type.
    /// Other words give up the papers that are set.
    ///
    /// # Errors
    /// [`NotDone::Refused`] where no letter would be left, or too long a one.
    pub(super) fn on(&self, before: &Project, role: Role) -> Result<Project, NotDone> {
        let said = |typed: Option<&str>, stands: &str| typed.map_or(stands, str::trim).to_owned();
        let mut after = Project {
            subject: said(self.subject.as_deref(), &before.subject),
            letter: said(self.letter.as_deref(), &before.letter),
            ..before.clone()
        };
        let length = after.letter.chars().count();
        if after.subject.is_empty() || length == 0 || length > LONGEST {
            return Err(NotDone::Refused(format!(
                "say what it is about, and write a letter of at most {LONGEST} letters"
            )));
        }
        if supervises(role) {
            after.without_why = said(self.without.as_deref(), &before.without_why);
            after.late_why = said(self.late.as_deref(), &before.late_why);
        }
        if is_reworded(&after, before) {
            (after.packet, after.sheet) = (None, None);
        }
        Ok(after)
    }
}

/// True where a project says other words than it did.
pub(super) fn is_reworded(one: &Project, before: &Project) -> bool {
    (&one.subject, &one.letter) != (&before.subject, &before.letter)
}
