//! A walk of ten minutes through a simulated practice: what to open, what to press, what to look
//! at. How far somebody is lies in their browser; it is no fact of the practice.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::{COOKIE, HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use denial::person::{Access, Role, allows};

use crate::web::App;
use crate::web::gate::Posted;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::worth::ORDER;

const COOKIE_NAME: &str = "reclaim_tour";

/// One stop.
struct Step {
    /// Its name in the cookie and on the page.
    id: &'static str,
    title: &'static str,
    /// What it takes to open its page.
    needs: Option<Access>,
    href: &'static str,
    /// What its page is called.
    page: &'static str,
    press: &'static str,
    look: &'static str,
}

/// Every stop, in the order of a morning.
const STEPS: [Step; 11] = [
    Step {
        id: "home",
        title: "What is at stake",
        needs: None,
        href: "/",
        page: "Home",
        press: "Choose a figure: it opens its rows.",
        look: "What waits for you stands first. A figure that cannot be opened is a figure that \
               nobody can check; here each leads to its cases.",
    },
    Step {
        id: "queue",
        title: "The list, by keyboard",
        needs: Some(Access::Queue),
        href: "/queue?sort=priority",
        page: "Queue, by priority",
        press: "j and k move, Enter shows the case beside the list, ? lists every key. Unfold \
                the codes of a row, then its priority.",
        look: ORDER,
    },
    Step {
        id: "case",
        title: "One denial",
        needs: Some(Access::Queue),
        href: "/queue?sort=due",
        page: "Queue, soonest clock first",
        press: "j, then o to open the case. The digits change its parts.",
        look: "Why it was denied in plain words, what to do, what usually works, every clock on \
               one line of time. Under Lines & money each figure leads to the payer's own \
               segments.",
    },
    Step {
        id: "plan",
        title: "What comes next, and by when",
        needs: Some(Access::Queue),
        href: "/queue?person=none",
        page: "Queue, cases that no person has",
        press: "s starts the review of a row, n plans what comes next; Enter sends what the \
                playbook offers.",
        look: "The row goes on by itself. A day after the clock that it is to meet is refused.",
    },
    Step {
        id: "job",
        title: "Many at once, and back",
        needs: Some(Access::Queue),
        href: "/queue?by=code",
        page: "Queue, same jobs together",
        press: "j to a job, n to plan all of it, Enter. Then u.",
        look: "Before it acts the form says how many, how much, and what is left out and why. u \
               takes the whole of it back within ten minutes.",
    },
    Step {
        id: "ask",
        title: "A question to a colleague",
        needs: Some(Access::Queue),
        href: "/queue",
        page: "Queue",
        press: "q on a row: choose whom, write the question, Ctrl Enter.",
        look: "It stands under Questions of that role, on a page that also fits a phone. The \
               answer comes back to the case and to whoever asked.",
    },
    Step {
        id: "money",
        title: "Does the money add up?",
        needs: Some(Access::Remittances),
        href: "/remittances",
        page: "Remittances",
        press: "Open one that does not add up, if there is one under To look at.",
        look: "Three sums: line, claim, payment. What does not hold is told and never repaired; \
               its cases can be worked, and its money counts for nothing until somebody decides.",
    },
    Step {
        id: "matches",
        title: "Whose payment is it?",
        needs: Some(Access::Matches),
        href: "/matches",
        page: "Matches",
        press: "j to a pair, then y or x. o under Accepted or Declined opens it again.",
        look: "What the payer says beside what was billed. Only a person moves a payment.",
    },
    Step {
        id: "rejections",
        title: "Refused before anybody looked",
        needs: Some(Access::Rejections),
        href: "/rejections",
        page: "Rejections",
        press: "Read the reasons of one.",
        look: "These are no denials and count in no rate; the filing clock runs on.",
    },
    Step {
        id: "rules",
        title: "Rules that anybody can read",
        needs: Some(Access::Rules),
        href: "/rules",
        page: "Rules",
        press: "Map beside a code that nobody mapped, then Show what changes.",
        look: "What would be written, and what becomes of the cases that wait. Nothing is saved \
               by looking.",
    },
    Step {
        id: "words",
        title: "Words and proof",
        needs: None,
        href: "/words",
        page: "Words",
        press: "Go back to any page and press a word with dots below it.",
        look: "Every code, figure and clock explains itself. On the command line reclaim verify \
               proves the whole journal.",
    },
];

#[derive(Template)]
#[template(path = "tour.html")]
struct TourPage {
    page: Page,
    stops: Vec<Stop>,
    done: usize,
}

/// A stop as somebody sees it.
struct Stop {
    step: &'static Step,
    is_done: bool,
    /// The first that is not done.
    is_next: bool,
}

fn steps_of(role: Role) -> impl Iterator<Item = &'static Step> {
    STEPS.iter().filter(move |step| step.needs.is_none_or(|access| allows(role, access)))
}

/// The stops that a person's browser says are done.
fn done_by(headers: &HeaderMap, person: &str) -> Vec<&'static str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    let kept = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='));
    let mut words = kept.unwrap_or_default().split('.');
    if words.next() != Some(person) {
        return Vec::new();
    }
    let named: Vec<&str> = words.collect();
    STEPS.iter().map(|step| step.id).filter(|id| named.contains(id)).collect()
}

/// What that browser keeps for ninety days.
fn cookie(app: &App, person: &str, done: &[&str]) -> String {
    let secure = if app.secure { "; Secure" } else { "" };
    let kept = [&[person], done].concat().join(".");
    format!("{COOKIE_NAME}={kept}; Path=/tour; HttpOnly; SameSite=Strict{secure}; Max-Age=7776000")
}

/// `GET /tour`.
pub(crate) async fn page(visitor: Visitor, headers: HeaderMap) -> Result<Response, Trouble> {
    let done = done_by(&headers, visitor.office.who.person.as_str());
    let steps: Vec<&Step> = steps_of(visitor.office.who.role).collect();
    let next = steps.iter().position(|step| !done.contains(&step.id));
    let stop = |(at, step): (usize, &'static Step)| Stop {
        step,
        is_done: done.contains(&step.id),
        is_next: next == Some(at),
    };
    let stops: Vec<Stop> = steps.into_iter().enumerate().map(stop).collect();
    html(&TourPage {
        page: Page::of(&visitor, "A tour", "/tour"),
        done: stops.iter().filter(|stop| stop.is_done).count(),
        stops,
    })
}

/// `POST /tour`: a stop is done, or all begin anew.
pub(crate) async fn go_on(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let person = visitor.office.who.person.as_str();
    let mut done = done_by(&headers, person);
    let sought = fields.get("step").map_or("", String::as_str);
    match STEPS.iter().find(|step| step.id == sought) {
        Some(step) => done.push(step.id),
        None => done.clear(),
    }
    Ok(([(SET_COOKIE, cookie(&app, person, &done))], Redirect::to("/tour")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ones_own_known_stops_count() {
        let mut headers = HeaderMap::new();
        let kept = "a=b; reclaim_tour=usr_1.queue.nonsense.home";
        headers.insert(COOKIE, kept.parse().expect("a header"));
        assert_eq!(done_by(&headers, "usr_1"), ["home", "queue"]);
        assert!(done_by(&headers, "usr_2").is_empty(), "somebody else at the same machine");
        assert!(done_by(&HeaderMap::new(), "usr_1").is_empty());
    }

    #[test]
    fn the_queue_is_walked_in_the_order_that_is_told() {
        let stop = STEPS.iter().find(|step| step.id == "queue").expect("a stop");
        assert_eq!((stop.look, stop.href), (ORDER, "/queue?sort=priority"));
    }

    #[test]
    fn whoever_works_the_desk_needs_about_ten_minutes() {
        let whole = steps_of(Role::BillingSupervisor).count();
        assert!((9..=12).contains(&whole), "{whole} stops of a minute each");
        assert!(steps_of(Role::Executive).all(|step| step.needs.is_none()));
    }
}
