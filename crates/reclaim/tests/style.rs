//! The look of the pages: the stylesheet knows every class, and colours are tokens.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Files of a folder of this crate with one ending: name and text.
fn texts(folder: &str, ending: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|one| one == ending))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    found.sort();
    found
}

/// A stylesheet without its comments.
fn bare(css: &str) -> String {
    let parts = css.split("/*");
    parts.map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest)).collect()
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

/// The classes that a stylesheet names.
fn styled(css: &str) -> BTreeSet<String> {
    let bare = bare(css);
    let names = bare.split('.').skip(1);
    names
        .filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .map(|rest| rest.chars().take_while(|letter| is_letter(*letter)).collect())
        .collect()
}

/// The words of every `class="…"` of a template; what the program fills in is left out.
fn worn(template: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for start in template.split("class=\"").skip(1) {
        let (mut words, mut rest) = (String::new(), start);
        while !rest.starts_with('"') && !rest.is_empty() {
            if rest.starts_with("{%") {
                words.push(' ');
                rest = rest.split_once("%}").map_or("", |(_, after)| after);
            } else if rest.starts_with("{{") {
                words.push('?');
                rest = rest.split_once("}}").map_or("", |(_, after)| after);
            } else {
                let letter = rest.chars().next().unwrap_or_default();
                words.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
        found
            .extend(words.split_whitespace().filter(|word| !word.contains('?')).map(str::to_owned));
    }
    found
}

/// The classes that a script gives.
fn given(script: &str) -> BTreeSet<String> {
    let marks = ["classList.add(\"", "classList.toggle(\"", "className = \""];
    let each = marks.iter().flat_map(|mark| script.split(mark).skip(1));
    let texts = each.filter_map(|rest| rest.split('"').next());
    texts.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

fn all_css() -> String {
    texts("assets", "css").into_iter().map(|(_, text)| text).collect()
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_stylesheet_knows_every_class() {
    let known = styled(&all_css());
    let mut faults = Vec::new();
    let templates = texts("templates", "html").into_iter().map(|(name, text)| (name, worn(&text)));
    let scripts = texts("assets", "js").into_iter().map(|(name, text)| (name, given(&text)));
    for (name, classes) in templates.chain(scripts) {
        let unknown = classes.difference(&known);
        faults.extend(unknown.map(|class| format!("{name}: no style knows the class {class}")));
    }
    assert_none(&faults);
}

#[test]
fn no_style_is_for_a_class_that_nobody_wears() {
    let mut worn_by_any = BTreeSet::new();
    for (_, text) in texts("templates", "html") {
        worn_by_any.extend(worn(&text));
    }
    for (_, text) in texts("assets", "js") {
        worn_by_any.extend(given(&text));
    }
    let code: String = texts("src/web", "rs").into_iter().map(|(_, text)| text).collect();
    let unworn = styled(&all_css()).into_iter().filter(|class| {
        let in_code = [format!("\"{class}\""), format!("\\\"{class}\\\""), format!("\"{class} ")];
        !worn_by_any.contains(class) && !in_code.iter().any(|text| code.contains(text))
    });
    assert_none(&unworn.map(|class| format!("nobody wears .{class}")).collect::<Vec<_>>());
}

/// Names of colours that would be easy to write by habit.
const NAMED: [&str; 10] =
    ["white", "black", "red", "green", "blue", "gray", "grey", "orange", "yellow", "silver"];

/// True where the value of a declaration names a colour itself.
fn is_coloured(value: &str) -> bool {
    let mut words =
        value.split(|letter: char| !(is_letter(letter) || letter == '#' || letter == '('));
    words.any(|word| {
        let is_hex = word.strip_prefix('#').is_some_and(|rest| {
            rest.len() >= 3 && rest.chars().all(|letter| letter.is_ascii_hexdigit())
        });
        let is_made = ["rgb", "hsl", "hwb", "oklch", "oklab", "lch(", "lab(", "color("];
        is_hex || NAMED.contains(&word) || is_made.iter().any(|made| word.starts_with(made))
    })
}

#[test]
fn colours_stand_among_the_tokens_alone() {
    let mut faults = Vec::new();
    for (name, text) in texts("assets", "css").into_iter().filter(|one| one.0 != "tokens.css") {
        for block in bare(&text).split('{').skip(1) {
            let declarations = block.split('}').next().unwrap_or_default();
            let values = declarations.split(';').filter_map(|one| one.split_once(':'));
            for (what, value) in values.filter(|(_, value)| is_coloured(value)) {
                faults.push(format!("{name}: {}:{value} is no token", what.trim()));
            }
        }
    }
    let pages = texts("templates", "html").into_iter().chain(texts("src/web", "rs"));
    for (name, text) in pages.chain(texts("assets", "js")) {
        for mark in [" style=\"", "fill=\"#", "stroke=\"#", ".style.color", ".style.background"] {
            if text.contains(mark) {
                faults.push(format!("{name}: has {mark}, which belongs into the stylesheet"));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn stylesheets_and_scripts_stay_short() {
    let files = ["css", "js"].into_iter().flat_map(|ending| texts("assets", ending));
    let long =
        files.filter(|(_, text)| text.lines().filter(|line| !line.trim().is_empty()).count() > 500);
    assert_none(&long.map(|(name, _)| format!("{name} is too long")).collect::<Vec<_>>());
}

#[test]
fn what_these_tests_read_is_read_right() {
    let css = "/* .gone */ .a:hover, .b-c { font: 1.45em x; } @media x { .d.e { } }";
    assert_eq!(styled(css), ["a", "b-c", "d", "e"].map(str::to_owned).into());
    let page = r#"<p class="x{% if a == "b" %} y{% else %}z{% endif %} {{ one }} k-{{ two }}">"#;
    assert_eq!(worn(page), ["x", "y", "z"].map(str::to_owned).into());
    assert!(is_coloured(" 1px solid #fff") && is_coloured("rgb(0 0 0 / 1)"));
    assert!(!is_coloured(" var(--ink)") && !is_coloured("currentcolor"));
}
