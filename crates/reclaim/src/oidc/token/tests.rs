//! Tokens that are right, and every way in which one is not.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use super::*;

const NOW: i64 = 1_772_539_200;

struct Signer {
    pair: EcdsaKeyPair,
    name: &'static str,
}

impl Signer {
    fn new(name: &'static str) -> Signer {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).expect("its form");
        Signer { pair, name }
    }

    fn key(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name,
                "x": text(&point[1..33]), "y": text(&point[33..]) })
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", text(header), text(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("signed");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header() -> Value {
    json!({ "alg": "ES256", "kid": "one", "typ": "JWT" })
}

fn claims() -> Value {
    json!({ "iss": "https://id.test", "sub": "s1", "aud": "reclaim", "exp": NOW + 300, "iat": NOW,
            "nonce": "n1", "email": "ada@id.test" })
}

fn with(mut value: Value, name: &str, other: Value) -> Value {
    value[name] = other;
    value
}

fn expected(strong: &'static str) -> Expected<'static> {
    Expected {
        issuer: "https://id.test",
        client: "reclaim",
        nonce: "n1",
        named_by: "email",
        strong,
        now: Timestamp::from_second(NOW).expect("a time"),
    }
}

fn keys(keys: Vec<Value>) -> Keys {
    Keys { keys }
}

#[test]
fn a_token_that_is_right_says_who_it_is() {
    let signer = Signer::new("one");
    let keys = keys(vec![signer.key()]);
    let said = |claims: &Value, strong| {
        read(&signer.token(&header(), claims), &keys, &expected(strong)).expect("taken")
    };
    let plain = Said { subject: "s1".into(), named: "ada@id.test".into(), strong: false };
    assert_eq!(said(&claims(), ""), plain);
    assert_eq!(said(&with(claims(), "aud", json!(["reclaim"])), "mfa"), plain);
    assert!(said(&with(claims(), "amr", json!(["pwd", "mfa"])), "mfa").strong);
    assert!(said(&with(claims(), "acr", json!("mfa")), "mfa").strong);
    assert!(!said(&with(claims(), "acr", json!("")), "").strong);
    let nameless = said(&with(claims(), "email", json!(7)), "");
    assert_eq!(nameless.named, "");
}

#[test]
fn a_token_that_is_forged_old_or_for_others_is_refused() {
    let (signer, other) = (Signer::new("one"), Signer::new("one"));
    let keys = keys(vec![signer.key()]);
    let refused = |token: &str| read(token, &keys, &expected("")).expect_err("refused");
    let good = signer.token(&header(), &claims());
    let (start, _) = good.rsplit_once('.').expect("three parts");
    for (name, value, fault) in [
        ("iss", json!("https://id.test/"), Fault::Issuer),
        ("aud", json!("other"), Fault::Audience),
        ("aud", json!(["reclaim", "other"]), Fault::Audience),
        ("aud", json!([]), Fault::Audience),
        ("azp", json!("other"), Fault::Audience),
        ("exp", json!(NOW), Fault::Time),
        ("iat", json!(NOW - 601), Fault::Time),
        ("iat", json!(NOW + 61), Fault::Time),
        ("nbf", json!(NOW + 61), Fault::Time),
        ("nonce", json!("n2"), Fault::Nonce),
        ("nonce", json!(null), Fault::Nonce),
        ("sub", json!(""), Fault::Form),
        ("exp", json!(null), Fault::Form),
        ("iat", json!("now"), Fault::Form),
    ] {
        let claims = with(claims(), name, value.clone());
        assert_eq!(refused(&signer.token(&header(), &claims)), fault, "{name} {value}");
    }
    for (name, value, fault) in [
        ("alg", json!("none"), Fault::Algorithm),
        ("alg", json!("HS256"), Fault::Algorithm),
        ("alg", json!("ES384"), Fault::Algorithm),
        ("alg", json!("RS256"), Fault::Key),
        ("kid", json!("two"), Fault::Key),
        ("typ", json!("at+jwt"), Fault::Kind),
        ("crit", json!(["exp"]), Fault::Kind),
    ] {
        let header = with(header(), name, value.clone());
        assert_eq!(refused(&signer.token(&header, &claims())), fault, "{name} {value}");
    }
    let none = json!({ "alg": "none" });
    let unsigned = signer.token(&none, &claims());
    let (bare, _) = unsigned.rsplit_once('.').expect("three parts");
    assert_eq!(refused(&format!("{bare}.")), Fault::Algorithm);
    assert_eq!(refused(&other.token(&header(), &claims())), Fault::Signature);
    assert_eq!(refused(&format!("{start}.")), Fault::Signature);
    for odd in ["", "a.b", "a.b.c.d", "!.!.!", &format!("{good}="), &"a".repeat(20_000)] {
        assert_eq!(refused(odd), Fault::Form, "{odd}");
    }
}

#[test]
fn a_key_without_a_name_counts_only_where_it_is_the_only_one() {
    let (one, two) = (Signer::new("one"), Signer::new("two"));
    let nameless = json!({ "alg": "ES256" });
    let token = one.token(&nameless, &claims());
    let read = |all: Vec<Value>| read(&token, &keys(all), &expected(""));
    assert!(read(vec![one.key()]).is_ok());
    assert_eq!(read(vec![one.key(), two.key()]), Err(Fault::Key));
    assert_eq!(read(vec![with(one.key(), "use", json!("enc"))]), Err(Fault::Key));
    assert_eq!(read(vec![with(one.key(), "crv", json!("P-384"))]), Err(Fault::Key));
    assert_eq!(read(vec![json!("odd"), json!({ "kty": "oct", "k": "AAAA" })]), Err(Fault::Key));
}

/// RFC 7515, appendix A.2: the key's modulus and the signature.
const MODULUS: &str = "\
    ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrc\
    S2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGz\
    jb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xs\
    mtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8\
    q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const SIGNATURE: &str = "\
    cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Q\
    c_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTy\
    WzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwu\
    sC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5A\
    XLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// RFC 7515, appendices A.2 and A.3: their payload is no ID token, so the signature alone is read.
#[test]
fn signatures_of_the_rfc_are_right() {
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y\
                   b290Ijp0cnVlfQ";
    let rs = (
        json!({ "kty": "RSA", "e": "AQAB", "n": MODULUS }),
        "eyJhbGciOiJSUzI1NiJ9",
        SIGNATURE,
        "RS256",
    );
    let es = (
        json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }),
        "eyJhbGciOiJFUzI1NiJ9",
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        "ES256",
    );
    for (key, header, signature, algorithm) in [rs, es] {
        let key = keys(vec![key]).named(None, algorithm).expect("a key");
        let signed = format!("{header}.{payload}");
        let mut signature = URL_SAFE_NO_PAD.decode(signature).expect("letters");
        assert!(key.signed_token(signed.as_bytes(), &signature), "{algorithm}");
        signature[9] ^= 1;
        assert!(!key.signed_token(signed.as_bytes(), &signature), "{algorithm}");
    }
}
