//! Signatures of passkeys and tokens, checked by ring; nothing here ever signs.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};

/// A key that says whether a signature is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// ECDSA on P-256 with SHA-256: the point, uncompressed.
    Es256(Vec<u8>),
    /// Ed25519.
    Ed25519(Vec<u8>),
    /// RSA PKCS#1 v1.5 with SHA-256: modulus and exponent; ring takes 2048 bits or more.
    Rs256 { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    /// The point of two coordinates of 32 bytes each.
    pub(crate) fn of_point(x: &[u8], y: &[u8]) -> Option<PublicKey> {
        let fits = x.len() == 32 && y.len() == 32;
        fits.then(|| PublicKey::Es256([&[4], x, y].concat()))
    }

    /// True where it signed the message, as authenticators write it (ECDSA as ASN.1).
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            PublicKey::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
                .verify(message, signature)
                .is_ok(),
            PublicKey::Ed25519(_) | PublicKey::Rs256 { .. } => {
                self.signed_token(message, signature)
            }
        }
    }

    /// True where it signed the message, as tokens write it (ECDSA as two numbers of 32 bytes).
    pub(crate) fn signed_token(&self, message: &[u8], signature: &[u8]) -> bool {
        let checked = match self {
            PublicKey::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            PublicKey::Ed25519(key) => {
                UnparsedPublicKey::new(&ED25519, key).verify(message, signature)
            }
            PublicKey::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        };
        checked.is_ok()
    }
}
