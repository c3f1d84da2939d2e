//! Secrets of people, sealed with a key that follows from the journal's: the database alone does
//! not tell them.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};

use crate::Key;

/// Tells this key from whatever else the journal's makes. No entry of a chain begins like this: its
/// place would be below nought.
const LABEL: &[u8] = b"\xffsecrets of people";
/// Bytes of a nonce.
const NONCE: usize = 12;

impl Key {
    /// The nonce, then what is sealed, as letters.
    pub(crate) fn seal(&self, about: &str, nonce: [u8; NONCE], bytes: &[u8]) -> String {
        let payload = Payload { msg: bytes, aad: about.as_bytes() };
        let sealed = self.cipher().encrypt(&nonce.into(), payload);
        let sealed = sealed.expect("what is sealed is short");
        hex::encode(nonce) + &hex::encode(sealed)
    }

    pub(crate) fn unseal(&self, about: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = hex::decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        self.cipher().decrypt(&(*nonce).into(), payload).ok()
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new_from_slice(&self.derived(LABEL)).expect("a key of 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_and_the_id_open_it() {
        let key = Key::new(b"synthetic key");
        let sealed = key.seal("usr_1", [7; 12], b"a secret");
        assert_eq!(key.unseal("usr_1", &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(key.unseal("usr_2", &sealed), None);
        assert_eq!(Key::new(b"another").unseal("usr_1", &sealed), None);
        let altered = sealed.replacen('0', "1", 1);
        assert_eq!(key.unseal("usr_1", &altered), None);
        for odd in ["", "zz", "00", &sealed[..20]] {
            assert_eq!(key.unseal("usr_1", odd), None);
        }
        assert!(!sealed.contains(&hex::encode("secret")));
    }
}
