//! House rules as a test: sizes, first lines, walls, words, and a map that is true.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace exists")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            let is_target = path.ends_with("target");
            if path.is_dir() && !is_target {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    let root = root();
    rust_files(&root.join("crates"))
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable file");
            (path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned(), text)
        })
        .collect()
}

/// The code of a file without its tests, which stand last.
fn code(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let faults: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| format!("{path}: expected `//! purpose` as the first line"))
        .collect();
    assert_none(&faults);
}

#[test]
fn files_and_lines_stay_short() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let lines = code(&text).lines().filter(|line| !line.trim().is_empty()).count();
        if lines > 500 {
            faults.push(format!("{path}: {lines} lines of code, at most 500; split it by noun"));
        }
        for (at, line) in text.lines().enumerate() {
            let prose = line.contains("http") || line.trim_start().starts_with('"');
            if line.chars().count() > 100 && !prose {
                faults.push(format!("{path}:{}: over 100 columns", at + 1));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn names_are_the_fields_words() {
    const BANNED: [&str; 10] = [
        "manager",
        "service",
        "helper",
        "util",
        "common",
        "handler",
        "processor",
        "engine",
        "info",
        "base",
    ];
    const FIELD: [&str; 3] = ["ServiceLine", "BillingManager", "Manager"];
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let file =
            Path::new(&path).file_stem().expect("a file name").to_string_lossy().into_owned();
        if BANNED.contains(&file.as_str()) {
            faults.push(format!("{path}: the name says nothing"));
        }
        for name in type_names(code(&text)) {
            let lower = name.to_lowercase();
            if BANNED.iter().any(|word| lower.ends_with(word)) && !FIELD.contains(&name.as_str()) {
                faults.push(format!("{path}: type {name} says nothing"));
            }
        }
    }
    assert_none(&faults);
}

fn type_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines() {
        let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        for word in ["struct ", "enum ", "trait "] {
            if let Some(rest) = line.strip_prefix(word) {
                names.push(rest.chars().take_while(|letter| letter.is_alphanumeric()).collect());
            }
        }
    }
    names
}

fn manifest(krate: &str) -> String {
    let path = root().join("crates").join(krate).join("Cargo.toml");
    fs::read_to_string(path).expect("a manifest")
}

fn dependencies(krate: &str) -> Vec<String> {
    let text = manifest(krate);
    let all = text.split("[dependencies]").nth(1).unwrap_or_default();
    let own = all.split("\n[").next().unwrap_or_default();
    own.lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_walls_stand() {
    const OURS: [&str; 7] = ["x12", "denial", "insight", "store", "press", "reclaim", "sim"];
    let line: [(&str, &[&str]); 7] = [
        ("x12", &[]),
        ("sim", &[]),
        ("press", &[]),
        ("denial", &["x12"]),
        ("insight", &["denial"]),
        ("store", &["denial", "insight"]),
        ("reclaim", &["x12", "denial", "insight", "store", "press", "sim"]),
    ];
    for (krate, may) in line {
        for ours in OURS.iter().filter(|ours| dependencies(krate).iter().any(|name| name == *ours))
        {
            assert!(may.contains(ours), "{krate} must not see {ours}");
        }
    }
    assert_eq!(dependencies("x12"), ["memchr"]);
    for krate in OURS.iter().filter(|krate| **krate != "store") {
        assert!(!manifest(krate).contains("sqlx"), "{krate} must not speak SQL");
    }
    for banned in ["tokio", "sqlx", "axum", "rand", "getrandom"] {
        assert!(!dependencies("denial").iter().any(|name| name == banned), "denial sees {banned}");
    }
}

#[test]
fn only_the_readers_of_files_name_x12_inside_denial() {
    const MAY: [&str; 8] = [
        "intake",
        "billed",
        "rejection",
        "evidence",
        "correction",
        "inquiry",
        "element",
        "envelope",
    ];
    let faults: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| path.starts_with("crates/denial/src/"))
        .filter(|(path, _)| !MAY.iter().any(|name| path.contains(&format!("src/{name}"))))
        .filter(|(_, text)| text.contains("x12::"))
        .map(|(path, _)| format!("{path}: names x12"))
        .collect();
    assert_none(&faults);
}

#[test]
fn the_map_is_true() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    assert!(map.lines().count() <= 250, "the map is at most 250 lines");
    let mut faults = Vec::new();
    for (path, _) in sources() {
        let parts: Vec<&str> = path.split('/').collect();
        let [_, krate, "src", file] = parts[..] else { continue };
        let module = file.trim_end_matches(".rs");
        if module != "lib" && !map.contains(&format!("`{krate}::{module}`")) {
            faults.push(format!("ARCHITECTURE.md does not name `{krate}::{module}`"));
        }
    }
    for name in map.split('`').filter(|name| is_module(name)) {
        let path = name.replacen("::", "/src/", 1);
        let file = root().join("crates").join(format!("{path}.rs"));
        let folder = root().join("crates").join(path);
        if !file.exists() && !folder.exists() {
            faults.push(format!("ARCHITECTURE.md names `{name}`, which is not there"));
        }
    }
    assert_none(&faults);
}

fn is_module(name: &str) -> bool {
    let ours = ["x12::", "denial::", "insight::", "store::", "reclaim::", "sim::"];
    let tail = name.split("::").nth(1).unwrap_or_default();
    ours.iter().any(|krate| name.starts_with(krate))
        && name.matches("::").count() == 1
        && tail
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

/// The texts between double quotes, without their escapes.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut letters = code.chars().peekable();
    let mut open: Option<String> = None;
    while let Some(letter) = letters.next() {
        match (&mut open, letter) {
            (Some(text), '\\') => {
                text.extend(letters.next().filter(|next| *next != '\n'));
            }
            (Some(_), '"') => found.extend(open.take()),
            (Some(text), other) => text.push(other),
            (None, '"') => open = Some(String::new()),
            (None, '/') if letters.peek() == Some(&'/') => {
                letters.by_ref().find(|next| *next == '\n');
            }
            // The quotation mark as a letter.
            (None, '\'') if letters.peek() == Some(&'"') => {
                letters.next();
            }
            (None, _) => {}
        }
    }
    found
}

/// Statements that ask above practices, by their beginning, and why each may.
const ABOVE_PRACTICES: [(&str, &str); 8] = [
    ("select practice, name, zone", "which practices there are"),
    ("select practice from payee", "whose payment it is"),
    ("select practice from membership", "where somebody works"),
    ("select person, practice, made_at", "whose session it is"),
    ("select p.person, p.login, p.name, m.role, c.practice", "whose session it is"),
    ("select token, practice, made_at", "a person's own sessions"),
    ("update session set ended_at", "by its token or its person"),
    ("update session set seen_at", "by its token"),
];

#[test]
fn every_statement_on_a_practices_table_names_the_practice() {
    let schema = fs::read_to_string(root().join("crates/store/migrations/0001_first.sql"))
        .expect("the schema");
    let tables: Vec<&str> = schema
        .split("create table ")
        .skip(1)
        .filter(|table| {
            table.split(");\n").next().unwrap_or_default().contains("\n  practice text")
        })
        .filter_map(|table| table.split_whitespace().next())
        .collect();
    assert!(tables.len() > 15 && !tables.contains(&"person"), "{tables:?}");
    let mut faults = Vec::new();
    let mut used = vec![false; ABOVE_PRACTICES.len()];
    for (path, text) in sources() {
        // A backup is a copy of every practice; its statements say so by being there.
        if !path.starts_with("crates/store/src/") || path.ends_with("/backup.rs") {
            continue;
        }
        for raw in literals(code(&text)) {
            let literal = raw.split_whitespace().collect::<Vec<_>>().join(" ");
            let words: Vec<&str> = literal.split([' ', '(', ',']).collect();
            let is_verb = matches!(words[0], "select" | "insert" | "update" | "delete");
            let names_table = words.iter().any(|word| tables.contains(word));
            // A text that goes on in another literal ends with a space; its end is looked at.
            let is_whole = is_verb && names_table && !raw.ends_with(' ');
            let is_end = words[0] == "where";
            if !is_whole && !is_end {
                continue;
            }
            if let Some(at) = ABOVE_PRACTICES.iter().position(|(one, _)| literal.starts_with(one)) {
                used[at] = true;
                continue;
            }
            let is_insert = words[0] == "insert" && literal.contains("practice, ");
            let is_asked = ["practice = $", "practice || '' = $"];
            if !is_asked.iter().any(|words| literal.contains(words)) && !is_insert {
                faults.push(format!("{path}: names no practice: {literal}"));
            }
        }
    }
    assert_none(&faults);
    let unused = ABOVE_PRACTICES.iter().zip(used).filter(|(_, used)| !used);
    assert_none(
        &unused.map(|((one, _), _)| format!("nobody asks any more: {one}")).collect::<Vec<_>>(),
    );
}

#[test]
fn rows_inserted_in_bulk_begin_with_the_practice() {
    let mut count = 0;
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let bulks = code(&text).split("columns: &[").skip(1);
        for bulk in bulks.filter(|_| path.starts_with("crates/store/src/")) {
            count += 1;
            let first = bulk.split('"').nth(1).unwrap_or_default();
            if first != "practice" {
                faults.push(format!("{path}: begins with {first}"));
            }
        }
    }
    assert!(count >= 10, "bulk rows are looked for in the right place");
    assert_none(&faults);
}

/// Names of the functions that a crate shows.
fn public_functions(code: &str) -> Vec<&str> {
    code.lines()
        .filter_map(|line| line.trim_start().strip_prefix("pub "))
        .filter_map(|rest| {
            let rest = rest.trim_start_matches("const ").trim_start_matches("async ");
            rest.strip_prefix("fn ")
        })
        .filter_map(|rest| rest.split(['(', '<']).next())
        .collect()
}

/// True where the name stands before its arguments, or is handed on as a path.
fn is_called(name: &str, tests: &str) -> bool {
    tests.match_indices(name).any(|(at, _)| {
        let before = tests[..at].chars().next_back().unwrap_or(' ');
        let after = tests[at + name.len()..].chars().next().unwrap_or(' ');
        let is_word = before.is_alphanumeric() || before == '_' || tests[..at].ends_with("fn ");
        !is_word && (after == '(' || (before == ':' && after == ')'))
    })
}

#[test]
fn every_public_function_of_the_store_is_called_by_its_tests() {
    let sources = sources();
    let in_folder = |folder: &str| {
        let files = sources.iter().filter(|(path, _)| path.starts_with(folder));
        files.map(|(path, text)| (path.clone(), text.clone())).collect::<Vec<_>>()
    };
    let tests: String =
        in_folder("crates/store/tests/").into_iter().map(|(_, text)| text).collect();
    let mut faults = Vec::new();
    let mut count = 0;
    for (path, text) in in_folder("crates/store/src/") {
        for name in public_functions(code(&text)) {
            count += 1;
            if !is_called(name, &tests) {
                faults.push(format!("{path}: no test of the store calls {name}"));
            }
        }
    }
    assert!(count > 100, "{count} functions");
    assert_none(&faults);
}

#[test]
fn nothing_written_by_people_becomes_code() {
    let mut faults = Vec::new();
    let files = |folder: &str| {
        let folder = root().join("crates/reclaim").join(folder);
        let entries = fs::read_dir(folder).expect("a readable folder");
        entries.map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
    };
    for path in files("templates") {
        let text = fs::read_to_string(&path).expect("a template");
        // Drawings alone are given as they are; the file that draws them escapes its texts.
        let drawn = text.matches("|safe").count();
        let drawings = text.matches(".svg|safe").count() + text.matches(".bars|safe").count();
        if drawn != drawings || text.contains("|safe(") || text.contains("escape(") {
            faults.push(format!("{}: only drawings are given unescaped", path.display()));
        }
    }
    const MAKERS: [&str; 7] = [
        "eval(",
        "new Function",
        "document.write",
        "insertAdjacentHTML",
        "outerHTML",
        "localStorage",
        "postMessage",
    ];
    let scripts = files("assets").into_iter();
    for path in scripts.filter(|path| path.extension().is_some_and(|ending| ending == "js")) {
        let text = fs::read_to_string(&path).expect("a script");
        // Rows of our own pages, in a template, where nothing runs.
        let text = text.replace("holder.innerHTML = `<table>", "");
        for maker in MAKERS.iter().chain(&["innerHTML"]) {
            if text.contains(maker) {
                faults.push(format!("{}: {maker}", path.display()));
            }
        }
    }
    for (path, text) in sources() {
        // Measures run programs of ours.
        let is_ours = path.ends_with("bench.rs") || path.contains("/tests");
        let is_ours = is_ours || path.contains("/benches/");
        if !is_ours && code(&text).contains("process::Command") {
            faults.push(format!("{path}: runs another program"));
        }
    }
    assert_none(&faults);
}

#[test]
fn every_test_that_the_security_walk_names_is_there() {
    let walk = fs::read_to_string(root().join("docs/security.md")).expect("the walk");
    let code: String = sources().into_iter().map(|(_, text)| text).collect();
    let is_name = |text: &&str| {
        let letters =
            text.chars().all(|one| one.is_ascii_lowercase() || "_0123456789".contains(one));
        letters && text.matches('_').count() > 2
    };
    let named: Vec<&str> = walk.split('`').skip(1).step_by(2).filter(is_name).collect();
    assert!(named.len() > 60, "{} tests are named", named.len());
    let gone = named.into_iter().filter(|name| !code.contains(&format!("fn {name}(")));
    assert_none(&gone.map(|name| format!("docs/security.md names {name}")).collect::<Vec<_>>());
}
