//! What stands after the claims of a remittance: amounts at the provider's level.

use denial::ids::RemittanceId;
use denial::remittance::ProviderAdjustment;

use crate::bulk::{Bulk, Cell};
use crate::sql::run;
use crate::{Error, Tx};

const PROVIDER_ADJUSTMENT: Bulk = Bulk {
    table: "provider_adjustment",
    columns: &["practice", "remittance", "#n", "reason", "reference", "#amount", "body"],
};

impl Tx {
    /// Writes what stands after the claims of a remittance, the first at position `from`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_provider_adjustments(
        &mut self,
        remittance: &RemittanceId,
        from: usize,
        adjustments: &[ProviderAdjustment],
    ) -> Result<(), Error> {
        let row = |(at, one): (usize, &ProviderAdjustment)| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(remittance.as_str().to_owned()),
                Cell::Int(i64::try_from(from + at).unwrap_or(i64::MAX)),
                Cell::Text(one.reason.to_string()),
                Cell::Text(one.reference.to_string()),
                Cell::Int(one.amount.cents()),
                Cell::Text(serde_json::to_string(one).expect("an adjustment is JSON")),
            ]
        };
        let rows = adjustments.iter().enumerate().map(row).collect();
        self.insert_all(&PROVIDER_ADJUSTMENT, rows).await.map(|_| ())
    }

    /// Provider-level adjustments of a remittance, as JSON.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Inconsistent`].
    pub async fn provider_adjustments(
        &mut self,
        remittance: &str,
    ) -> Result<Vec<ProviderAdjustment>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select body from provider_adjustment where practice = $1 and remittance = $2
             order by n",
            self.practice.as_str(),
            remittance
        )?;
        rows.iter().map(|(body,)| crate::parsed("provider_adjustment", remittance, body)).collect()
    }
}
