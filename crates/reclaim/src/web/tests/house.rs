//! Another house on this machine that signs people in, and may lie.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::fields::Fields;

/// 2026-03-03T12:00:00Z, when these stories begin.
pub(super) const NOON: i64 = 1_772_539_200;

/// A key of the house.
pub(super) fn signer() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).expect("its own form")
}

/// What the house says and heard.
pub(super) struct Said {
    address: String,
    pub(super) keys: Vec<(&'static str, EcdsaKeyPair)>,
    /// Put over what it says of itself.
    pub(super) odd: Value,
    pub(super) token: String,
    pub(super) heard: Vec<(Fields, String)>,
    pub(super) keys_shown: usize,
}

/// Another house, on this machine.
#[derive(Clone)]
pub(super) struct House(Arc<Mutex<Said>>);

impl House {
    pub(super) async fn open() -> House {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let said = Said {
            address,
            keys: vec![("one", signer())],
            odd: json!({}),
            token: String::new(),
            heard: Vec::new(),
            keys_shown: 0,
        };
        let house = House(Arc::new(Mutex::new(said)));
        let pages = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(house.clone());
        tokio::spawn(async move { axum::serve(listener, pages).await });
        house
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Said) -> T) -> T {
        look(&mut self.0.lock().expect("whole"))
    }

    pub(super) fn address(&self) -> String {
        self.with(|said| said.address.clone())
    }

    /// A token signed by the last of its keys.
    pub(super) fn sign(&self, claims: &Value) -> String {
        self.with(|said| {
            let (name, pair) = said.keys.last().expect("a key");
            let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let header = json!({ "alg": "ES256", "kid": name });
            let signed = format!("{}.{}", text(&header), text(claims));
            let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("signed");
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        })
    }

    pub(super) fn claims(&self, nonce: &str) -> Value {
        json!({ "iss": self.address(), "sub": "subject-1", "aud": "reclaim", "nonce": nonce,
                "exp": NOON + 300, "iat": NOON, "email": "ada@id.test" })
    }
}

async fn discovery(State(house): State<House>) -> String {
    let address = house.address();
    let mut said = json!({
        "issuer": address,
        "authorization_endpoint": format!("{address}/authorize"),
        "token_endpoint": format!("{address}/token"),
        "jwks_uri": format!("{address}/keys"),
        "end_session_endpoint": format!("{address}/end"),
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
    });
    let odd = house.with(|said| said.odd.clone());
    for (name, value) in odd.as_object().expect("fields") {
        said[name] = value.clone();
    }
    said.to_string()
}

async fn keys(State(house): State<House>) -> String {
    house.with(|said| {
        said.keys_shown += 1;
        let key = |(name, pair): &(&str, EcdsaKeyPair)| {
            let point = pair.public_key().as_ref();
            let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            json!({ "kty": "EC", "crv": "P-256", "kid": name,
                    "x": text(&point[1..33]), "y": text(&point[33..]) })
        };
        json!({ "keys": said.keys.iter().map(key).collect::<Vec<Value>>() }).to_string()
    })
}

async fn token(
    State(house): State<House>,
    headers: HeaderMap,
    axum::Form(fields): axum::Form<Fields>,
) -> String {
    let asked_by = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let asked_by = asked_by.unwrap_or_default().to_owned();
    house.with(|said| {
        said.heard.push((fields, asked_by));
        json!({ "id_token": said.token, "access_token": "x", "token_type": "Bearer" }).to_string()
    })
}
