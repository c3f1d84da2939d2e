//! Letters to payers as rule files: read with made-up values, edited, and refused at their line.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::TestClinic;

#[tokio::test]
async fn a_letter_is_read_edited_and_refused_at_its_line() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    lead.get("/rules").await.shows(&["Letters to payers: 15 templates", "href=\"/rules/letters\""]);
    let page = lead.get("/rules/letters").await;
    page.is(StatusCode::OK).shows(&["Appeal: medical necessity", "{{payer_control}}"]);
    let need = "/rules/letters?letter=letters/appeals.toml%23medical_necessity";
    lead.get(need).await.shows(&["claim EX-1001", "Pat Example", "Clinical notes"]);
    lead.get("/rules/letters?letter=letters/none.toml%23x").await.is(StatusCode::NOT_FOUND);
    let hostile = "<script>alert(1)</script> #import(\"x\") {{payer}}";
    let text = format!(
        "[[letter]]\nname = \"own\"\ntitle = \"Own\"\nkind = \"appeal\"\nsubject = '{hostile}'\n"
    );
    let save = |text: &str| {
        let pairs = [("path", "letters/own.toml"), ("text", text), ("why", "ours")];
        let rest = [("read", "0"), ("what", "save"), ("number", "")];
        pairs.into_iter().chain(rest).map(|(one, two)| (one.to_owned(), two.to_owned())).collect()
    };
    let post = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(one, two)| (one.as_str(), two.as_str())).collect();
        lead.post("/rules/edit", &fields).await
    };
    let wrong = post(save(&text.replace("{{payer}}", "{{payor}}"))).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["is no field of letters", "#L5"]);
    post(save(&text)).await.is(StatusCode::SEE_OTHER);
    let own = lead.get("/rules/letters?letter=letters/own.toml%23own").await;
    own.shows(&["&#60;script&#62;alert(1)", "#import", "Example Health"]).hides(&["<script>alert"]);
    clinic.is_proven().await;
}
