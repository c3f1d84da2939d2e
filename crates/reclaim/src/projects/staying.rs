//! Which cases of a project would stay, and which go by a supervisor's reason alone.

use denial::denial::{Denial, Status};
use denial::ids::{AppealId, DocumentId};
use denial::lifecycle::Action;
use denial::lifecycle::action::AppealFiling;
use denial::person::{Actor, Moment, Role, supervises};
use store::projects::Project;

use crate::act;
use crate::practice::Office;
use crate::projects::{How, Opened};

impl Opened {
    /// Says of each case that allows no appeal now why it would stay; one that stayed before and
    /// allows it by now goes along. A supervisor's reasons hold, whoever looks.
    pub(crate) fn would_stay(&mut self, office: &Office, how: &How) {
        let (own, project) = (office.moment(), &self.project);
        let has_reasons = !project.without_why.is_empty() || !project.late_why.is_empty();
        let lead = (has_reasons && !supervises(own.who.role)).then(|| led(&own));
        for row in &mut self.rows {
            row.stayed = kept_back(project, &row.case, (office, how), &own).unwrap_or_default();
            row.is_excused = false;
            if let Some(lead) = lead.as_ref().filter(|_| !row.stayed.is_empty()) {
                let kept = kept_back(project, &row.case, (office, how), lead);
                row.stayed = kept.unwrap_or_default();
                row.is_excused = row.stayed.is_empty();
            }
        }
    }

    /// True where some of its cases go by a supervisor's reason, and who looks is no supervisor:
    /// that it went is then a supervisor's to record.
    pub(crate) fn needs_supervisor(&self) -> bool {
        self.rows.iter().any(|row| row.is_excused)
    }
}

/// The same moment, with a supervisor at work.
fn led(at: &Moment) -> Moment {
    let who = Actor { role: Role::BillingSupervisor, ..at.who.clone() };
    Moment { who, ..at.clone() }
}

/// Why a case allows no appeal to who acts then; nothing where it does.
fn kept_back(
    project: &Project,
    case: &Denial,
    (office, how): (&Office, &How),
    at: &Moment,
) -> Option<String> {
    let mut case = case.clone();
    if case.status() == Status::New
        && let Ok(decided) = case.act(&Action::Review, at, &office.rules)
    {
        case = decided.after;
    }
    // Any document will do to ask: what is kept at last is not set yet.
    let paper = DocumentId::from_bits(0);
    let action = Action::Appeal(filing(project, &case, (&paper, how)));
    case.act(&action, at, &office.rules).err().map(|why| why.to_string())
}

/// The appeal of one case, as it goes with the others.
pub(super) fn filing(
    project: &Project,
    case: &Denial,
    (packet, how): (&DocumentId, &How),
) -> AppealFiling {
    let reference = how.reference.trim();
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    AppealFiling {
        id: AppealId::from_bits(act::draw()),
        level: case.next_level(),
        channel: how.channel,
        confirmation: (!reference.is_empty()).then(|| reference.to_owned()),
        packet: Some(packet.clone()),
        sent_on: how.on,
        late: said(&project.late_why),
        without: said(&project.without_why),
        although: None,
        arguments: Vec::new(),
        exhibits: Vec::new(),
    }
}
