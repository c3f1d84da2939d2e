//! How a payer takes letters: by which channel, to where, how much at once.

use smol_str::SmolStr;

use crate::denial::Channel;
use crate::payer::Verification;

/// What a payer takes by one channel; `None` is not configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRule {
    /// The channel.
    pub by: Channel,
    /// To where: a number, an address or a name of the portal; empty where it is not configured.
    pub to: SmolStr,
    /// The most pages of one packet.
    pub most_pages: Option<u16>,
    /// The most megabytes of one file.
    pub most_megabytes: Option<u16>,
    /// Manual or contract clause.
    pub source: SmolStr,
    /// When the source was read.
    pub as_of: SmolStr,
    /// How well it was checked.
    pub verification: Verification,
}

/// Bytes of a megabyte, as portals count them.
const MEGABYTE: u64 = 1_000_000;

impl ChannelRule {
    /// What of a packet is more than the payer takes by this channel, in words.
    #[must_use]
    pub fn beyond(&self, bytes: u64, pages: u32) -> Vec<String> {
        let by = self.by.as_str();
        let too_many = self.most_pages.filter(|most| pages > u32::from(*most));
        let too_large = self.most_megabytes.filter(|most| bytes > u64::from(*most) * MEGABYTE);
        let pages = too_many.map(|most| {
            format!(
                "The packet has {pages} pages; by {by} the payer takes {most}. Leave pages out."
            )
        });
        let size = too_large.map(|most| {
            format!("The packet has more than the {most} MB that the payer takes by {by}.")
        });
        pages.into_iter().chain(size).collect()
    }

    /// Its limits in words; empty where none is configured.
    #[must_use]
    pub fn limits(&self) -> String {
        let pages = self.most_pages.map(|most| format!("at most {most} pages"));
        let size = self.most_megabytes.map(|most| format!("at most {most} MB"));
        pages.into_iter().chain(size).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_more_than_is_taken_is_told() {
        let rule = ChannelRule {
            by: Channel::Fax,
            to: "555 0100".into(),
            most_pages: Some(50),
            most_megabytes: Some(2),
            source: "manual".into(),
            as_of: "2026".into(),
            verification: Verification::Clinic,
        };
        assert_eq!(rule.beyond(2_000_000, 50), [""; 0]);
        assert_eq!(rule.beyond(2_000_001, 51).len(), 2);
        assert_eq!(rule.limits(), "at most 50 pages, at most 2 MB");
        let open = ChannelRule { most_pages: None, most_megabytes: None, ..rule };
        assert_eq!((open.beyond(u64::MAX, u32::MAX).len(), open.limits()), (0, String::new()));
    }
}
