//! Rules that act: switched off, to shadow, or on.

use super::{blocks, is_key, joined, quoted, value};
use crate::actions::Mode;

/// A text with one rule in another mode; none where it has no such rule.
#[must_use]
pub fn moded(text: &str, name: &str, mode: Mode) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let wanted = quoted(name);
    let is_rule = |block: &std::ops::Range<usize>| {
        value(lines.get(block.clone()).unwrap_or_default(), "name") == Some(&wanted)
    };
    let block = blocks(&lines, "[[rule]]").into_iter().find(is_rule)?;
    let line = lines.get_mut(block)?.iter_mut().find(|line| is_key(line, "mode"))?;
    *line = format!("mode = {}", quoted(mode.as_str()));
    Some(joined(&lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rule_is_switched_and_all_else_stays() {
        let text = "# ours\n[[rule]]\nname = \"one\"\nmode = \"off\" # not yet\n[rule.when]\n\
                    unowned = true\n\n[[rule]]\nname = \"two\"\nmode = \"off\"\n";
        let on = moded(text, "two", Mode::On).expect("it is there");
        assert_eq!(on, text.replace("\"two\"\nmode = \"off\"", "\"two\"\nmode = \"on\""));
        let shadow = moded(text, "one", Mode::Shadow).expect("it is there");
        assert_eq!(shadow, text.replace("mode = \"off\" # not yet", "mode = \"shadow\""));
        assert_eq!(moded(text, "three", Mode::On), None);
    }
}
