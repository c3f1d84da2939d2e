//! Lists for spreadsheets, in which nothing is taken for a formula.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Rows under a heading, as a file with a name; what was left out stands in a row at its end.
pub(crate) fn file<const N: usize>(
    name: &str,
    heading: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    note: Option<String>,
) -> Response {
    let text = text(heading, rows, note);
    let name = format!("attachment; filename=\"{name}.csv\"");
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    (headers, text).into_response()
}

/// What ends each row.
pub(crate) const END: &str = "\r\n";

/// The same as a text.
pub(crate) fn text<const N: usize>(
    heading: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    note: Option<String>,
) -> String {
    let mut text = heading.join(",");
    text.push_str(END);
    let note = note.map(|note| {
        let mut row = [const { String::new() }; N];
        row[0] = note;
        row
    });
    for row in rows.chain(note) {
        text.push_str(&self::row(&row));
        text.push_str(END);
    }
    text
}

/// One row.
pub(crate) fn row<const N: usize>(cells: &[String; N]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",")
}

/// A text as a cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    const SIGNS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];
    let is_formula = text.starts_with(SIGNS);
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("plain"), "\"plain\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("@x \"y\", z"), "\"'@x \"\"y\"\", z\"");
    }
}
