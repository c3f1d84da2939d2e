//! What stands around every page, and how a template becomes an answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use denial::person::{Access, allows};

use crate::practice::Office;
use crate::web::assets;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// The frame of a page.
pub(crate) struct Page {
    pub(crate) title: String,
    /// Who is signed in.
    pub(crate) who: Option<Who>,
    pub(crate) clinic: String,
    pub(crate) simulated: bool,
    /// The token that every form carries.
    pub(crate) csrf: String,
    pub(crate) links: Vec<Link>,
    /// Changes when the stylesheet or the script does.
    pub(crate) version: &'static str,
    /// Tries to sign in as them that failed, until they look at their account.
    pub(crate) failed: Option<String>,
    /// What was just done, said once.
    pub(crate) done: Option<String>,
    /// Somebody may look for a claim.
    pub(crate) finds: bool,
    /// What they looked for just now; it stays in the box.
    pub(crate) sought: String,
    /// The moment that it shows, for paper.
    pub(crate) at: String,
}

/// Who is signed in, as the frame names them.
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) role: String,
    /// The name they sign in with.
    pub(crate) login: String,
    /// The practice that the session is in.
    pub(crate) practice: String,
    /// Seconds until the session ends if they ask for nothing more.
    pub(crate) left: i64,
    /// They have other practices to go to.
    pub(crate) several: bool,
}

/// A page in the frame's list.
pub(crate) struct Link {
    pub(crate) href: &'static str,
    pub(crate) label: &'static str,
    /// The keys that lead there after `g`, each of them alone.
    pub(crate) key: &'static str,
    pub(crate) is_here: bool,
}

/// Every page of the frame's list, with what it takes to open it.
const LINKS: [(&str, &str, &str, Option<Access>); 17] = [
    ("/", "Home", "h", None),
    ("/queue", "Queue", "w q", Some(Access::Queue)),
    ("/letters", "Letters", "a l", Some(Access::Letters)),
    ("/questions", "Questions", "k", Some(Access::Questions)),
    ("/requests", "Requests", "e", Some(Access::Requests)),
    ("/remittances", "Remittances", "r", Some(Access::Remittances)),
    ("/matches", "Matches", "m", Some(Access::Matches)),
    ("/rejections", "Rejections", "x", Some(Access::Rejections)),
    ("/unanswered", "Unanswered", "n", Some(Access::Rejections)),
    ("/secondary", "Next payer", "b", Some(Access::Rejections)),
    ("/outbox", "Outbox", "o", Some(Access::Outbox)),
    ("/payers", "Payers", "y", Some(Access::Payers)),
    ("/files", "Files", "f", Some(Access::Remittances)),
    ("/rules", "Rules", "u", Some(Access::Rules)),
    ("/journal", "Journal", "j", Some(Access::Audit)),
    ("/people", "People", "p", Some(Access::ManagePeople)),
    ("/practice", "Practice", "c", Some(Access::ManagePeople)),
];

/// So many pages stand in the frame's one line; the others under one word.
const FIRST: usize = 9;

impl Page {
    /// The pages that stand in the line: the first ones; the one that is shown takes the last
    /// place where it is none of them.
    pub(crate) fn first(&self) -> impl Iterator<Item = &Link> {
        self.parted(true)
    }

    /// The others.
    pub(crate) fn more(&self) -> impl Iterator<Item = &Link> {
        self.parted(false)
    }

    fn parted(&self, first: bool) -> impl Iterator<Item = &Link> {
        let is_among = move |(at, link): &(usize, &Link)| self.is_first(*at, link) == first;
        self.links.iter().enumerate().filter(is_among).map(|(_, link)| link)
    }

    /// One page more is no reason for a word of its own.
    fn is_first(&self, at: usize, link: &Link) -> bool {
        if self.links.len() <= FIRST + 1 {
            return true;
        }
        let is_beyond = self.links.iter().skip(FIRST).any(|one| one.is_here);
        link.is_here || at < FIRST - usize::from(is_beyond)
    }

    /// The frame of a page for somebody; `here` is its address in the list.
    pub(crate) fn of(visitor: &Visitor, title: impl Into<String>, here: &str) -> Page {
        let role = visitor.office.who.role;
        let may = |access: Option<Access>| access.is_none_or(|access| allows(role, access));
        let link = |(href, label, key, _): (&'static str, _, _, _)| Link {
            href,
            label,
            key,
            is_here: href == here,
        };
        let is_free = visitor.owes.is_none();
        let links = LINKS.into_iter().filter(|link| is_free && may(link.3)).map(link).collect();
        let who = Who {
            name: visitor.name.clone(),
            role: words::label(role.as_str()),
            login: visitor.login.clone(),
            practice: visitor.office.practice().as_str().to_owned(),
            left: visitor.left(),
            several: visitor.several,
        };
        Page {
            title: title.into(),
            who: Some(who),
            csrf: visitor.csrf.clone(),
            links,
            finds: is_free && allows(role, Access::Queue),
            failed: visitor.failed.as_ref().map(|(count, last)| {
                let last = words::instant(last, &visitor.office.clinic.zone);
                format!("{count} tries to sign in as you failed, the last one {last}.")
            }),
            ..Page::open(&visitor.office, "")
        }
    }

    /// The frame where nobody is signed in.
    pub(crate) fn open(office: &Office, title: impl Into<String>) -> Page {
        Page {
            title: title.into(),
            who: None,
            clinic: office.clinic.name.clone(),
            simulated: office.clinic.simulated.is_some(),
            csrf: String::new(),
            links: Vec::new(),
            version: assets::version(),
            done: None,
            failed: None,
            finds: false,
            sought: String::new(),
            at: words::instant(&store::instant(office.moment().now), &office.clinic.zone),
        }
    }
}

/// A template as an answer.
pub(crate) fn html(template: &impl Template) -> Result<Response, Trouble> {
    html_with(StatusCode::OK, template)
}

/// The same with another status.
pub(crate) fn html_with(status: StatusCode, template: &impl Template) -> Result<Response, Trouble> {
    let text = template.render().map_err(|fault| Trouble::Broken(fault.into()))?;
    Ok((status, Html(text)).into_response())
}
