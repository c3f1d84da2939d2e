//! Roles, who is acting, and when.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::denial::{Denial, Owner};
use crate::ids::PersonId;
use crate::lifecycle::Act;
use crate::named;
use crate::protected;
use crate::rules::Rules;

named! {
    /// What a person does in the clinic; an unknown role may do nothing.
    Role {
        /// Registration, eligibility, check-in.
        FrontDesk = "front_desk",
        /// Prior authorisations and referrals.
        AuthorizationStaff = "authorization_staff",
        /// Codes and modifiers.
        CertifiedCoder = "certified_coder",
        /// Works denials all day.
        BillingSpecialist = "billing_specialist",
        /// Posts payments and reads remittances.
        Poster = "poster",
        /// Leads the specialists, approves write-offs.
        BillingSupervisor = "billing_supervisor",
        /// Runs the practice's business side.
        Manager = "manager",
        /// Treats patients, answers clinical questions.
        Provider = "provider",
        /// Reviews medical necessity.
        UtilizationReview = "utilization_review",
        /// Sees figures, never patient data.
        Executive = "executive",
        /// Users, rules, backups.
        Administrator = "administrator",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// An outsourcer: placed cases only.
        Vendor = "vendor",
    }
}

named! {
    /// Who of a practice must show a second factor when they sign in.
    SecondFactor {
        /// Nobody must; everybody may.
        Nobody = "nobody",
        /// Those who lead, and administrators.
        Leads = "leads",
        /// Everybody.
        Everybody = "everybody",
    }
}

impl SecondFactor {
    /// True where a role must have one.
    #[must_use]
    pub const fn binds(self, role: Role) -> bool {
        match self {
            SecondFactor::Nobody => false,
            SecondFactor::Leads => allows(role, Access::Rules),
            SecondFactor::Everybody => true,
        }
    }
}

/// Who acts, in which role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person or service account.
    pub person: PersonId,
    /// The role in this practice.
    pub role: Role,
}

/// When something happens and who does it; every decision takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub now: Timestamp,
    /// The civil date in the practice's time zone.
    pub today: Date,
    /// Who acts.
    pub who: Actor,
}

named! {
    /// What a page or command opens.
    Access {
        /// The work queue.
        Queue = "queue",
        /// A case; [`reach`] says which.
        ReadCases = "read_cases",
        /// Names, dates of birth, member ids.
        ReadPatients = "read_patients",
        /// What colleagues ask one's role.
        Questions = "questions",
        /// Claims as billed.
        Claims = "claims",
        /// Correcting them, and sending what was corrected.
        Correct = "correct",
        /// Rejections before adjudication.
        Rejections = "rejections",
        /// What leaves the house, and what answers it.
        Outbox = "outbox",
        /// Letters to payers that may still be sent, of the cases that one may see.
        Letters = "letters",
        /// Letters of payers that are no denials.
        Requests = "requests",
        /// Keying them, and answering them.
        KeepRequests = "keep_requests",
        /// Payers: how to reach them, what they promised and kept.
        Payers = "payers",
        /// Remittances with their balance.
        Remittances = "remittances",
        /// Which claim a payment is about: to accept or refuse it.
        Matches = "matches",
        /// Taking files in and keying paper.
        TakeFiles = "take_files",
        /// Posting money.
        Post = "post",
        /// Figures without patient data.
        Figures = "figures",
        /// Lists for spreadsheets.
        Export = "export",
        /// Changing rules.
        Rules = "rules",
        /// People and their roles.
        ManagePeople = "manage_people",
        /// The journal of every act and view.
        Audit = "audit",
        /// Cases opened in an emergency, and names shown, with their reasons.
        Emergencies = "emergencies",
        /// What everybody has and did: the team's load, another one's day.
        Team = "team",
        /// A copy of everything, for the day that a disk breaks.
        Backup = "backup",
        /// Specially protected records, with a reason each time.
        Protected = "protected",
        /// Placing a legal hold.
        Hold = "hold",
    }
}

/// Which cases a role may see at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every case of the practice.
    Every,
    /// Those that it, or a team of the person's, owns or that it is asked about.
    Own,
    /// Those placed with the person by name, or with an outsourcer's team that they are of: an
    /// outsourcer sees nothing else.
    Placed,
    /// None.
    Nothing,
}

/// Which cases a role may see.
#[must_use]
pub const fn reach(role: Role) -> Reach {
    match role {
        Role::BillingSpecialist
        | Role::Poster
        | Role::BillingSupervisor
        | Role::Manager
        | Role::Auditor => Reach::Every,
        Role::FrontDesk
        | Role::AuthorizationStaff
        | Role::CertifiedCoder
        | Role::Provider
        | Role::UtilizationReview => Reach::Own,
        Role::Vendor => Reach::Placed,
        Role::Executive | Role::Administrator => Reach::Nothing,
    }
}

/// True where somebody may see this case.
#[must_use]
pub fn sees(who: &Actor, denial: &Denial, rules: &Rules) -> bool {
    let shares = || rules.owners.shares(&who.person, denial);
    match reach(who.role) {
        Reach::Every => true,
        Reach::Own => {
            let owns = denial.owner().is_some_and(|owner| {
                owner.role == who.role || owner.person.as_ref() == Some(&who.person)
            });
            let is_asked = denial.questions.iter().any(|question| question.to == who.role);
            owns || is_asked || shares()
        }
        Reach::Placed => {
            let is_theirs = |owner: &Owner| owner.person.as_ref() == Some(&who.person);
            // To be named in a team of the practice's own people places nothing.
            let is_placed = |owner: &Owner| owner.role == Role::Vendor && shares();
            denial.owner().is_some_and(|owner| is_theirs(owner) || is_placed(owner))
        }
        Reach::Nothing => false,
    }
}

/// True where a role may open this.
#[must_use]
pub const fn allows(role: Role, access: Access) -> bool {
    match access {
        Access::Queue | Access::ReadCases | Access::ReadPatients => {
            !matches!(reach(role), Reach::Nothing)
        }
        Access::Questions => may(role, Act::Answer),
        Access::Claims => bills(role) || matches!(role, Role::CertifiedCoder | Role::Auditor),
        Access::Correct => allows(role, Access::Claims) && may(role, Act::Resubmit),
        Access::Rejections | Access::Remittances => bills(role) || matches!(role, Role::Auditor),
        Access::Outbox => {
            supervises(role) || matches!(role, Role::BillingSpecialist | Role::Auditor)
        }
        Access::Letters => may(role, Act::Appeal),
        Access::Requests | Access::Payers => {
            allows(role, Access::KeepRequests) || matches!(role, Role::Auditor)
        }
        // A provider is asked for records, and an outsourcer has its cases alone.
        Access::KeepRequests => may(role, Act::LogContact) && !matches!(role, Role::Vendor),
        Access::Matches | Access::TakeFiles => bills(role),
        Access::Post => posts(role),
        Access::Figures => {
            supervises(role)
                || matches!(role, Role::BillingSpecialist | Role::Executive | Role::Auditor)
        }
        Access::Team | Access::Hold => supervises(role),
        Access::Export => supervises(role) || matches!(role, Role::Auditor),
        Access::Rules => supervises(role) || matches!(role, Role::Administrator),
        Access::ManagePeople | Access::Backup => matches!(role, Role::Administrator),
        Access::Protected => protected::may_clear(role),
        Access::Emergencies => supervises(role) || matches!(role, Role::Auditor),
        Access::Audit => matches!(role, Role::Manager | Role::Administrator | Role::Auditor),
    }
}

/// True where a role may do an act, on a case that it may see.
#[must_use]
pub const fn may(role: Role, act: Act) -> bool {
    match act {
        Act::Review
        | Act::Plan
        | Act::SetSubStatus
        | Act::Snooze
        | Act::Take
        | Act::Release
        | Act::AskColleague
        | Act::Escalate
        | Act::Tick
        | Act::SetRootCause => works(role) || matches!(role, Role::FrontDesk),
        Act::LogContact => works(role) || matches!(role, Role::FrontDesk | Role::Poster),
        Act::Note | Act::AttachDocument => tells(role),
        // Questions are the practice's own.
        Act::Answer => tells(role) && !matches!(role, Role::Vendor),
        Act::Resubmit
        | Act::Appeal
        | Act::Acknowledge
        | Act::Reject
        | Act::Uphold
        | Act::Withdraw
        | Act::Overturn
        | Act::Recategorize
        | Act::SplitLine
        | Act::ProposeWriteOff => works(role),
        Act::Dispute => works(role) || matches!(role, Role::Poster),
        Act::Post | Act::Reopen => posts(role),
        Act::WriteOff => supervises(role) || matches!(role, Role::BillingSpecialist),
        Act::Assign | Act::Approve | Act::Decline => supervises(role),
    }
}

/// Leads the desk: approves, assigns, excuses what is late.
#[must_use]
pub const fn supervises(role: Role) -> bool {
    matches!(role, Role::BillingSupervisor | Role::Manager)
}

const fn posts(role: Role) -> bool {
    supervises(role) || matches!(role, Role::Poster)
}

const fn bills(role: Role) -> bool {
    posts(role) || matches!(role, Role::BillingSpecialist)
}

const fn tells(role: Role) -> bool {
    works(role) || matches!(role, Role::FrontDesk | Role::Poster | Role::Provider)
}

/// Works cases to their end: the roles that the matrix of owners names, but the front desk, which
/// gathers facts and sends nothing; and an outsourcer, those that are placed with it.
const fn works(role: Role) -> bool {
    supervises(role)
        || matches!(
            role,
            Role::BillingSpecialist
                | Role::CertifiedCoder
                | Role::AuthorizationStaff
                | Role::UtilizationReview
                | Role::Vendor
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first letters of the role's last word.
    fn short(role: Role) -> &'static str {
        let word = role.as_str().rsplit('_').next().expect("a word");
        &word[..4]
    }

    fn table<T: Copy>(all: &[T], name: fn(T) -> &'static str, may: fn(Role, T) -> bool) -> String {
        let mut text = String::new();
        for one in all {
            let roles = Role::ALL.iter().filter(|role| may(**role, *one));
            let roles: Vec<&str> = roles.map(|role| short(*role)).collect();
            text.push_str(&format!("{}: {}\n", name(*one), roles.join(" ")));
        }
        text
    }

    #[test]
    fn a_second_factor_binds_those_whom_the_practice_names() {
        let bound = |wanted: SecondFactor| {
            let roles = Role::ALL.iter().filter(|role| wanted.binds(**role));
            roles.map(|role| role.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(bound(SecondFactor::Nobody), [""; 0]);
        let leads = ["billing_supervisor", "manager", "administrator"];
        assert_eq!(bound(SecondFactor::Leads), leads);
        assert_eq!(bound(SecondFactor::Everybody).len(), Role::ALL.len());
    }

    #[test]
    fn each_page_has_its_roles() {
        insta::assert_snapshot!(table(Access::ALL, Access::as_str, allows), @r"
        queue: desk staf code spec post supe mana prov revi audi vend
        read_cases: desk staf code spec post supe mana prov revi audi vend
        read_patients: desk staf code spec post supe mana prov revi audi vend
        questions: desk staf code spec post supe mana prov revi
        claims: code spec post supe mana audi
        correct: code spec supe mana
        rejections: spec post supe mana audi
        outbox: spec supe mana audi
        letters: staf code spec supe mana revi vend
        requests: desk staf code spec post supe mana revi audi
        keep_requests: desk staf code spec post supe mana revi
        payers: desk staf code spec post supe mana revi audi
        remittances: spec post supe mana audi
        matches: spec post supe mana
        take_files: spec post supe mana
        post: post supe mana
        figures: spec supe mana exec audi
        export: supe mana audi
        rules: supe mana admi
        manage_people: admi
        audit: mana admi audi
        emergencies: supe mana audi
        team: supe mana
        backup: admi
        protected: code spec supe prov revi
        hold: supe mana
        ");
    }

    #[test]
    fn each_act_has_its_roles() {
        insta::assert_snapshot!(table(Act::ALL, Act::as_str, may), @r"
        review: desk staf code spec supe mana revi vend
        resubmit: staf code spec supe mana revi vend
        appeal: staf code spec supe mana revi vend
        acknowledge: staf code spec supe mana revi vend
        reject: staf code spec supe mana revi vend
        uphold: staf code spec supe mana revi vend
        withdraw: staf code spec supe mana revi vend
        overturn: staf code spec supe mana revi vend
        dispute: staf code spec post supe mana revi vend
        post: post supe mana
        write_off: spec supe mana
        reopen: post supe mana
        assign: supe mana
        take: desk staf code spec supe mana revi vend
        release: desk staf code spec supe mana revi vend
        recategorize: staf code spec supe mana revi vend
        set_root_cause: desk staf code spec supe mana revi vend
        plan: desk staf code spec supe mana revi vend
        set_sub_status: desk staf code spec supe mana revi vend
        snooze: desk staf code spec supe mana revi vend
        log_contact: desk staf code spec post supe mana revi vend
        attach_document: desk staf code spec post supe mana prov revi vend
        ask_colleague: desk staf code spec supe mana revi vend
        answer: desk staf code spec post supe mana prov revi
        escalate: desk staf code spec supe mana revi vend
        split_line: staf code spec supe mana revi vend
        tick: desk staf code spec supe mana revi vend
        note: desk staf code spec post supe mana prov revi vend
        propose_write_off: staf code spec supe mana revi vend
        approve: supe mana
        decline: supe mana
        ");
    }

    #[test]
    fn who_changes_nothing_or_sees_no_case_does_no_act() {
        for role in [Role::Executive, Role::Administrator, Role::Auditor] {
            assert!(Act::ALL.iter().all(|act| !may(role, *act)));
        }
        assert!(allows(Role::Executive, Access::Figures));
        assert!(!allows(Role::Executive, Access::ReadPatients));
        let opened = Access::ALL.iter().filter(|access| allows(Role::Vendor, **access));
        let placed = [Access::Queue, Access::ReadCases, Access::ReadPatients, Access::Letters];
        assert!(opened.eq(&placed), "an outsourcer opens its cases, their letters, nothing else");
    }
}
