//! Words of the practice's own within a status: written in the rules, set on a case, filtered by.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, denied, era, take};

#[tokio::test]
async fn a_practice_has_words_of_its_own_within_a_status() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let claims = [denied("A-1", 90, "CO*16*90"), denied("A-2", 50, "CO*16*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.hides(&["Set a sub-status"]);

    let shipped = include_str!("../../../../../data/desk.toml");
    let own = shipped.replace("[sub_statuses]\n", "[sub_statuses]\nnew = [\"Scan wanted\"]\n");
    let save = [
        ("path", "desk.toml"),
        ("text", own.as_str()),
        ("why", "ours"),
        ("read", "0"),
        ("what", "save"),
    ];
    lead.post("/rules/edit", &save).await.is(StatusCode::SEE_OTHER);

    let wanted = [("sub_status", "Scan wanted")];
    lead.get(&case).await.shows(&["Set a sub-status", "<option value=\"Scan wanted\""]);
    lead.act(&case, "set_sub_status", &wanted).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["Sub-status: Scan wanted", "<span class=\"chip\">Scan wanted"]);
    let odd = lead.act(&case, "set_sub_status", &[("sub_status", "Elsewhere")]).await;
    odd.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["a sub-status that"]);
    lead.get("/queue?sub_status=Scan+wanted").await.shows(&["A-1"]).hides(&["A-2"]);
    lead.get("/queue/filters").await.shows(&["Sub-status", "value=\"Scan wanted\""]);
    clinic.is_proven().await;

    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    lead.get("/queue?sub_status=Scan+wanted").await.hides(&["A-1"]);
    clinic.is_proven().await;
}
