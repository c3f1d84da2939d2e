//! A cover that somebody told of: read from the flat fields of a form, kept with its entry, and the
//! claim looked at again.

use denial::claim::{Patient, PayerName};
use denial::cover::{Cover, SELF, Turn};
use denial::person::Moment;
use denial::phi::Phi;
use jiff::civil::Date;
use serde_json::json;
use store::journal::Entry;
use store::next_bills::CoverRow;
use store::{Tx, instant};

use crate::fields::Fields;
use crate::practice::Office;
use crate::secondary::look;
use crate::web::words;

/// The longest name or id, in letters.
const LONGEST: usize = 60;

/// How the patient stands to the insured, for forms.
pub(crate) const RELATIONS: [(&str, &str); 4] =
    [(SELF, "self"), ("01", "spouse"), ("19", "child"), ("G8", "other")];

/// Which kind of plan, for forms (SBR09).
pub(crate) const FILINGS: [(&str, &str); 9] = [
    ("", "not known"),
    ("CI", "commercial"),
    ("BL", "Blue Cross or Blue Shield"),
    ("MB", "Medicare part B"),
    ("MA", "Medicare part A"),
    ("16", "Medicare Advantage"),
    ("MC", "Medicaid"),
    ("CH", "TRICARE"),
    ("WC", "workers’ compensation"),
];

/// Reads a cover; `None` where none was filled in.
///
/// # Errors
/// What is expected of a field; never what it says.
pub(crate) fn read(fields: &Fields) -> Result<Option<Cover>, String> {
    if ["cover_payer", "cover_id", "cover_member"].iter().all(|name| text(fields, name).is_empty())
    {
        return Ok(None);
    }
    let turn = Turn::from_name(text(fields, "cover_turn"));
    let turn = turn.ok_or("Say whether it pays first, second or third.")?;
    let filing = listed(fields, "cover_filing", &FILINGS).ok_or("Choose the kind of plan.")?;
    let (from, to) = (day(text(fields, "cover_from"))?, day(text(fields, "cover_to"))?);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err("The last day of the other cover is before its first.".to_owned());
    }
    let payer = short(fields, "cover_payer", "the payer")?;
    let id = short(fields, "cover_id", "the payer’s id for claims")?;
    let (relation, insured) = insured(fields)?;
    Ok(Some(Cover {
        turn,
        payer: PayerName { name: payer.into(), ids: vec![id.into()] },
        filing: filing.into(),
        relation: relation.into(),
        insured: Phi::new(insured),
        from,
        to,
    }))
}

fn insured(fields: &Fields) -> Result<(&'static str, Patient), String> {
    let relation = match text(fields, "cover_relation") {
        "" => SELF,
        _ => listed(fields, "cover_relation", &RELATIONS)
            .ok_or("Choose how the patient stands to the insured.")?,
    };
    let name = |name: &str, what: &str| {
        if relation == SELF { Ok(String::new()) } else { short(fields, name, what) }
    };
    let insured = Patient {
        family: name("cover_family", "the insured’s family name")?,
        given: name("cover_given", "the insured’s given name")?,
        member: short(fields, "cover_member", "the member id")?,
        born: None,
    };
    Ok((relation, insured))
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(|text| text.trim()).unwrap_or_default()
}

fn listed(fields: &Fields, name: &str, all: &[(&'static str, &str)]) -> Option<&'static str> {
    all.iter().find(|(code, _)| *code == text(fields, name)).map(|(code, _)| *code)
}

fn short(fields: &Fields, name: &str, what: &str) -> Result<String, String> {
    match text(fields, name) {
        "" => Err(format!("Say {what} of the other cover.")),
        long if long.chars().count() > LONGEST => {
            Err(format!("Write {what} in {LONGEST} letters or fewer."))
        }
        text => Ok(text.to_owned()),
    }
}

fn day(text: &str) -> Result<Option<Date>, String> {
    match text {
        "" => Ok(None),
        day => day.parse().map(Some).map_err(|_| "Write days as 2026-03-31.".to_owned()),
    }
}

/// Keeps a cover that somebody told; the entry names the payer and the turn, nothing of the
/// patient.
///
/// # Errors
/// The database.
pub(crate) async fn tell(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    (claim, cover): (&str, &Cover),
) -> anyhow::Result<()> {
    let row = CoverRow {
        claim: claim.to_owned(),
        at: instant(moment.now),
        by_person: moment.who.person.to_string(),
        cover: cover.clone(),
    };
    tx.tell_cover(&row).await?;
    let facts = json!({ "turn": cover.turn.as_str(), "payer": cover.payer.name,
        "from": cover.from, "to": cover.to });
    tx.append(vec![Entry::new(claim, "claim.cover_told", &facts)], moment).await?;
    look(tx, office, &[claim.to_owned()]).await
}

/// Takes a cover back that somebody told, under whichever name of the claim; false where there was
/// none.
///
/// # Errors
/// The database.
pub(crate) async fn forget(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    (claim, turn): (&str, Turn),
) -> anyhow::Result<bool> {
    let names = tx.names_of(&[claim.to_owned()]).await?;
    if !tx.forget_cover(&names, turn).await? {
        return Ok(false);
    }
    let facts = json!({ "turn": turn.as_str() });
    tx.append(vec![Entry::new(claim, "claim.cover_forgotten", &facts)], moment).await?;
    look(tx, office, &[claim.to_owned()]).await?;
    Ok(true)
}

/// A cover in a few words, without what is about the patient.
pub(crate) fn in_words(cover: &Cover) -> String {
    let days = match (cover.from, cover.to) {
        (None, None) => String::new(),
        (Some(from), None) => format!(", from {}", words::day(from)),
        (None, Some(to)) => format!(", until {}", words::day(to)),
        (Some(from), Some(to)) => format!(", {} to {}", words::day(from), words::day(to)),
    };
    format!("{} payer: {}{days}", cover.turn.as_str(), cover.payer.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(more: &[(&str, &str)]) -> Fields {
        let usual = [
            ("cover_payer", "Synthetic Plan"),
            ("cover_id", "SY1"),
            ("cover_member", "M-1"),
            ("cover_turn", "secondary"),
        ];
        let all = usual.iter().chain(more);
        all.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_cover_needs_payer_id_member_and_turn() {
        assert_eq!(read(&Fields::new()), Ok(None));
        let cover = read(&fields(&[("cover_from", "2026-01-01")])).expect("whole").expect("told");
        assert_eq!(in_words(&cover), "secondary payer: Synthetic Plan, from Jan 1, 2026");
        assert!(cover.is_self());
        for (name, text) in [
            ("cover_payer", ""),
            ("cover_id", ""),
            ("cover_member", ""),
            ("cover_turn", "fourth"),
            ("cover_relation", "77"),
            ("cover_filing", "??"),
            ("cover_from", "tomorrow"),
            ("cover_relation", "01"),
        ] {
            assert!(read(&fields(&[(name, text)])).is_err(), "{name}={text}");
        }
        let days = [("cover_from", "2026-02-01"), ("cover_to", "2026-01-01")];
        assert!(read(&fields(&days)).is_err());
    }
}
