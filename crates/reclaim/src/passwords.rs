//! Which passwords will do: long ones that no list of common ones and no name makes up.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The shortest password; length is what counts.
pub(crate) const SHORTEST: usize = 12;
/// The longest; hashing takes time by length.
const LONGEST: usize = 200;
/// So many letters must be left when common words and names are taken out.
const OWN: usize = 5;
/// So many guesses it must take somebody who begins with what people choose most (the frequency
/// lists of zxcvbn: thirty thousand passwords of breaches, words and names, dates, rows of keys).
const GUESSES: u64 = 100_000_000;
/// So many different letters must be in it.
const DIFFERENT: usize = 5;

static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt").lines();
    let words = lines.filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let words: HashSet<&str> = words.collect();
    let mut words: Vec<&str> = words.into_iter().collect();
    words.sort_unstable_by_key(|word| (usize::MAX - word.len(), *word));
    words
});

/// Whether a password is neither too short nor too long.
///
/// # Errors
/// What is wrong with it, for the person who typed it.
pub(crate) fn check_length(password: &str) -> Result<(), String> {
    match password.chars().count() {
        ..SHORTEST => Err(format!("a password has at least {SHORTEST} letters")),
        SHORTEST..=LONGEST => Ok(()),
        _ => Err(format!("a password has at most {LONGEST} letters")),
    }
}

/// Whether a password that somebody chose will do; `names` are what others know of them: how they
/// sign in, what they and their practice are called.
///
/// # Errors
/// What is wrong with it, for the person who typed it.
pub(crate) fn check(password: &str, names: &[&str]) -> Result<(), String> {
    check_length(password)?;
    let plain = password.to_lowercase();
    let different: HashSet<char> = plain.chars().collect();
    if different.len() < DIFFERENT {
        return Err("a password has more than a few letters over and over".to_owned());
    }
    if is_common(&plain) || is_common(&spelled(&plain)) {
        return Err(soon_guessed());
    }
    let named = |text: &str| left_of(text, &parts(names)) < OWN;
    if named(&plain) || named(&spelled(&plain)) {
        return Err(
            "that is hardly more than a name that others know; choose other words".to_owned()
        );
    }
    if zxcvbn::zxcvbn(password, names).guesses() < GUESSES {
        return Err(soon_guessed());
    }
    Ok(())
}

fn soon_guessed() -> String {
    "that is soon guessed: words of common passwords, digits and signs alone; put several words \
     together that have nothing to do with each other"
        .to_owned()
}

fn is_common(text: &str) -> bool {
    left_of(text, &COMMON) < OWN
}

/// How many letters stand beside these words, which are sorted from the longest; digits and signs
/// that only fill up do not count.
fn left_of(text: &str, words: &[impl AsRef<str>]) -> usize {
    let mut left = text.to_owned();
    for word in words {
        left = left.replace(word.as_ref(), " ");
    }
    left.chars().filter(|letter| letter.is_alphabetic()).count()
}

/// The words of names that are long enough to tell, the longest first.
fn parts(names: &[&str]) -> Vec<String> {
    let own = names.iter().copied().chain(["reclaim"]).map(str::to_lowercase);
    let mut words: HashSet<String> = HashSet::new();
    for name in own {
        let pieces = name.split(|letter: char| !letter.is_alphanumeric());
        words.extend(pieces.filter(|word| word.len() > 2).map(str::to_owned));
        words.insert(name.split_whitespace().collect());
    }
    let mut words: Vec<String> = words.into_iter().filter(|word| word.len() > 2).collect();
    words.extend(COMMON.iter().map(|word| (*word).to_owned()));
    words.sort_by_key(|word| usize::MAX - word.len());
    words
}

/// Digits and signs as the letters that they are written for.
fn spelled(text: &str) -> String {
    let letter = |letter| match letter {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["mlee", "Mary Leeward", "North Sample Orthopedics"];

    #[test]
    fn the_list_is_some_hundred_long() {
        assert!(COMMON.len() > 300, "{}", COMMON.len());
        assert!(COMMON.iter().all(|word| word.to_lowercase() == *word));
    }

    #[test]
    fn long_passwords_of_ones_own_will_do() {
        for password in [
            "synthetic-password",
            "correct horse battery staple",
            "vqk7-mzt2-wdxp",
            "quiet lamps sing early",
            "пароль для примера",
            crate::people::drawn().as_str(),
        ] {
            assert_eq!(check(password, &NAMES), Ok(()), "{password}");
        }
    }

    #[test]
    fn common_ones_and_their_variants_will_not() {
        for password in [
            "Password1234",
            "P@ssw0rd!!2026",
            "passwordpassword",
            "qwertyuiop123",
            "Welcome-Monday1",
            "123456789012",
            "letmein-letmein",
            "Summer2026!!!",
            "1q2w3e4r5t6y",
            "Football!2025",
        ] {
            assert!(check(password, &NAMES).is_err(), "{password}");
        }
        assert!(check("aaaaaaaaaaaaaaa", &[]).expect_err("refused").contains("over and over"));
        assert!(check("eleven-long", &[]).expect_err("refused").contains("at least 12"));
        assert!(check(&"ab cd efg ".repeat(21), &[]).expect_err("refused").contains("at most 200"));
    }

    /// Of at least twelve letters and often in breaches, none of them in our own list as it stands.
    #[test]
    fn what_breaches_hold_will_not() {
        for password in [
            "1qaz2wsx3edc",
            "q1w2e3r4t5y6",
            "qwerty123456",
            "zxcvbnm,./12",
            "abcdefghijkl",
            "iloveyou1234",
            "liverpoolfc1",
            "manchesterunited",
            "Jessica-1987",
            "scoobydoo123",
            "spongebob123",
            "14.07.1986!!",
            "poiuytrewq12",
            "pa55w0rd-pa55w0rd",
            "chocolate1234",
        ] {
            assert!(check(password, &NAMES).is_err(), "{password}");
        }
    }

    #[test]
    fn names_that_others_know_will_not() {
        for password in ["mlee-mlee-2026", "Leeward!Mary77", "northsampleorthopedics"] {
            let refused = check(password, &NAMES).expect_err(password);
            assert!(refused.contains("name that others know"), "{password}: {refused}");
        }
        assert!(check("Reclaim-2026-x", &NAMES).is_err());
    }
}
