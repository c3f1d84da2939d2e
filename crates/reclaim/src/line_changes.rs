//! Which lines of a text are gone in another one, and which are new.

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Same,
    Gone,
    New,
    /// Lines that both texts have and that are left out.
    Gap,
}

/// One line of the two texts together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) mark: Mark,
    /// Its number in the text that has it; in the later where both do.
    pub(crate) number: usize,
    pub(crate) text: String,
}

/// Lines around a change that are shown with it.
const AROUND: usize = 3;
/// Above so many pairs of lines the two middles are told as wholly replaced.
const PAIRS: usize = 4_000_000;

/// The lines that differ between two texts, with those around them.
pub(crate) fn between(before: &str, after: &str) -> Vec<Line> {
    let (one, other): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, rest) = (&one[head..], &other[head..]);
    let tail = one.iter().rev().zip(rest.iter().rev()).take_while(|(one, other)| one == other);
    let tail = tail.count();
    let middle = middle(&one[..one.len() - tail], &rest[..rest.len() - tail], head);
    let same = |at: usize| other.get(at).map(|text| line(Mark::Same, at, text));
    let mut all: Vec<Line> = (0..head).filter_map(same).collect();
    all.extend(middle);
    all.extend((other.len() - tail..other.len()).filter_map(same));
    shortened(all)
}

fn line(mark: Mark, at: usize, text: &str) -> Line {
    Line { mark, number: at + 1, text: text.to_owned() }
}

/// Walks the longest common run of lines of two texts that begin after `head` lines.
fn middle(one: &[&str], other: &[&str], head: usize) -> Vec<Line> {
    if one.len().saturating_mul(other.len()) > PAIRS {
        let gone = one.iter().enumerate().map(|(at, text)| line(Mark::Gone, head + at, text));
        let new = other.iter().enumerate().map(|(at, text)| line(Mark::New, head + at, text));
        return gone.chain(new).collect();
    }
    let common = common(one, other);
    let of = |i: usize, j: usize| common[i * (other.len() + 1) + j];
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < one.len() || j < other.len() {
        if i < one.len() && j < other.len() && one[i] == other[j] {
            lines.push(line(Mark::Same, head + j, other[j]));
            (i, j) = (i + 1, j + 1);
        } else if j == other.len() || (i < one.len() && of(i + 1, j) >= of(i, j + 1)) {
            lines.push(line(Mark::Gone, head + i, one[i]));
            i += 1;
        } else {
            lines.push(line(Mark::New, head + j, other[j]));
            j += 1;
        }
    }
    lines
}

/// For each pair of ends, how many lines the texts from there on have in common.
fn common(one: &[&str], other: &[&str]) -> Vec<u16> {
    let width = other.len() + 1;
    let mut common = vec![0_u16; (one.len() + 1) * width];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            let at = i * width + j;
            common[at] = if one[i] == other[j] {
                common[at + width + 1].saturating_add(1)
            } else {
                common[at + width].max(common[at + 1])
            };
        }
    }
    common
}

/// Leaves out what is far from any change.
fn shortened(all: Vec<Line>) -> Vec<Line> {
    let changed = |line: &Line| line.mark != Mark::Same;
    let near = |at: usize| {
        let around = all.get(at.saturating_sub(AROUND)..(at + AROUND + 1).min(all.len()));
        around.is_some_and(|lines| lines.iter().any(changed))
    };
    let mut lines: Vec<Line> = Vec::new();
    for (at, one) in all.iter().enumerate() {
        if near(at) {
            lines.push(one.clone());
        } else if lines.last().is_none_or(|last| last.mark != Mark::Gap) {
            lines.push(Line { mark: Mark::Gap, ..one.clone() });
        }
    }
    if all.iter().any(changed) { lines } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let sign = |mark| match mark {
            Mark::Same => ' ',
            Mark::Gone => '-',
            Mark::New => '+',
            Mark::Gap => '~',
        };
        let lines = between(before, after);
        lines.iter().map(|one| format!("{}{}{}|", sign(one.mark), one.number, one.text)).collect()
    }

    #[test]
    fn what_is_gone_and_new_stands_in_its_place() {
        assert_eq!(told("a\nb\nc\n", "a\nB\nc\nd\n"), " 1a|-2b|+2B| 3c|+4d|");
        assert_eq!(told("a\n", "a\n"), "");
        assert_eq!(told("", "a\nb\n"), "+1a|+2b|");
        assert_eq!(told("a\nb\n", ""), "-1a|-2b|");
        assert_eq!(told("x\na\nb\nc\n", "a\nb\nc\nx\n"), "-1x| 1a| 2b| 3c|+4x|");
    }

    #[test]
    fn what_is_far_from_a_change_is_left_out() {
        let before: String = (1..=20).map(|n| format!("l{n}\n")).collect();
        let after = before.replace("l10\n", "ten\n");
        assert_eq!(
            told(&before, &after),
            "~1l1| 7l7| 8l8| 9l9|-10l10|+10ten| 11l11| 12l12| 13l13|~14l14|"
        );
    }

    #[test]
    fn any_two_texts_lead_from_one_to_the_other() {
        // A small congruential sequence draws lines: the later text is what was not taken away.
        let mut seed = 7_u32;
        let mut draw = || {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (seed >> 16) % 4
        };
        for _ in 0..200 {
            let one: Vec<String> = (0..draw() * 3).map(|_| draw().to_string()).collect();
            let other: Vec<String> = (0..draw() * 3).map(|_| draw().to_string()).collect();
            let (one, other) = (
                one.iter().map(String::as_str).collect::<Vec<_>>(),
                other.iter().map(String::as_str).collect::<Vec<_>>(),
            );
            let lines = middle(&one, &other, 0);
            let of = |without| {
                let lines = lines.iter().filter(move |line| line.mark != without);
                lines.map(|line| line.text.as_str()).collect::<Vec<_>>()
            };
            assert_eq!((of(Mark::New), of(Mark::Gone)), (one, other));
        }
    }
}
