//! Questions where claims stand: written from claims as they were sent, read back equal, and looked
//! at by another's validator.

use denial::billed::Billed;
use denial::claim::Claim;
use denial::codes::PayerControlNumber;
use denial::correction::Draft;
use denial::inquiry::{self, NotAsked, Question};
use x12::Reader;

use super::fields::{INSTITUTIONAL, PROFESSIONAL, all};
use super::written::{assert_valid, sending};

fn claims(file: &[u8]) -> Vec<Claim> {
    let (mut reader, mut billed, mut findings) = (Reader::new(file), Billed::default(), Vec::new());
    let mut claims = Vec::new();
    while let Some(block) = reader.next() {
        claims.extend(billed.read(&block, &mut findings).map(|one| one.claim));
    }
    claims
}

fn questions(file: &[u8]) -> Vec<Question> {
    let drafts: Vec<Draft> = all(file).iter().map(|one| one.draft().clone()).collect();
    let asked = drafts.iter().zip(claims(file)).enumerate().map(|(n, (draft, claim))| {
        let control = (n == 0).then(|| PayerControlNumber::new("ICN77"));
        Question::about(draft, &claim, control, &format!("Q42-{n}")).expect("all is told")
    });
    asked.collect()
}

/// The same under the guide before, for which the validator has a map: days of a claim had another
/// qualifier, our number too, and the dependant's sex was required.
fn as_4010(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let text = text.replace("*^*00501*", "*U*00401*").replace("*005010X212~ST", "*004010X093A1~ST");
    let text = text.replace("*005010X212~BHT", "~BHT").replace("BHT*0010*13*FIX1", "BHT*0010*13*");
    let text = text.replace("DTP*472*", "DTP*232*").replace("REF*EJ*", "REF*EA*");
    let text: Vec<String> = text.split_inclusive('~').map(without_time).collect();
    text.concat().into_bytes()
}

fn without_time(segment: &str) -> String {
    match segment.strip_suffix("*0405~").filter(|_| segment.starts_with("BHT")) {
        Some(begin) => format!("{begin}~"),
        None => segment.to_owned(),
    }
}

#[test]
fn questions_are_written_and_read_back_equal() {
    let mut files = Vec::new();
    for (name, file) in
        [("asked-professional", PROFESSIONAL), ("asked-institutional", INSTITUTIONAL)]
    {
        let drafts = all(file);
        let first = drafts.first().expect("a claim").draft();
        let mut asked = questions(file);
        let head = asked.first().cloned().expect("a question");
        asked.retain(|one| one.goes_with(&head));
        let bytes = inquiry::write(&asked, first.parties(), &sending()).expect("plain text");
        let read = inquiry::read(&bytes);
        assert_eq!(read.questions.len(), asked.len());
        for (read, asked) in read.questions.iter().zip(&asked) {
            assert_eq!(read, asked);
            assert_eq!(read.subscriber.reveal(), asked.subscriber.reveal());
        }
        let told: Vec<[&str; 3]> = read.sent.iter().map(|(i, g, b)| [&**i, g, b]).collect();
        assert_eq!(told, [["000000042", "7", "FIX1"]]);
        assert!(read.test);
        assert_eq!(Reader::new(&bytes[..]).finish(), [], "{name}");
        println!("{}", String::from_utf8_lossy(&bytes).replace('~', "~\n"));
        files.push((name, as_4010(&bytes)));
    }
    assert_valid(&files);
}

#[test]
fn a_sex_that_is_not_told_is_left_out() {
    let told = String::from_utf8(PROFESSIONAL.to_vec()).expect("text");
    for sex in ["*U~", "*~", "~", "*X~"] {
        let file = told.replace("20100304*M~", &format!("20100304{sex}"));
        let file = file.replace("19500101*F~", &format!("19500101{sex}"));
        let asked = questions(file.as_bytes());
        let drafts = all(file.as_bytes());
        let parties = drafts.first().expect("a claim").draft().parties();
        let bytes = inquiry::write(&asked[..1], parties, &sending()).expect("plain text");
        let text = String::from_utf8(bytes.clone()).expect("text");
        let born = text.split('~').find(|one| one.starts_with("DMG*D8*")).expect("a day of birth");
        assert_eq!(born.matches('*').count(), 2, "{born}");
        assert_eq!(inquiry::read(&bytes).questions, asked[..1]);
    }
}

#[test]
fn one_file_asks_one_payer_for_one_sender() {
    let first = all(PROFESSIONAL);
    let parties = first.first().expect("a claim").draft().parties();
    let mut asked = questions(PROFESSIONAL);
    assert_eq!(inquiry::write(&[], parties, &sending()), Err(NotAsked::Empty));
    let mut other = asked[0].clone();
    other.payer.id = "ANOTHER".into();
    asked.push(other);
    assert_eq!(inquiry::write(&asked, parties, &sending()), Err(NotAsked::Parties));
}

#[test]
fn what_is_no_inquiry_asks_nothing() {
    for file in [PROFESSIONAL, b"".as_slice(), b"ISA*", b"ST*276*1~TRN*1*A~SE*3*1~"] {
        let read = inquiry::read(file);
        assert!(read.questions.iter().all(|one| one.number.is_none()));
    }
}
