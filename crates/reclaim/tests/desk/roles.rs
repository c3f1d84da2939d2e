//! Commands hold to the roles, as the pages do.

use crate::place::Desk;
use crate::practices::remittance;

/// What a refused command said.
#[track_caller]
fn refused(desk: &Desk, arguments: &[&str]) -> String {
    let output = desk.run(arguments);
    assert_ne!(output.status.code(), Some(0), "{arguments:?} on {}", desk.kind());
    assert!(output.stdout.is_empty(), "{arguments:?} gave something away");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_command_does_what_the_role_of_who_acts_allows() {
    for desk in Desk::each() {
        for role in ["auditor", "front_desk", "administrator", "billing_specialist"] {
            desk.ok(&["user", "add", role, "--name", role, "--role", role]);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.835");
        std::fs::write(&file, remittance("a", "1234567893")).expect("written");
        let path = file.display().to_string();
        let copy = folder.path().join("copy").display().to_string();

        let said = refused(&desk, &["--as", "auditor", "take", &path]);
        assert!(said.contains("the role auditor does not reach `reclaim take`"), "{said}");
        refused(&desk, &["--as", "nobody", "take", &path]);
        desk.ok(&["--as", "billing_specialist", "take", &path]);

        // The case is the authorisation staff's, so the front desk does not see it.
        assert_eq!(desk.ok(&["--as", "auditor", "queue", "--json"]).lines().count(), 1);
        assert_eq!(desk.ok(&["--as", "front_desk", "queue", "--json"]).lines().count(), 0);
        let id = desk.ok(&["queue", "--json"]);
        let case: serde_json::Value = serde_json::from_str(id.trim()).expect("one case");
        let id = case["id"].as_str().expect("an id");
        let said = refused(&desk, &["--as", "front_desk", "show", id]);
        assert!(said.contains("neither yours nor were you asked"), "{said}");
        refused(&desk, &["--as", "front_desk", "show", "a"]);
        desk.ok(&["--as", "auditor", "show", "a"]);
        refused(&desk, &["--as", "auditor", "act", id, "note", "text=mine"]);

        for command in [
            &["queue"][..],
            &["show", id],
            &["act", id, "note", "text=mine"],
            &["take", &path],
            &["export", "--canonical"],
        ] {
            refused(&desk, &[&["--as", "administrator"], command].concat());
        }
        for command in [
            &["export", "--canonical"][..],
            &["verify"],
            &["backup", &copy],
            &["user", "list"],
            &["user", "add", "x", "--name", "x", "--role", "manager"],
            &["user", "password", "auditor"],
            &["practice", "list"],
            &["practice", "add", "north"],
            &["practice", "set", "main", "--name", "Mine"],
            &["serve"],
            &["digest", "--team"],
        ] {
            refused(&desk, &[&["--as", "front_desk"], command].concat());
        }
        desk.ok(&["--as", "auditor", "export", "--canonical"]);
        let own = ["--as", "billing_specialist", "digest"];
        let told = desk.ok(&own);
        assert!(told.contains("for you") && told.contains("New since"), "{told}");
        assert_eq!(desk.ok(&own), told, "once a day");
        let team = desk.ok(&["digest", "--team", "--json"]);
        let team: serde_json::Value = serde_json::from_str(team.trim()).expect("one object");
        assert_eq!(team["load"][0]["cases"], 1);
        assert_eq!(team["head"]["hash"].as_str().map(str::len), Some(64));
        desk.ok(&["--as", "administrator", "verify"]);
        desk.ok(&["--as", "administrator", "backup", &copy]);
        desk.ok(&["--as", "administrator", "user", "list"]);
        let own = ["user", "add", "administrator", "--name", "x", "--role", "manager"];
        let said = refused(&desk, &[&["--as", "administrator"][..], &own].concat());
        assert!(said.contains("nobody changes their own place"), "{said}");
        desk.ok(&["verify"]);
    }
}
