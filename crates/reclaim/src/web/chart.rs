//! Charts as SVG text: each with a title and a description, marks that are links to their rows
//! where there are rows, every figure beside its mark.

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

/// What a chart is called, for eyes and ears.
pub(crate) struct Named<'a> {
    /// Tells it from the other charts of its page.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// What it shows, in a sentence.
    pub(crate) says: &'a str,
}

const WIDTH: i64 = 560;
const LABEL: i64 = 188;
const ROOM: i64 = 172;
const ROW: i64 = 26;

/// Bars below one another, the longest as wide as there is room.
pub(crate) fn bars(named: &Named<'_>, bars: &[Bar]) -> String {
    let mut text = opened(named, "bars", count(bars) * ROW);
    marks(&mut text, bars);
    text.push_str("</svg>");
    text
}

/// The same with the share that all bars so far have of the whole, as a line and in figures: which
/// few reasons make most of it.
pub(crate) fn pareto(named: &Named<'_>, bars: &[Bar]) -> String {
    let mut text = opened(named, "bars pareto", count(bars) * ROW);
    marks(&mut text, bars);
    let mut points = String::new();
    for (row, share) in (0_i64..).zip(cumulative(bars)) {
        let (x, y) = (LABEL + ROOM * share / 1000, row * ROW + ROW / 2);
        write!(points, "{x},{y} ").expect("a string takes text");
        write!(
            text,
            "<circle class=\"so-far\" cx=\"{x}\" cy=\"{y}\" r=\"2.5\"/>\
             <text class=\"share\" x=\"{WIDTH}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            row * ROW + 17,
            percent(share)
        )
        .expect("a string takes text");
    }
    write!(text, "<polyline class=\"so-far\" points=\"{}\"/></svg>", points.trim_end())
        .expect("a string takes text");
    text
}

/// The share of the whole that bars have up to each, in thousandths; nothing of nothing is none.
pub(crate) fn cumulative(bars: &[Bar]) -> Vec<i64> {
    let whole: i128 = bars.iter().map(|bar| i128::from(bar.value.max(0))).sum();
    let mut so_far = 0_i128;
    let share = |bar: &Bar| {
        so_far += i128::from(bar.value.max(0));
        if whole == 0 { 0 } else { i64::try_from(so_far * 1000 / whole).unwrap_or(1000) }
    };
    bars.iter().map(share).collect()
}

/// Thousandths as percent.
pub(crate) fn percent(thousandths: i64) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// Two counts of one stretch of time.
pub(crate) struct Column {
    /// Short, below it.
    pub(crate) label: String,
    /// Whole, for who hovers or listens.
    pub(crate) says: String,
    pub(crate) one: i64,
    pub(crate) other: i64,
}

const TOP: i64 = 34;
const HEIGHT: i64 = 150;

/// Pairs of columns beside one another: the first filled, the second hollow.
pub(crate) fn columns(named: &Named<'_>, names: [&str; 2], all: &[Column]) -> String {
    const LEFT: i64 = 44;
    let mut text = opened(named, "columns", TOP + HEIGHT + 26);
    let most = all.iter().flat_map(|one| [one.one, one.other]).max().unwrap_or(0).max(1);
    legend(&mut text, names);
    scale(&mut text, LEFT, most);
    let wide = (WIDTH - LEFT) / i64::try_from(all.len().max(1)).unwrap_or(1);
    let bar = (wide / 2 - 3).max(2);
    // Labels stand below every second one, counted from the newest.
    let last = all.len() % 2;
    for (at, one) in all.iter().enumerate() {
        let left = LEFT + i64::try_from(at).unwrap_or(0) * wide + 2;
        write!(text, "<g><title>{}</title>", escaped(&one.says)).expect("a string takes text");
        for (class, x, value) in [("one", left, one.one), ("other", left + bar + 2, one.other)] {
            let high = i128::from(value.max(0)) * i128::from(HEIGHT) / i128::from(most);
            let high = i64::try_from(high).unwrap_or(HEIGHT);
            let y = TOP + HEIGHT - high;
            write!(
                text,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{bar}\" height=\"{high}\"/>"
            )
            .expect("a string takes text");
        }
        if at % 2 != last {
            let (x, y) = (left + bar, TOP + HEIGHT + 18);
            let label = escaped(&one.label);
            write!(
                text,
                "<text class=\"ends\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{label}</text>"
            )
            .expect("a string takes text");
        }
        text.push_str("</g>");
    }
    text.push_str("</svg>");
    text
}

fn legend(text: &mut String, [one, other]: [&str; 2]) {
    write!(
        text,
        "<rect class=\"one\" x=\"44\" y=\"4\" width=\"12\" height=\"12\"/>\
         <text x=\"62\" y=\"15\">{}</text>\
         <rect class=\"other\" x=\"250\" y=\"4\" width=\"12\" height=\"12\"/>\
         <text x=\"268\" y=\"15\">{}</text>",
        escaped(one),
        escaped(other)
    )
    .expect("a string takes text");
}

/// Lines at nothing, the half and the most.
fn scale(text: &mut String, left: i64, most: i64) {
    let halves: &[i64] = if most > 1 && most % 2 == 0 { &[0, 1, 2] } else { &[0, 2] };
    for half in halves {
        let (y, value) = (TOP + HEIGHT - HEIGHT * half / 2, most * half / 2);
        write!(
            text,
            "<line class=\"scale\" x1=\"{left}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/>\
             <text class=\"ends\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{value}</text>",
            left - 6,
            y + 4
        )
        .expect("a string takes text");
    }
}

fn opened(named: &Named<'_>, class: &str, height: i64) -> String {
    let (id, title, says) = (escaped(named.id), escaped(named.title), escaped(named.says));
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"group\" \
         aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-says\">\
         <title id=\"{id}-title\">{title}</title><desc id=\"{id}-says\">{says}</desc>"
    )
}

fn count(bars: &[Bar]) -> i64 {
    i64::try_from(bars.len()).unwrap_or(0)
}

fn marks(text: &mut String, bars: &[Bar]) {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    for (row, bar) in (0_i64..).zip(bars) {
        let long = i128::from(bar.value.max(0)) * i128::from(ROOM) / i128::from(most);
        let long = i64::try_from(long).unwrap_or(0);
        // What is there is seen, however little it is.
        mark(text, bar, row * ROW, if bar.value > 0 { long.max(2) } else { 0 });
    }
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
        figure_at = LABEL + ROOM + 10,
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

    const NAMED: Named<'static> = Named { id: "kinds", title: "by \"kind\"", says: "How much." };

    fn bar(value: i64, href: Option<&str>) -> Bar {
        Bar {
            label: "A & <B>".to_owned(),
            href: href.map(str::to_owned),
            value,
            figure: "$1.00".to_owned(),
        }
    }

    #[test]
    fn a_mark_is_a_link_and_says_its_figure() {
        let text = bars(&NAMED, &[bar(2, Some("/queue?a=1&b=2")), bar(0, None)]);
        assert!(text.contains("href=\"/queue?a=1&amp;b=2\""));
        assert!(text.contains("A &amp; &lt;B&gt;: $1.00"));
        assert_eq!(text.matches("<a ").count(), 1);
        assert!(text.contains("width=\"172\"") && text.contains("width=\"0\""));
        assert!(text.contains("<title id=\"kinds-title\">by &quot;kind&quot;</title>"));
        assert!(text.contains("<desc id=\"kinds-says\">How much.</desc>"));
    }

    #[test]
    fn shares_add_up_to_the_whole() {
        let all = [bar(600, None), bar(300, None), bar(100, None)];
        assert_eq!(cumulative(&all), [600, 900, 1000]);
        assert_eq!(cumulative(&[bar(0, None), bar(-5, None)]), [0, 0]);
        assert_eq!(percent(1000), "100.0 %");
        let text = pareto(&NAMED, &all);
        assert!(text.contains("60.0 %") && text.contains("90.0 %"));
        assert_eq!(text.matches("<circle").count(), 3);
    }

    #[test]
    fn columns_are_as_high_as_their_counts() {
        let column = |one, other| Column {
            label: "Mar 2".to_owned(),
            says: format!("week: {one} and {other}"),
            one,
            other,
        };
        let text = columns(&NAMED, ["opened", "closed"], &[column(4, 0), column(2, 3)]);
        assert!(text.contains("height=\"150\"") && text.contains("height=\"75\""));
        assert!(text.contains("<title>week: 4 and 0</title>"));
        assert_eq!(text.matches("class=\"ends\" x=\"").count(), 3 + 1);
        assert!(columns(&NAMED, ["a", "b"], &[]).contains("</svg>"));
    }
}
