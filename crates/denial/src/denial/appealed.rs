//! Appeals of a case as they were sent, and how each ended.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::denial::Channel;
use crate::ids::{AppealId, DocumentId};
use crate::money::Money;
use crate::named;

named! {
    /// How an appeal ended.
    Outcome {
        /// The payer gave way.
        Overturned = "overturned",
        /// The payer gave way in part.
        PartlyOverturned = "partly_overturned",
        /// The payer kept its view.
        Upheld = "upheld",
        /// Not looked at: late, incomplete or not allowed.
        Dismissed = "dismissed",
        /// Taken back by us.
        Withdrawn = "withdrawn",
    }
}

/// One appeal at one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Its id.
    pub id: AppealId,
    /// Level from 1.
    pub level: u8,
    /// The day it was sent.
    pub filed_on: Date,
    /// How.
    pub channel: Channel,
    /// The payer's confirmation or tracking number.
    pub confirmation: Option<String>,
    /// What was sent, where a copy is kept.
    pub packet: Option<DocumentId>,
    /// How it ended.
    pub decided: Option<(Date, Outcome)>,
    /// What was outstanding when it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Money>,
    /// The arguments that it made, by their names in the letters; wins are counted by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<SmolStr>,
    /// The kinds of documents that went with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exhibits: Vec<SmolStr>,
    /// What the payer is to pay, where it gave way and somebody said how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won: Option<Money>,
    /// What was said of how it ended.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}
