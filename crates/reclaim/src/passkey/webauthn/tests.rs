//! The vectors of the standard, and what becomes of them when anything is altered.

use std::collections::HashMap;

use super::*;

const SPEC: &str = include_str!("spec.txt");

/// One vector: what is called `made.challenge` and so on, as bytes.
struct Vector(HashMap<&'static str, Vec<u8>>);

impl Vector {
    fn named(name: &str) -> Vector {
        let mut lines = SPEC.lines().skip_while(|line| *line != format!("[{name}]"));
        assert!(lines.next().is_some(), "{name}");
        let lines = lines.take_while(|line| !line.starts_with('['));
        let pair = |line: &'static str| line.split_once(' ').expect("a name and its bytes");
        let bytes = |(name, hex)| (name, hex::decode(hex).expect("hexadecimal"));
        Vector(lines.map(pair).map(bytes).collect())
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        self.0[name].clone()
    }

    fn made(&self) -> Result<Made, Fault> {
        let answer = MadeAnswer {
            client_data: self.bytes("made.client_data"),
            attestation: self.bytes("made.attestation"),
        };
        made(&answer, &self.bytes("made.challenge"), &site())
    }

    /// The COSE key and whether it may be on several devices, from the vector's own bytes.
    fn known(&self) -> (Vec<u8>, bool) {
        let bytes = authenticator_of(&self.bytes("made.attestation")).expect("whole");
        let read = Authenticator::read(&bytes).expect("whole");
        let (credential, public_key) = read.attested.expect("a credential");
        assert_eq!(credential, self.bytes("credential"));
        (public_key.to_vec(), read.flags & SYNCED != 0)
    }

    fn answer(&self) -> ShownAnswer {
        ShownAnswer {
            client_data: self.bytes("shown.client_data"),
            authenticator: self.bytes("shown.authenticator"),
            signature: self.bytes("shown.signature"),
        }
    }

    fn shown_as(&self, answer: &ShownAnswer, counter: u32, site: &Site) -> Result<u32, Fault> {
        let (public_key, synced) = self.known();
        let known = Known { public_key: &public_key, counter, synced };
        shown(answer, &known, &self.bytes("shown.challenge"), site)
    }

    fn shown(&self) -> Result<u32, Fault> {
        self.shown_as(&self.answer(), 0, &site())
    }
}

fn site() -> Site {
    Site { host: "example.org".to_owned(), origin: "https://example.org".to_owned() }
}

#[test]
fn the_standards_vectors_are_read_as_it_says() {
    for (name, made, shown) in [
        ("packed", Ok(()), Ok(0)),
        ("tpm", Ok(()), Ok(0)),
        // The flags of these say that nobody was checked; everything else holds.
        ("es256", Err(Fault::Verification), Err(Fault::Verification)),
        ("eddsa", Err(Fault::Verification), Err(Fault::Verification)),
        ("long", Err(Fault::Verification), Ok(0)),
        ("rs256", Ok(()), Err(Fault::Verification)),
        ("cross", Err(Fault::Origin), Err(Fault::Origin)),
        ("top", Err(Fault::Origin), Err(Fault::Origin)),
        ("es384", Err(Fault::Algorithm), Err(Fault::Algorithm)),
    ] {
        let vector = Vector::named(name);
        assert_eq!(vector.made().map(|_| ()), made, "{name}");
        assert_eq!(vector.shown(), shown, "{name}");
    }
    let made = Vector::named("packed").made().expect("taken");
    assert_eq!(made.credential, Vector::named("packed").bytes("credential"));
    assert_eq!((made.counter, made.synced), (0, true));
}

#[test]
fn another_site_challenge_or_question_is_refused() {
    let vector = Vector::named("packed");
    let answer = vector.answer();
    let other = Site { host: "example.com".to_owned(), ..site() };
    assert_eq!(vector.shown_as(&answer, 0, &other), Err(Fault::Site));
    let other = Site { origin: "https://example.org:8443".to_owned(), ..site() };
    assert_eq!(vector.shown_as(&answer, 0, &other), Err(Fault::Origin));
    let (public_key, synced) = vector.known();
    let known = Known { public_key: &public_key, counter: 0, synced };
    assert_eq!(shown(&answer, &known, &[7; 32], &site()), Err(Fault::Challenge));
    let asked = MadeAnswer {
        client_data: answer.client_data.clone(),
        attestation: vector.bytes("made.attestation"),
    };
    assert_eq!(made(&asked, &vector.bytes("shown.challenge"), &site()), Err(Fault::Kind));
    let known = Known { synced: false, ..known };
    let challenge = vector.bytes("shown.challenge");
    assert_eq!(shown(&answer, &known, &challenge, &site()), Err(Fault::Form));
}

#[test]
fn whatever_is_altered_or_of_another_key_is_refused() {
    let vector = Vector::named("packed");
    for at in 0..37 {
        let mut answer = vector.answer();
        answer.authenticator[at] ^= 1;
        assert!(vector.shown_as(&answer, 0, &site()).is_err(), "byte {at}");
    }
    let mut answer = vector.answer();
    answer.signature[20] ^= 1;
    assert_eq!(vector.shown_as(&answer, 0, &site()), Err(Fault::Signature));
    let (public_key, _) = Vector::named("tpm").known();
    let known = Known { public_key: &public_key, counter: 0, synced: true };
    let challenge = vector.bytes("shown.challenge");
    assert_eq!(shown(&vector.answer(), &known, &challenge, &site()), Err(Fault::Signature));
    assert_eq!(vector.shown_as(&vector.answer(), 1, &site()), Err(Fault::Counter));
}

#[test]
fn bytes_that_end_early_or_go_on_are_refused_and_none_panics() {
    let vector = Vector::named("packed");
    let whole = vector.bytes("made.attestation");
    for length in 0..whole.len() {
        assert_eq!(authenticator_of(&whole[..length]), Err(Fault::Form), "{length}");
    }
    assert_eq!(authenticator_of(&[whole, vec![0]].concat()), Err(Fault::Form));
    let bytes = authenticator_of(&vector.bytes("made.attestation")).expect("whole");
    for length in 0..bytes.len() {
        assert!(Authenticator::read(&bytes[..length]).is_err(), "{length}");
    }
    let longer = [bytes, vec![0]].concat();
    assert!(Authenticator::read(&longer).is_err());
    // Maps in maps without end.
    assert_eq!(key(&[0xa1; 4000]), Err(Fault::Form));
    assert_eq!(key(&[0x9f; 4000]), Err(Fault::Form));
}

#[test]
fn a_key_holds_what_its_algorithm_needs_and_nothing_else() {
    let encode = |pairs: &[(i64, Value)]| {
        let pairs = pairs.iter().map(|(name, value)| (Value::from(*name), value.clone()));
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Map(pairs.collect()), &mut bytes).expect("written");
        bytes
    };
    let point = || Value::Bytes(vec![1; 32]);
    let good: [(i64, Value); 5] =
        [(1, 2.into()), (3, (-7).into()), (-1, 1.into()), (-2, point()), (-3, point())];
    assert!(key(&encode(&good)).is_ok());
    for (at, odd) in [(0, 1), (1, -8), (2, 2), (3, 0)] {
        let mut pairs = good.clone();
        pairs[at].1 = odd.into();
        assert!(key(&encode(&pairs)).is_err(), "{at}");
    }
    let mut short = good.clone();
    short[4].1 = Value::Bytes(vec![1; 31]);
    assert_eq!(key(&encode(&short)), Err(Fault::Form));
    let mut twice = good.to_vec();
    twice[4] = (-2, point());
    assert_eq!(key(&encode(&twice)), Err(Fault::Form));
    let more = [good.to_vec(), vec![(4, 1.into())]].concat();
    assert_eq!(key(&encode(&more)), Err(Fault::Algorithm));
    assert_eq!(key(&[encode(&good), vec![0]].concat()), Err(Fault::Form));
}
