//! Charts as SVG text: every mark is a link to its rows, every figure stands beside its mark.

use std::fmt::Write;

/// One bar.
pub(crate) struct Bar {
    pub(crate) label: String,
    /// Where its rows are; none where the visitor may not open them.
    pub(crate) href: Option<String>,
    /// How long it is.
    pub(crate) value: i64,
    /// What stands behind it.
    pub(crate) figure: String,
}

const WIDTH: i64 = 560;
const LABEL: i64 = 190;
const FIGURE: i64 = 150;
const ROW: i64 = 26;

/// Bars below one another, the longest as wide as there is room.
pub(crate) fn bars(title: &str, bars: &[Bar]) -> String {
    let height = i64::try_from(bars.len()).unwrap_or(0) * ROW;
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let mut text = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {WIDTH} {height}\" role=\"group\" \
         aria-label=\"{}\">",
        escaped(title)
    );
    for (row, bar) in (0_i64..).zip(bars) {
        let room = i128::from(WIDTH - LABEL - FIGURE);
        let long = i128::from(bar.value.max(0)) * room / i128::from(most);
        let long = i64::try_from(long).unwrap_or(0).max(2);
        mark(&mut text, bar, row * ROW, long);
    }
    text.push_str("</svg>");
    text
}

fn mark(text: &mut String, bar: &Bar, top: i64, long: i64) {
    let (label, figure) = (escaped(&bar.label), escaped(&bar.figure));
    let (open, close) = match &bar.href {
        Some(href) => (format!("<a href=\"{}\">", escaped(href)), "</a>"),
        None => (String::new(), ""),
    };
    write!(
        text,
        "{open}<title>{label}: {figure}</title>\
         <rect class=\"row\" x=\"0\" y=\"{top}\" width=\"{WIDTH}\" height=\"{ROW}\"/>\
         <text class=\"name\" x=\"4\" y=\"{baseline}\">{label}</text>\
         <rect class=\"bar\" x=\"{LABEL}\" y=\"{bar_top}\" width=\"{long}\" height=\"14\" \
         rx=\"2\"/>\
         <text class=\"figure\" x=\"{figure_at}\" y=\"{baseline}\">{figure}</text>{close}",
        baseline = top + 17,
        bar_top = top + 6,
        figure_at = LABEL + long + 8,
    )
    .expect("a string takes text");
}

/// A text within SVG.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_a_link_and_says_its_figure() {
        let bar = |value, href: Option<&str>| Bar {
            label: "A & <B>".to_owned(),
            href: href.map(str::to_owned),
            value,
            figure: "$1.00".to_owned(),
        };
        let text = bars("by \"kind\"", &[bar(2, Some("/queue?a=1&b=2")), bar(0, None)]);
        assert!(text.contains("href=\"/queue?a=1&amp;b=2\""));
        assert!(text.contains("A &amp; &lt;B&gt;: $1.00"));
        assert_eq!(text.matches("<a ").count(), 1);
        assert!(text.contains("width=\"220\"") && text.contains("width=\"2\""));
    }
}
