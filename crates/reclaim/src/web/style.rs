//! Every part that pages are put together from, in all its states, on one page.

use askama::Template;
use axum::response::Response;

use crate::web::assets;
use crate::web::chart::{Bar, Named, bars};
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words::Due;

#[derive(Template)]
#[template(path = "style.html")]
struct StylePage {
    page: Page,
    /// Names of the tokens that are colors.
    colors: Vec<String>,
    /// Names of the tokens that are sizes of type.
    sizes: Vec<String>,
    /// One of each way in which a day is near.
    dues: Vec<Due>,
    bars: String,
}

const MADE_UP: Named<'static> =
    Named { id: "made-up", title: "Made-up figures", says: "How bars look; nothing is counted." };

/// `GET /style`.
pub(crate) async fn page(visitor: Visitor) -> Result<Response, Trouble> {
    let tokens = tokens(&assets::text("tokens.css"));
    let named = |is: fn(&str) -> bool| {
        let fitting = tokens.iter().filter(|(_, value)| is(value));
        fitting.map(|(name, _)| name.clone()).collect()
    };
    html(&StylePage {
        page: Page::of(&visitor, "The parts of the pages", "/style"),
        colors: named(|value| value.contains('#') || value.contains("rgb(")),
        sizes: named(|value| value.ends_with("rem")),
        dues: dues(),
        bars: bars(&MADE_UP, &[bar("Authorization", 40), bar("Eligibility", 12)]),
    })
}

fn bar(label: &str, value: i64) -> Bar {
    Bar {
        label: label.to_owned(),
        href: Some("#bars".to_owned()),
        value,
        figure: value.to_string(),
    }
}

fn dues() -> Vec<Due> {
    let due =
        |class, when: &str, left: &str| Due { class, when: when.to_owned(), left: left.to_owned() };
    vec![
        due("past", "Feb 1, 2026", "2 days past"),
        due("soon", "Feb 6, 2026", "in 3 days"),
        due("later", "Apr 3, 2026", "in 59 days"),
        due("none", "Not configured", ""),
        due("met", "met Jan 30, 2026", ""),
    ]
}

/// The tokens of the first block of a stylesheet: names without their dashes, and values.
fn tokens(css: &str) -> Vec<(String, String)> {
    let block = css.split('}').next().unwrap_or_default();
    let lines = block.lines().filter_map(|line| line.trim().strip_prefix("--"));
    let pairs = lines.filter_map(|line| line.split_once(": "));
    pairs.map(|(name, value)| (name.to_owned(), value.trim_end_matches(';').to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_from_the_stylesheet() {
        let found = tokens(":root {\n  --ink: #111111;\n  --size: 1rem;\n}\n:root { --no: 1; }");
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ink", "size"]);
        assert!(tokens(&assets::text("tokens.css")).len() > 40);
    }
}
