//! The categories of the truth are those of the domain's code lists.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use sim::Truth;

use crate::made::WORLD;

/// Columns by name of a CSV file, each row under its first column.
fn table(name: &str) -> Option<HashMap<String, HashMap<String, String>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/domain");
    let text = fs::read_to_string(folder.join(name)).ok()?;
    let mut rows = text.lines().map(cells);
    let header = rows.next()?;
    let named = |row: Vec<String>| {
        let key = row[0].clone();
        (key, header.iter().cloned().zip(row).collect())
    };
    Some(rows.map(named).collect())
}

fn cells(line: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(String::new()),
            _ => found.last_mut().expect("never empty").push(letter),
        }
    }
    found
}

/// What the lists say of the largest refused amount of a line: the remark where it refines, else
/// the reason.
#[test]
fn categories_are_the_lists() {
    let (Some(carc), Some(rarc)) = (table("carc.csv"), table("rarc.csv")) else {
        eprintln!("SKIPPED: no domain lists beside the project");
        return;
    };
    let truth: &Truth = &WORLD.truth;
    let mut checked = 0;
    for claim in WORLD.payments().iter().filter(|claim| claim.status != "22") {
        for line in &claim.lines {
            let (number, at) = line.control.rsplit_once('-').unwrap();
            let told = truth.line(number, at.parse().unwrap()).unwrap();
            let Some(category) = told.category else { continue };
            let denials = line.adjustments.iter();
            let denials = denials.filter(|one| carc[&one.1]["kind"] == "denial");
            let Some(leading) = denials.max_by_key(|one| one.2) else { continue };
            let mut remarks = line.remarks.iter().chain(&claim.remarks);
            let refined = remarks.find_map(|one| {
                let row = rarc.get(one)?;
                (row["is_alert"] == "no").then(|| row["refines_to_category"].clone())
            });
            let expected = refined.unwrap_or_else(|| carc[&leading.1]["category"].clone());
            // A line that is refused twice may have another reason the first time.
            if told.denied_cents == refused(line, &carc) {
                assert_eq!(category.as_str(), expected, "{line:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 1_000, "{checked}");
}

fn refused(
    line: &crate::reading::PaidLine,
    carc: &HashMap<String, HashMap<String, String>>,
) -> i64 {
    let denials = line.adjustments.iter().filter(|one| carc[&one.1]["kind"] == "denial");
    denials.map(|one| one.2).sum()
}
