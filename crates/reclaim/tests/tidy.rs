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
    const OURS: [&str; 6] = ["x12", "denial", "insight", "store", "reclaim", "sim"];
    let line: [(&str, &[&str]); 6] = [
        ("x12", &[]),
        ("sim", &[]),
        ("denial", &["x12"]),
        ("insight", &["denial"]),
        ("store", &["denial", "insight"]),
        ("reclaim", &["x12", "denial", "insight", "store", "sim"]),
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
    const MAY: [&str; 6] = ["intake", "billed", "rejection", "correction", "element", "envelope"];
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
