//! What people see of their own sign-ins, and of those that were none.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{PASSWORD, TestClinic};

#[tokio::test]
async fn who_comes_in_after_a_row_of_failures_is_told_until_they_look() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let ben = clinic.named("ben", Role::BillingSpecialist).await;
    let mut later = clinic.stranger();
    for _ in 0..2 {
        later.sign_in("ada", "wrong-password").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    later.sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
    later.get("/").await.hides(&["failed, the last one"]);
    for _ in 0..3 {
        later.sign_in("ada", "wrong-password").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    ada.get("/").await.hides(&["failed, the last one"]);
    later.sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
    let told = ["3 tries to sign in as you failed, the last one Mar 3, 2026", "Was it you?"];
    for page in ["/", "/queue", "/account"] {
        later.get(page).await.is(StatusCode::OK).shows(&told);
    }
    later.get("/").await.hides(&told);
    ben.get("/").await.hides(&told);
    let page = later.get("/account").await;
    page.shows(&["When you last signed in", "<td>Password</td>"]).hides(&told);
    assert_eq!(page.text.matches("<td>Password</td>").count(), 3);
    clinic.is_proven().await;
}
