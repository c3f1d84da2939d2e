//! What a page says where it cannot do what was asked, and where to go from there.

use std::any::Any;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};

use crate::web::App;
use crate::web::page::{Page, html_with};
use crate::web::session::Visitor;

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nobody is signed in; `back` is where they wanted to go.
    SignIn { back: String },
    /// Something has to be done on their own page first.
    Owed,
    /// Nothing is there.
    Nowhere,
    /// They may not.
    Denied(String),
    /// A case that they do not reach; there is a way to it in an emergency.
    Beyond { text: String, way: String },
    /// What came cannot be used; says what to change.
    Unfit(String),
    /// The same of a case, to which there is a way back.
    UnfitCase { text: String, case: String },
    /// More came than is taken.
    TooLarge(String),
    /// More was asked for than people read.
    TooMany,
    /// Ours to mend: logged, never shown.
    Broken(anyhow::Error),
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Trouble {
        let is_missing = matches!(error, store::Error::Missing { .. });
        if is_missing { Trouble::Nowhere } else { Trouble::Broken(error.into()) }
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Trouble {
        match error.downcast::<store::Error>() {
            Ok(error) => error.into(),
            Err(error) => Trouble::Broken(error),
        }
    }
}

/// What the page is to say; the gate puts it into the visitor's frame.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    heading: &'static str,
    text: String,
    way: Option<String>,
    /// The case that it is about.
    case: Option<String>,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (mut way_on, mut of_case) = (None, None);
        let (status, heading, text) = match self {
            Trouble::SignIn { back } => {
                return Redirect::to(&format!("/sign-in{back}")).into_response();
            }
            Trouble::Owed => return Redirect::to("/account").into_response(),
            Trouble::Nowhere => (
                StatusCode::NOT_FOUND,
                "Nothing is here",
                "The address may be mistyped, or what it named is no longer there. Search for the \
                 claim's number, or start from the queue."
                    .to_owned(),
            ),
            Trouble::Denied(text) => (StatusCode::FORBIDDEN, "This is not yours to open", text),
            Trouble::Beyond { text, way } => {
                way_on = Some(way);
                (StatusCode::FORBIDDEN, "This is not yours to open", text)
            }
            Trouble::Unfit(text) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "That cannot be done as it stands", text)
            }
            Trouble::UnfitCase { text, case } => {
                of_case = Some(case);
                (StatusCode::UNPROCESSABLE_ENTITY, "That cannot be done as it stands", text)
            }
            Trouble::TooLarge(text) => (StatusCode::PAYLOAD_TOO_LARGE, "That is too large", text),
            Trouble::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "That was more than people read",
                "You have opened more patients' pages within an hour than the program gives to one \
                 person. It is on record; go on in a while, or take a list as a spreadsheet."
                    .to_owned(),
            ),
            Trouble::Broken(error) => {
                tracing::error!("{error:#}");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong here",
                    "Nothing of what you sent was saved. Go back and try it again; if it happens \
                     again, tell your administrator the time, and they will find it in the log."
                        .to_owned(),
                )
            }
        };
        let mut response = (status, text.clone()).into_response();
        response.extensions_mut().insert(Told { heading, text, way: way_on, case: of_case });
        response
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'a> {
    page: Page,
    heading: &'a str,
    text: &'a str,
    /// The way to it in an emergency.
    way: Option<&'a str>,
    case: Option<&'a str>,
}

/// Puts what is told into the frame of whoever asked.
pub(crate) fn framed(app: &App, visitor: Option<&Visitor>, response: Response) -> Response {
    let Some(told) = response.extensions().get::<Told>().cloned() else { return response };
    let page = match visitor {
        Some(visitor) => Page::of(visitor, told.heading, ""),
        None => Page::open(&app.office, told.heading),
    };
    let (way, case) = (told.way.as_deref(), told.case.as_deref());
    let template = TroublePage { page, heading: told.heading, text: &told.text, way, case };
    html_with(response.status(), &template).unwrap_or(response)
}

/// The page of every address that names nothing.
pub(crate) async fn nowhere() -> Trouble {
    Trouble::Nowhere
}

/// The answer where a page panicked: the fault is ours, and the server goes on.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a page panicked");
    let text = "Something went wrong here. Go back and try it again.";
    let kind = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::INTERNAL_SERVER_ERROR, kind, text).into_response()
}
