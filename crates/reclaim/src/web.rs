//! The pages: what a server shares, how a request finds its page, what every answer carries.

mod about;
mod account;
mod act_words;
mod alike;
pub(crate) mod answered;
mod appeal;
mod appeal_asked;
mod appeal_form;
mod appeal_view;
mod asked;
mod asking;
mod assets;
mod audit;
mod balance;
mod batch;
mod batch_new;
mod batch_rows;
mod bulk;
mod bulk_words;
mod came_from;
mod case;
mod case_alike;
mod case_appeals;
mod case_beyond;
mod case_chain;
mod case_checklist;
mod case_clocks;
mod case_codes;
mod case_correction;
mod case_documents;
mod case_evidence;
mod case_fields;
mod case_filing;
mod case_forms;
mod case_keys;
mod case_lacks;
mod case_payer;
mod case_posting;
mod case_requests;
mod case_resent;
mod case_timeline;
mod case_undo;
mod case_view;
mod case_waits;
mod case_ways;
mod chart;
mod claim;
mod correct;
mod correct_fields;
mod correct_look;
mod cover_form;
mod day;
mod digest;
mod doubtful;
mod emergency;
mod facets;
mod figures;
mod files;
mod find;
mod flows;
mod form;
mod gate;
mod glossary;
mod glossary_home;
mod glossary_words;
mod grades;
mod groups;
mod health;
mod hold;
mod home;
mod home_ask;
mod home_desk;
mod home_lead;
mod home_office;
mod intake;
mod issuer;
mod journal_about;
mod journal_words;
mod keyed;
mod keyed_check;
mod lacking;
mod letters;
mod levels;
mod match_bar;
mod matches;
mod names;
mod narrow;
mod news;
mod offers;
mod outbox;
mod pace;
mod page;
mod passkeys;
mod payer;
mod payers;
mod practice;
mod projects;
mod protection;
mod questions;
mod queue;
mod queue_patients;
mod queue_row;
mod queue_tiles;
mod queue_whose;
mod reach;
mod reasons;
mod refused_claims;
mod rejections;
mod remittance_claim;
mod remittances;
mod request;
mod request_new;
mod requests;
mod routes;
mod rules;
mod rules_actions;
mod rules_code;
mod rules_codes;
mod rules_edit;
mod rules_letters;
mod rules_lists;
mod rules_owners;
mod rules_payer;
mod rules_proposed;
mod rules_teams;
mod rules_text;
mod rules_tried;
mod rules_worth;
mod saved;
mod second;
mod secondary;
mod secondary_one;
mod sent;
pub(crate) mod session;
pub(crate) mod sheet;
mod sign_in;
pub(crate) mod site;
mod staff;
mod status;
mod style;
mod ties;
pub(crate) mod tiles;
mod timeline;
mod timeline_beside;
mod told_money;
mod tour;
mod tries;
mod trouble;
mod unanswered;
mod unmatched;
mod upload;
mod won;
pub(crate) mod words;
mod worth;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::access::Lists;
use crate::boards::Boards;
use crate::oidc::Acquaintance;
use crate::passkey::webauthn::Site;
use crate::practice::Office;
use crate::web::flows::Flows;
use crate::web::gate::{Gate, Way};
use crate::web::health::Health;
use crate::web::pace::Pace;
pub(crate) use crate::web::protection::left_out;
pub(crate) use crate::web::questions::counts as count_questions;
pub(crate) use crate::web::requests::counts as count_requests;
pub(crate) use crate::web::timeline::{People, people};

/// What the server shares between requests. Nothing here is needed to answer the next one right:
/// another process knows as much.
pub(crate) struct App {
    /// The practice that was opened; a session may be in another of the same database.
    pub(crate) office: Office,
    /// Cookies go over TLS alone: the server listens beyond this machine.
    pub(crate) secure: bool,
    /// The address that people open, where somebody said it.
    pub(crate) site: Option<Site>,
    /// What the issuer said of itself, where one is configured.
    pub(crate) issuer: Acquaintance,
    /// The code of the setup page while nobody can sign in.
    pub(crate) setup: Mutex<Option<String>>,
    /// Who looked at lists, until it is written.
    pub(crate) lists: Lists,
    /// What the queue is filtered and sorted on.
    pub(crate) boards: Boards,
    /// Weeks of cases that came and went.
    pub(crate) flows: Flows,
    /// How many passwords are checked at once: each takes memory and a core on purpose.
    pub(crate) checks: Semaphore,
    /// How many patients' pages each person opened lately.
    pub(crate) pace: Pace,
    /// Whether the program works, as was found lately.
    pub(crate) health: Health,
}

impl App {
    /// What is shared by the pages of an office.
    pub(crate) fn new(office: Office, secure: bool, setup: Option<String>) -> Arc<App> {
        App::at(None, office, secure, setup)
    }

    /// The same where the address that people open is known.
    pub(crate) fn at(
        site: Option<Site>,
        office: Office,
        secure: bool,
        setup: Option<String>,
    ) -> Arc<App> {
        let setup = Mutex::new(setup);
        let (lists, boards, flows) = (Lists::default(), Boards::default(), Flows::default());
        let (issuer, pace) = (Acquaintance::default(), Pace::default());
        let checks = Semaphore::new(2);
        let health = Health::default();
        Arc::new(App {
            office,
            secure,
            site,
            issuer,
            setup,
            lists,
            boards,
            flows,
            checks,
            pace,
            health,
        })
    }
}

/// Pages come from here alone, are framed by nobody and run nothing that stands in them.
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'self'; object-src 'none'";

/// Every page behind its gate, with the headers that each answer carries.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in routes::table() {
        let state = (app.clone(), route.way);
        let run = route.run.layer(from_fn_with_state(state, gate::admit));
        router = router.route(route.way.pattern, run);
    }
    let nothing = Way::to("elsewhere", Gate::Person);
    let unknown = (app.clone(), nothing);
    let nowhere =
        axum::routing::any(trouble::nowhere).layer(from_fn_with_state(unknown, gate::admit));
    let router = router.fallback_service(nowhere.with_state(app.clone()));
    let always = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    router
        .with_state(app.clone())
        .layer(CatchPanicLayer::custom(trouble::panicked))
        .layer(always(CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(X_FRAME_OPTIONS, "DENY"))
        .layer(always(REFERRER_POLICY, "no-referrer"))
        .layer(always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(always(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(from_fn_with_state(app.clone(), over_tls_alone))
        .layer(SetResponseHeaderLayer::if_not_present(
            CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CompressionLayer::new())
}

/// Whoever came over TLS once comes over nothing else for two years.
async fn over_tls_alone(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_so = session::goes_over_tls(&app, request.headers());
    let mut response = next.run(request).await;
    if is_so {
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

#[cfg(test)]
mod tests;
