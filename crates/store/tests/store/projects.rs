//! Project appeals: begun with their cases, saved once, found by a case.

use store::projects::Project;

use crate::clinic::open;
use crate::place::{AT, on_each, practice};

fn project() -> Project {
    Project {
        project: "prj_1".to_owned(),
        payer: "pay_1".to_owned(),
        payer_name: "Synthetic payer".to_owned(),
        state: "draft".to_owned(),
        version: 1,
        made_at: AT.to_owned(),
        made_by: "usr_1".to_owned(),
        subject: "Many claims".to_owned(),
        letter: "Please look at them again.".to_owned(),
        channel: String::new(),
        sent_on: None,
        reference: String::new(),
        packet: None,
        sheet: None,
        without_why: String::new(),
        late_why: String::new(),
    }
}

#[test]
fn a_project_is_begun_saved_and_found_by_its_cases() {
    on_each(async |place| {
        let cases = open(place, &[100, 200]).await;
        let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.begin_project(&project(), &ids).await.expect("begun");
        assert_eq!(tx.project("prj_1").await.expect("read"), Some(project()));
        assert_eq!(tx.project("prj_2").await.expect("read"), None);
        assert_eq!(tx.projects(9).await.expect("read"), [project()]);
        let listed = tx.project_cases("prj_1").await.expect("read");
        assert_eq!(listed.iter().map(|one| one.n).collect::<Vec<_>>(), [1, 2]);
        let sent = Project {
            state: "sent".to_owned(),
            channel: "mail".to_owned(),
            sent_on: Some("2026-06-01".to_owned()),
            reference: "R-7".to_owned(),
            packet: Some("ab".to_owned()),
            sheet: Some("cd".to_owned()),
            without_why: "one letter speaks for all".to_owned(),
            late_why: "late by a day".to_owned(),
            ..project()
        };
        assert!(tx.save_project(&sent, 1).await.expect("saved"));
        assert!(!tx.save_project(&sent, 1).await.expect("another was faster"));
        let read = tx.project("prj_1").await.expect("read");
        assert_eq!(read, Some(Project { version: 2, ..sent.clone() }));
        let all = ["prj_1".to_owned(), "prj_2".to_owned()];
        let of = |id: &String| ("prj_1".to_owned(), id.clone());
        let found = tx.cases_of_projects(&all).await.expect("read");
        assert_eq!(found, [of(&ids[0]), of(&ids[1])]);
        let cents = |case: &denial::denial::Denial| case.balance.outstanding().cents();
        let (first, second) = (cents(&cases[0]), cents(&cases[1]));
        let worth = tx.worth_of_projects(&all).await.expect("read");
        assert_eq!(worth, [("prj_1".to_owned(), 2, first + second)]);
        tx.leave_out_of_project(("prj_1", &ids[1]), "closed").await.expect("left out");
        let worth = tx.worth_of_projects(&all).await.expect("read");
        assert_eq!(worth, [("prj_1".to_owned(), 1, first)], "those that went along");
        assert_eq!(tx.project_cases("prj_1").await.expect("read")[1].stayed, "closed");
        tx.commit().await.expect("durable");
    });
}
