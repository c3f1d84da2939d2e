//! Files that are not what they say: documents, scans, uploads; where they are kept, and how they
//! are given back.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, TestClinic, at, denied, era, take};
use crate::practice::Office;
use crate::web::App;

async fn desk() -> (TestClinic, Browser, String) {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*252*90")])).await;
    let case = lead.find("A-1").await;
    (clinic, lead, case)
}

async fn attach(lead: &Browser, case: &str, name: &str, text: &str) -> Answer {
    let version = lead.get(case).await.field("version");
    let fields = [("version", version.as_str()), ("what", "letter")];
    lead.upload(&format!("{case}/documents"), &fields, ("file", name, text)).await
}

/// The address of the last document of a case.
async fn document(lead: &Browser, case: &str) -> String {
    let page = lead.get(case).await.text;
    let links = page.split("href=\"").filter_map(|rest| rest.split('"').next());
    links.filter(|href| href.contains("/documents/doc_")).last().expect("a document").to_owned()
}

fn header(answer: &Answer, name: &str) -> String {
    let value = answer.headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_document_is_what_its_name_says_or_is_not_kept() {
    let (clinic, lead, case) = desk().await;
    let before = files_below(&clinic.office().folder);
    for (name, text) in [
        ("page.html", "<html><script>alert(1)</script>"),
        ("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("run.exe", "MZ synthetic"),
        ("letter.pdf", "<html><script>alert(1)</script>"),
        ("letter.pdf", "MZ synthetic"),
        ("scan.png", "%PDF-1.7"),
        ("note.txt", "a\0b"),
        ("note.txt", "PK\u{3}\u{4}packed"),
        ("letter.pdf.exe", "%PDF-1.7"),
        ("letter.pdf ", "%PDF-1.7"),
        ("letter", "%PDF-1.7"),
        (".pdf\u{202E}txt.exe", "%PDF-1.7"),
        ("a\u{7}.pdf", "%PDF-1.7"),
        ("", "%PDF-1.7"),
    ] {
        let refused = attach(&lead, &case, name, text).await;
        refused.is(StatusCode::UNPROCESSABLE_ENTITY);
        let keyed = lead.upload("/keyed", &[("step", "check")], ("file", name, text)).await;
        keyed.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let long = format!("{}.pdf", "e".repeat(300));
    attach(&lead, &case, &long, "%PDF-1.7").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(files_below(&clinic.office().folder), before, "nothing of it was kept");
    lead.get(&case).await.hides(&["/documents/doc_"]);
    attach(&lead, &case, "letter.pdf", "%PDF-1.7 synthetic").await.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

/// Files below a folder, the database's own apart.
fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.display().to_string());
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn names_of_files_lead_out_of_no_folder() {
    let (clinic, lead, case) = desk().await;
    let folder = clinic.office().folder.clone();
    for name in [
        "../../evil.pdf",
        "..\\..\\evil.pdf",
        "/etc/evil.pdf",
        "C:\\evil.pdf",
        "....//evil.pdf",
        "%2e%2e%2fevil.pdf",
        "evil.pdf/../../evil.pdf",
    ] {
        attach(&lead, &case, name, "%PDF-1.7 synthetic").await.is(StatusCode::SEE_OTHER);
        let text = era("T9", &[denied("A-9", 90, "CO*16*90")]);
        take(&lead, name, &text).await.is(StatusCode::OK);
    }
    let outside = folder.parent().expect("above").join("evil.pdf");
    assert!(!outside.exists() && !Path::new("/etc/evil.pdf").exists());
    let stray: Vec<String> =
        files_below(&folder).into_iter().filter(|path| path.contains("evil")).collect();
    assert!(stray.is_empty(), "kept by what they are, not by name: {stray:?}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_document_is_given_back_to_be_kept_and_never_shown() {
    let (clinic, lead, case) = desk().await;
    for (name, text, media) in [
        ("letter.pdf", "%PDF-1.7 synthetic", "application/pdf"),
        ("note.txt", "<html><script>alert(1)</script>", "text/plain; charset=utf-8"),
        ("evil%22;x=%22y.csv", "=1+1", "text/plain; charset=utf-8"),
        ("名前 ü.txt", "synthetic", "text/plain; charset=utf-8"),
    ] {
        attach(&lead, &case, name, text).await.is(StatusCode::SEE_OTHER);
        let given = lead.get(&document(&lead, &case).await).await;
        given.is(StatusCode::OK);
        assert_eq!(given.text, text);
        assert_eq!(header(&given, "content-type"), media, "{name}");
        assert_eq!(header(&given, "x-content-type-options"), "nosniff");
        assert_eq!(header(&given, "cache-control"), "no-store");
        let named = header(&given, "content-disposition");
        let inner = named.strip_prefix("attachment; filename=\"").expect("an attachment");
        let inner = inner.strip_suffix('"').expect("closed");
        let plain = |one: char| one.is_ascii_alphanumeric() || ".-_".contains(one);
        assert!(inner.chars().all(plain), "{named}");
    }
    let stranger = clinic.stranger();
    let led = stranger.get(&document(&lead, &case).await).await;
    assert!(led.location().starts_with("/sign-in"));
    let other = clinic.named("coder", Role::CertifiedCoder).await;
    other.get(&document(&lead, &case).await).await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_document_has_an_end() {
    let (clinic, lead, case) = desk().await;
    let before = files_below(&clinic.office().folder);
    // It is read no further than the limit.
    let large = format!("%PDF{}", " ".repeat(60 << 20));
    let answer = attach(&lead, &case, "letter.pdf", &large).await;
    answer.is(StatusCode::PAYLOAD_TOO_LARGE).shows(&["at most 50 MB"]);
    assert_eq!(files_below(&clinic.office().folder), before);
}

#[tokio::test]
async fn what_payers_sent_is_read_and_not_given_out() {
    let (_clinic, lead, _) = desk().await;
    let list = lead.get("/files").await.text;
    let hash = list.split("/files/").nth(1).and_then(|text| text.split('"').next()).expect("one");
    for path in [
        format!("/files/{hash}/raw"),
        format!("/documents/{hash}"),
        format!("/files/documents/{}/{hash}", &hash[..2]),
        "/journal.key".to_owned(),
        "/a.db".to_owned(),
    ] {
        lead.get(&path).await.is(StatusCode::NOT_FOUND);
    }
}

/// A scanner that finds harm wherever the word stands; gives its address.
fn scanner() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut heard = Vec::new();
            let mut room = [0; 4096];
            while !heard.ends_with(&[0, 0, 0, 0]) {
                match stream.read(&mut room) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => heard.extend_from_slice(&room[..count]),
                }
            }
            let holds = |word: &[u8]| heard.windows(word.len()).any(|part| part == word);
            let says = match (holds(b"EICAR"), holds(b"LONG")) {
                (true, _) => "stream: Made-up-Test FOUND\0",
                (false, true) => "INSTREAM size limit exceeded. ERROR\0",
                (false, false) => "stream: OK\0",
            };
            let _ = stream.write_all(says.as_bytes());
        }
    });
    address
}

#[tokio::test]
async fn a_scanner_is_asked_about_every_file_and_its_silence_lets_none_through() {
    let (mut clinic, lead, case) = desk().await;
    let within = |clinic: &TestClinic, address: String| {
        let scanner = Some(address.parse().expect("an address"));
        let office =
            Office { scanner, clock: at("2026-03-03T12:00:00Z"), ..clinic.office().clone() };
        App::new(office, false, None)
    };
    clinic.app = within(&clinic, scanner());
    let lead = clinic.again(&lead);
    attach(&lead, &case, "letter.txt", "synthetic").await.is(StatusCode::SEE_OTHER);
    let last = clinic.views_since(0).await.first().map_or(0, |line| line.0);
    let refused = attach(&lead, &case, "letter.txt", "EICAR synthetic").await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["virus scanner refuses"]);
    let long = attach(&lead, &case, "letter.txt", "LONG synthetic").await;
    long.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["longer than the virus scanner reads"]);
    let upload = lead.upload("/upload", &[], ("files", "a.835", "EICAR")).await;
    upload.is(StatusCode::UNPROCESSABLE_ENTITY);
    let views = clinic.views_since(last).await;
    let refusals = views.iter().filter(|(_, kind, _)| kind == "file.refused").count();
    assert_eq!(refusals, 2, "{views:?}");
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one");
    clinic.app = within(&clinic, closed.to_string());
    let lead = clinic.again(&lead);
    let told = attach(&lead, &case, "letter.txt", "plain words").await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["does not answer"]);
    clinic.is_proven().await;
}
