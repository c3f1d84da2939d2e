//! Every page: its method, its address, and what it takes to open it. What is not here is nowhere.

use std::sync::Arc;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};
use denial::person::Access;

use crate::web::gate::Gate;
use crate::web::{App, assets, case, health, home, queue, sign_in};

/// One page.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) gate: Gate,
    pub(crate) run: MethodRouter<Arc<App>>,
}

/// A page that only shows.
fn shows<T: 'static>(path: &'static str, gate: Gate, page: impl Handler<T, Arc<App>>) -> Route {
    Route { method: Method::GET, path, gate, run: get(page) }
}

/// A page that changes something and then leads to one that shows.
fn does<T: 'static>(path: &'static str, gate: Gate, page: impl Handler<T, Arc<App>>) -> Route {
    Route { method: Method::POST, path, gate, run: post(page) }
}

/// The table of pages.
pub(crate) fn table() -> Vec<Route> {
    use Access as A;
    use Gate::{Needs, Open, Person};
    vec![
        shows("/healthz", Open, health::page),
        shows("/assets/{name}", Open, assets::one),
        shows("/sign-in", Open, sign_in::form),
        does("/sign-in", Open, sign_in::enter),
        shows("/setup", Open, sign_in::setup),
        does("/setup", Open, sign_in::set_up),
        does("/sign-out", Person, sign_in::leave),
        shows("/practices", Person, sign_in::practices),
        does("/practices", Person, sign_in::choose),
        shows("/", Person, home::page),
        shows("/queue", Needs(A::Queue), queue::page),
        does("/find", Needs(A::Queue), queue::find),
        shows("/cases/{id}", Needs(A::ReadCases), case::page),
        does("/cases/{id}/acts", Needs(A::ReadCases), case::act),
    ]
}
