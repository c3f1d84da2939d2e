//! What a form carries: fields by name, each once, of a length and of letters that can be kept.

use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use denial::lifecycle::texts;

use crate::fields::Fields;
use crate::web::App;
use crate::web::trouble::Trouble;

/// The most fields of one form.
pub(crate) const MOST: usize = 1000;
/// The most letters of one field.
const LONGEST: usize = texts::LONGEST;
/// Fields that hold more: which cases are meant, what each of them is to say, and the text of a
/// rule file.
const LONG: [&str; 3] = ["cases", "own", "text"];
/// The most letters of such a one.
const LONGEST_LONG: usize = 1 << 20;
/// Boxes that are ticked come one by one.
const LIST: &str = "cases";

/// The fields of a form from a page that needs no session, and so has no token.
pub(crate) struct Loose(pub(crate) Fields);

impl FromRequest<Arc<App>> for Loose {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Loose, Trouble> {
        read(request, app).await.map(Loose)
    }
}

/// Reads a form that holds no file.
///
/// # Errors
/// [`Trouble::TooLarge`], or [`Trouble::Unfit`] where it is no form or a field of it will not do.
pub(crate) async fn read(request: Request, app: &Arc<App>) -> Result<Fields, Trouble> {
    let form = Form::<Vec<(String, String)>>::from_request(request, app).await;
    let Form(pairs) = form.map_err(|fault| match fault.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Trouble::Unfit(
            "The form could not be read. Open the page and send it again.".to_owned(),
        ),
    })?;
    if pairs.len() > MOST {
        return Err(too_large());
    }
    let mut fields = Fields::new();
    for (name, text) in pairs {
        add(&mut fields, name, text)?;
    }
    Ok(fields)
}

fn too_large() -> Trouble {
    Trouble::TooLarge("The form holds more than fits. Send it in parts.".to_owned())
}

/// Adds a field to those that came before it.
///
/// # Errors
/// The same as [`read`].
pub(crate) fn add(fields: &mut Fields, name: String, text: String) -> Result<(), Trouble> {
    check(&name, &text)?;
    match fields.get_mut(&name) {
        Some(there) if name == LIST => {
            there.push(',');
            there.push_str(&text);
        }
        // Which of the two was meant nobody can tell.
        Some(_) => {
            return Err(Trouble::Unfit(
                "The form says the same field twice, so nothing was done. Open the page and send \
                 it again."
                    .to_owned(),
            ));
        }
        None => {
            fields.insert(name, text);
        }
    }
    Ok(())
}

fn check(name: &str, text: &str) -> Result<(), Trouble> {
    let most = if LONG.contains(&name) { LONGEST_LONG } else { LONGEST };
    if text.chars().count() > most || name.len() > 100 {
        return Err(Trouble::TooLarge(format!(
            "One field holds more than fits: it has at most {most} letters."
        )));
    }
    if !(text.chars().all(texts::is_plain) && name.chars().all(texts::is_plain)) {
        return Err(Trouble::Unfit(
            "A field holds a sign that cannot be shown, such as a control or direction mark. Type \
             it again without it."
                .to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(pairs: &[(&str, &str)]) -> Result<Fields, Trouble> {
        let mut fields = Fields::new();
        for (name, text) in pairs {
            add(&mut fields, (*name).to_owned(), (*text).to_owned())?;
        }
        Ok(fields)
    }

    #[test]
    fn a_field_comes_once_and_boxes_come_together() {
        let fields = added(&[("cases", "a"), ("cases", "b"), ("why", "x")]).expect("fit");
        assert_eq!(fields.get("cases").map(String::as_str), Some("a,b"));
        assert!(matches!(added(&[("why", "x"), ("why", "y")]), Err(Trouble::Unfit(_))));
    }

    #[test]
    fn a_field_has_an_end_and_letters_alone() {
        let long = "e".repeat(LONGEST + 1);
        for long_one in LONG {
            assert!(added(&[(long_one, &long)]).is_ok(), "{long_one}");
        }
        let longer = "e".repeat(LONGEST_LONG + 1);
        for (name, text, most) in [("why", &long, LONGEST), ("own", &longer, LONGEST_LONG)] {
            let Err(Trouble::TooLarge(told)) = added(&[(name, text)]) else { panic!("{name}") };
            assert!(told.contains(&format!("at most {most} letters")), "{told}");
        }
        for odd in ["a\0b", "\u{8}", "\u{202E}x"] {
            assert!(matches!(added(&[("why", odd)]), Err(Trouble::Unfit(_))), "{odd:?}");
        }
        assert!(matches!(added(&[("why\0", "x")]), Err(Trouble::Unfit(_))));
    }
}
