//! Every page: its method, its address, and what it takes to open it. What is not here is nowhere.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};
use denial::person::Access;

use crate::web::gate::{Gate, Sight, Way};
use crate::web::{
    App, account, appeal, asking, assets, audit, batch, batch_new, bulk, case, case_beyond,
    case_documents, case_evidence, case_filing, case_undo, claim, correct, correct_look, day,
    digest, doubtful, emergency, facets, files, find, glossary, health, hold, home, intake, issuer,
    keyed, lacking, letters, levels, matches, names, news, outbox, passkeys, payer, payers,
    practice, projects, protection, questions, queue, rejections, remittance_claim, remittances,
    request, request_new, requests, rules, rules_actions, rules_code, rules_codes, rules_edit,
    rules_letters, rules_lists, rules_owners, rules_payer, rules_text, rules_worth, saved, second,
    secondary, secondary_one, sign_in, staff, status, style, ties, tour, unanswered, unmatched,
    upload,
};

/// One page.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "tests walk the table"))]
    pub(crate) method: Method,
    pub(crate) way: Way,
    pub(crate) run: MethodRouter<Arc<App>>,
}

/// A page that only shows.
fn shows<T: 'static>(path: &'static str, gate: Gate, page: impl Handler<T, Arc<App>>) -> Route {
    Route { method: Method::GET, way: Way::to(path, gate), run: get(page) }
}

/// A page that changes something and then leads to one that shows.
fn does<T: 'static>(path: &'static str, gate: Gate, page: impl Handler<T, Arc<App>>) -> Route {
    Route { method: Method::POST, way: Way::to(path, gate), run: post(page) }
}

impl Route {
    /// Files come with it; [`crate::web::sent`] limits them.
    fn large(self) -> Route {
        Route { run: self.run.layer(DefaultBodyLimit::disable()), ..self }
    }

    /// Lists patients; the gate puts on record what kind of list somebody had.
    fn lists(self, what: &'static str) -> Route {
        Route { way: Way { sight: Sight::List(what), ..self.way }, ..self }
    }

    /// Shows what is one patient's, or gives it away; it puts that on record before.
    fn reveals(self) -> Route {
        Route { way: Way { sight: Sight::One, ..self.way }, ..self }
    }
}

/// The table of pages.
pub(crate) fn table() -> Vec<Route> {
    [door(), desk(), files_and_money(), back_room()].into_iter().flatten().collect()
}

/// Who comes in, and where they begin.
fn door() -> Vec<Route> {
    use Gate::{Early, Open, Person};
    vec![
        shows("/healthz", Open, health::page),
        shows("/assets/{name}", Open, assets::one),
        shows("/sign-in", Open, sign_in::form),
        does("/sign-in", Open, sign_in::enter),
        shows("/sign-in/code", Open, second::form),
        does("/sign-in/code", Open, second::enter),
        does("/sign-in/passkey/begin", Open, passkeys::ask),
        does("/sign-in/passkey", Open, passkeys::enter),
        shows("/sign-in/elsewhere", Open, issuer::leave),
        shows("/sign-in/back", Open, issuer::arrive),
        shows("/setup", Open, sign_in::setup),
        does("/setup", Open, sign_in::set_up),
        does("/sign-out", Early, sign_in::leave),
        shows("/account", Early, account::page),
        does("/account", Early, account::change),
        shows("/session", Early, news::session),
        does("/account/passkey", Early, passkeys::change),
        shows("/account/tie", Early, issuer::page),
        does("/account/tie", Early, issuer::change),
        shows("/practices", Person, sign_in::practices),
        does("/practices", Person, sign_in::choose),
        shows("/", Person, home::page).lists("home"),
        shows("/style", Person, style::page),
        shows("/tour", Person, tour::page),
        does("/tour", Person, tour::go_on),
        shows("/words", Person, glossary::page),
        shows("/words/codes", Person, glossary::codes),
        shows("/digest", Person, digest::own),
        shows("/digest/team", Gate::Needs(Access::Team), digest::team),
    ]
}

/// Cases, one by one and many at once.
fn desk() -> Vec<Route> {
    use Access as A;
    use Gate::{Both, Needs};
    vec![
        shows("/queue", Needs(A::Queue), queue::page).lists("queue"),
        shows("/queue/rows", Needs(A::Queue), queue::rows).lists("queue"),
        shows("/queue/news", Needs(A::Queue), news::page),
        shows("/queue/filters", Needs(A::Queue), facets::page),
        shows("/queue.csv", Both(A::Queue, A::Export), queue::file).reveals(),
        does("/queue.csv", Both(A::Export, A::Protected), queue::cleared_file).reveals(),
        does("/queue/bulk", Needs(A::Queue), bulk::act),
        does("/queue/undo", Needs(A::Queue), bulk::undo),
        shows("/batches", Needs(A::Correct), batch::list),
        does("/batches", Needs(A::Correct), batch_new::begin),
        shows("/batches/{id}", Needs(A::Correct), batch::page).lists("corrections"),
        does("/batches/{id}", Needs(A::Correct), batch::decide),
        does("/queue/views", Needs(A::Queue), saved::change),
        shows("/service", Needs(A::Figures), levels::page),
        shows("/day", Needs(A::Queue), day::page).lists("day"),
        shows("/letters", Needs(A::Letters), letters::page),
        shows("/projects", Needs(A::Letters), projects::list),
        shows("/projects/{id}", Needs(A::Letters), projects::page).lists("project"),
        does("/projects/{id}", Needs(A::Letters), projects::change),
        shows("/projects/{id}/packet", Needs(A::Letters), projects::packet).reveals(),
        shows("/projects/{id}/list.csv", Needs(A::Letters), projects::sheet).reveals(),
        does("/find", Needs(A::Queue), find::find).lists("search"),
        shows("/cases/{id}", Needs(A::ReadCases), case::page).reveals(),
        does("/cases/{id}/acts", Needs(A::ReadCases), case::act).reveals(),
        does("/cases/{id}/undo", Needs(A::ReadCases), case_undo::undo).reveals(),
        does("/cases/{id}/documents", Needs(A::ReadCases), case_documents::attach)
            .large()
            .reveals(),
        does("/cases/{id}/evidence", Both(A::ReadCases, A::Claims), case_evidence::attach)
            .reveals(),
        shows("/cases/{id}/beyond", Needs(A::ReadCases), case_beyond::page).reveals(),
        does("/cases/{id}/beyond", Needs(A::ReadCases), case_beyond::tell).reveals(),
        shows("/cases/{id}/filing", Both(A::ReadCases, A::Claims), case_filing::page).reveals(),
        does("/cases/{id}/filing", Both(A::ReadCases, A::Claims), case_filing::attach).reveals(),
        shows("/cases/{id}/documents/{document}", Needs(A::ReadCases), case_documents::one)
            .reveals(),
        shows("/cases/{id}/appeal", Needs(A::ReadCases), appeal::page).reveals(),
        does("/cases/{id}/appeal", Needs(A::ReadCases), appeal::begin).reveals(),
        shows("/cases/{id}/appeals/{draft}", Needs(A::ReadCases), appeal::draft).reveals(),
        does("/cases/{id}/appeals/{draft}", Needs(A::ReadCases), appeal::change).large().reveals(),
        shows("/cases/{id}/appeals/{draft}/packet", Needs(A::ReadCases), appeal::packet).reveals(),
        does("/cases/{id}/status", Needs(A::ReadCases), status::ask_one),
        does("/cases/{id}/protection", Needs(A::ReadCases), protection::tag),
        does("/cases/{id}/hold", Needs(A::Hold), hold::place),
        does("/cases/{id}/hold/lift", Needs(A::Hold), hold::lift),
        shows("/cases/{id}/correct", Needs(A::Correct), correct::page).reveals(),
        does("/cases/{id}/correct", Needs(A::Correct), correct::save).reveals(),
        shows("/cases/{id}/correct/look", Needs(A::Correct), correct_look::page).reveals(),
        does("/cases/{id}/correct/look", Needs(A::Correct), correct_look::decide).reveals(),
        shows("/cases/{id}/emergency", Needs(A::ReadCases), emergency::form),
        does("/cases/{id}/emergency", Needs(A::ReadCases), emergency::open),
        shows("/questions", Needs(A::Questions), questions::page).lists("questions"),
        shows("/questions/{case}/{number}", Needs(A::Questions), asking::page).reveals(),
        does("/questions/{case}/{number}", Needs(A::Questions), asking::answer).large().reveals(),
    ]
}

/// What payers sent and what was billed.
fn files_and_money() -> Vec<Route> {
    use Access as A;
    use Gate::{Both, Needs};
    vec![
        shows("/claims/{id}", Needs(A::Claims), claim::page).reveals(),
        does("/claims/{id}/names", Needs(A::ReadPatients), names::show).reveals(),
        shows("/remittances", Needs(A::Remittances), remittances::page),
        shows("/remittances/{id}", Needs(A::Remittances), remittances::one).reveals(),
        shows("/remittances/{id}/claims/{n}", Needs(A::Remittances), remittance_claim::page)
            .reveals(),
        shows("/remittances/{id}/scan", Needs(A::Remittances), keyed::scan).reveals(),
        does("/remittances/{id}/verdict", Needs(A::Post), remittances::decide).reveals(),
        shows("/intake", Needs(A::Remittances), intake::page),
        does("/intake", Needs(A::Post), intake::review),
        shows("/matches", Needs(A::Matches), matches::page).lists("matches"),
        does("/matches", Needs(A::Matches), matches::decide),
        does("/matches/narrow", Needs(A::Matches), matches::narrowed).lists("matches"),
        does("/matches/doubtful", Needs(A::Matches), doubtful::decide),
        does("/matches/search", Needs(A::Matches), unmatched::search).lists("search"),
        shows("/rejections", Needs(A::Rejections), rejections::page).lists("rejections"),
        does("/rejections/narrow", Needs(A::Rejections), rejections::narrowed).lists("rejections"),
        // Auditors read the queue of rejections; who decides matches resolves them.
        does("/rejections", Needs(A::Matches), rejections::resolve),
        shows("/unanswered", Needs(A::Rejections), unanswered::page).lists("unanswered"),
        // Auditors read them; who decides matches notes what was done.
        does("/unanswered", Both(A::Rejections, A::Matches), unanswered::follow),
        // Who decides matches asks payers where claims stand.
        does("/unanswered/ask", Both(A::Rejections, A::Matches), status::ask_many),
        shows("/secondary", Needs(A::Rejections), secondary::page).lists("next payer"),
        shows("/secondary/{claim}", Needs(A::Correct), secondary_one::page).reveals(),
        does("/secondary/{claim}", Needs(A::Correct), secondary_one::change).reveals(),
        shows("/requests", Needs(A::Requests), requests::page).lists("requests"),
        does("/requests", Both(A::Requests, A::KeepRequests), request_new::keep)
            .large()
            .lists("requests"),
        shows("/requests/new", Both(A::Requests, A::KeepRequests), request_new::form)
            .lists("requests"),
        shows("/requests/{id}", Needs(A::Requests), request::page).reveals(),
        // Auditors read them; who answers payers changes them.
        does("/requests/{id}", Both(A::Requests, A::KeepRequests), request::change)
            .large()
            .reveals(),
        shows("/requests/{id}/documents/{document}", Needs(A::Requests), request::document)
            .reveals(),
        shows("/payers", Needs(A::Payers), payers::page),
        shows("/payers/{id}", Needs(A::Payers), payer::page).lists("payers"),
        // Those who work with payers read their cards; who leads changes them.
        does("/payers/{id}", Both(A::Payers, A::Rules), payer::change).lists("payers"),
        shows("/outbox", Needs(A::Outbox), outbox::page).lists("outbox"),
        // Auditors read it; who decides matches calls back.
        does("/outbox", Both(A::Outbox, A::Matches), outbox::change),
        shows("/upload", Needs(A::TakeFiles), upload::form),
        does("/upload", Needs(A::TakeFiles), upload::take).large(),
        shows("/keyed", Needs(A::TakeFiles), keyed::form),
        does("/keyed", Needs(A::TakeFiles), keyed::key).large().reveals(),
        shows("/files", Needs(A::Remittances), files::page),
        shows("/files/{hash}", Needs(A::Remittances), files::one),
    ]
}

/// Rules, records, people.
fn back_room() -> Vec<Route> {
    use Access as A;
    use Gate::{Both, Needs};
    vec![
        shows("/rules", Needs(A::Rules), lacking::page),
        shows("/rules/file", Needs(A::Rules), rules::file),
        shows("/rules/actions", Needs(A::Rules), rules_actions::page).lists("rules tried"),
        does("/rules/actions", Needs(A::Rules), rules_actions::change),
        shows("/rules/text", Needs(A::Rules), rules_text::file),
        shows("/rules/edit", Needs(A::Rules), rules_edit::form),
        does("/rules/edit", Needs(A::Rules), rules_edit::change).lists("rules tried"),
        does("/rules/restore", Needs(A::Rules), rules_edit::restore),
        shows("/rules/code", Needs(A::Rules), rules_code::form),
        does("/rules/code", Needs(A::Rules), rules_code::change).lists("rules tried"),
        shows("/rules/codes", Needs(A::Rules), rules_codes::form),
        does("/rules/codes", Needs(A::Rules), rules_codes::look).large(),
        shows("/rules/letters", Needs(A::Rules), rules_letters::page),
        shows("/rules/lists", Needs(A::Rules), rules_lists::page),
        does("/rules/lists", Needs(A::Rules), rules_lists::bring).large(),
        shows("/rules/lists/look", Needs(A::Rules), rules_lists::look),
        does("/rules/lists/decide", Needs(A::Rules), rules_lists::decide),
        shows("/rules/owners", Needs(A::Rules), rules_owners::page),
        does("/rules/owners", Needs(A::Rules), rules_owners::change).lists("rules tried"),
        shows("/rules/payer", Needs(A::Rules), rules_payer::form),
        does("/rules/payer", Needs(A::Rules), rules_payer::change).lists("rules tried"),
        shows("/rules/worth", Needs(A::Rules), rules_worth::page),
        shows("/journal", Needs(A::Audit), audit::page).lists("journal"),
        shows("/journal.csv", Both(A::Audit, A::Export), audit::file).reveals(),
        does("/journal.csv", Both(A::Audit, A::Export), audit::whole_file).reveals(),
        shows("/emergencies", Needs(A::Emergencies), emergency::page).lists("emergencies"),
        // Auditors read them; who leads looks at them for the practice.
        does("/emergencies", Both(A::Emergencies, A::Rules), emergency::look),
        shows("/people", Needs(A::ManagePeople), staff::page),
        does("/people", Needs(A::ManagePeople), staff::change),
        shows("/people/ties", Needs(A::ManagePeople), ties::page),
        does("/people/ties", Needs(A::ManagePeople), ties::change),
        shows("/practice", Needs(A::ManagePeople), practice::page),
        does("/practice", Needs(A::ManagePeople), practice::change),
    ]
}
