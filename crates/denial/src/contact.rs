//! Call log entries: with whom, what was said, what was promised.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::denial::Channel;

/// One contact with a payer, as fields (features 10.01). Its time is that of the act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// How.
    pub channel: Channel,
    /// With whom: name or number.
    #[serde(default)]
    pub representative: String,
    /// The payer's reference number of the call.
    #[serde(default)]
    pub reference: String,
    /// What was said.
    pub said: String,
    /// The day by which the payer promised something.
    #[serde(default)]
    pub promised_by: Option<Date>,
    /// How long it took.
    #[serde(default)]
    pub minutes: u16,
}
