//! Typed ids with a visible prefix: a denial's id cannot stand where a claim's is asked for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that is not an id of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that begins with {prefix}_")]
pub struct NotAnId {
    /// The prefix that was expected, such as `den`.
    pub prefix: &'static str,
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident $prefix:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The letters before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// An id from 128 bits that the caller drew or derived.
            #[must_use]
            pub fn from_bits(bits: u128) -> $name {
                $name(format!("{}_{}", $prefix, base32(bits)))
            }

            /// The bits that it was made from.
            #[must_use]
            pub fn bits(&self) -> u128 {
                bits(&self.0)
            }

            /// Reads an id back.
            ///
            /// # Errors
            /// [`NotAnId`] when the prefix or the letters after it do not fit.
            pub fn parse(text: &str) -> Result<$name, NotAnId> {
                let rest = text.strip_prefix($prefix).and_then(|rest| rest.strip_prefix('_'));
                match rest {
                    Some(rest) if is_tail(rest) => Ok($name(text.to_owned())),
                    Some(_) | None => Err(NotAnId { prefix: $prefix }),
                }
            }

            /// The whole text, prefix included.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    )+};
}

id! {
    /// A clinic, or one clinic of a billing company.
    PracticeId "prc",
    /// A payer under all its spellings.
    PayerId "pay",
    /// A claim as billed, or as known from a remittance.
    ClaimId "clm",
    /// One ST of an 835, or one paper EOB.
    RemittanceId "era",
    /// A denial case.
    DenialId "den",
    /// One posted amount.
    PostingId "pst",
    /// One appeal at one level.
    AppealId "apl",
    /// A file, scan or letter kept by its content.
    DocumentId "doc",
    /// Somebody who signs in, or a service account.
    PersonId "usr",
    /// A rejection before adjudication.
    RejectionId "rej",
    /// One act on many cases.
    BatchId "bat",
    /// One change on many claims.
    CorrectionBatchId "cor",
    /// Something that leaves the house.
    OutgoingId "out",
    /// A draft of an appeal or another letter.
    DraftId "drf",
    /// Many cases of one payer under one letter.
    ProjectId "prj",
    /// A letter of a payer that is no denial.
    RequestId "req",
    /// A queue as somebody keeps it.
    ViewId "viw",
}

/// Crockford's alphabet: no I, L, O, U, so that an id can be read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 26 letters hold 128 bits, five at a time.
const LETTERS: usize = 26;

fn base32(bits: u128) -> String {
    let letter = |at: usize| {
        let five = (bits >> (5 * (LETTERS - 1 - at))) & 31;
        char::from(ALPHABET[usize::try_from(five).expect("five bits fit")])
    };
    (0..LETTERS).map(letter).collect()
}

/// The bits of an id, which is known to be one.
fn bits(id: &str) -> u128 {
    let tail = id.bytes().skip(id.len().saturating_sub(LETTERS));
    let five = |letter: u8| ALPHABET.iter().position(|one| *one == letter).unwrap_or(0) as u128;
    tail.fold(0, |bits, letter| (bits << 5) | five(letter))
}

fn is_tail(text: &str) -> bool {
    text.len() == LETTERS && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_shows_its_kind() {
        let id = DenialId::from_bits(u128::MAX);
        assert_eq!(id.as_str(), "den_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(DenialId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(DenialId::from_bits(12_345).bits(), 12_345);
        assert_eq!(id.bits(), u128::MAX);
        assert_eq!(ClaimId::parse(id.as_str()), Err(NotAnId { prefix: "clm" }));
        assert!(DenialId::parse("den_").is_err());
    }
}
