//! The codes of a case in the words of the practice's lists, and the NCCI edits that its claim
//! meets.

use denial::claim::Claim;
use denial::denial::Denial;
use denial::lists::{Entry, ListKind};
use denial::ncci::{self, Beyond, Line, Pair};
use jiff::civil::Date;
use store::Tx;
use store::code_lists::CodeList;

use crate::code_lists;
use crate::web::trouble::Trouble;
use crate::web::words;

/// What the page shows of them.
pub(crate) struct CaseCodes {
    pub(crate) rows: Vec<CodeRow>,
    /// Where NCCI may be why the payer denied.
    pub(crate) ncci: Option<Ncci>,
}

/// One code.
pub(crate) struct CodeRow {
    pub(crate) code: String,
    /// None where no list that holds on the day of service has its text.
    pub(crate) text: Option<String>,
    pub(crate) list: String,
    /// A code of CPT, which no list here can have.
    pub(crate) cpt: bool,
}

/// The edits.
#[derive(Default)]
pub(crate) struct Ncci {
    pub(crate) rows: Vec<EditRow>,
    pub(crate) notes: Vec<String>,
}

/// One edit that lines meet.
pub(crate) struct EditRow {
    pub(crate) what: String,
    pub(crate) lines: String,
    pub(crate) why: String,
    pub(crate) source: String,
}

impl CaseCodes {
    /// Looks them up. Diagnoses are for those who may see the claim as billed; where it `hides`,
    /// because it is specially protected, no text says what it was about.
    pub(crate) async fn of(
        tx: &mut Tx,
        case: &Denial,
        claim: Option<&Claim>,
        sees_claim: bool,
        hides: bool,
    ) -> Result<CaseCodes, Trouble> {
        let on = case.days.service_on.or_else(|| claim.and_then(Claim::first_service));
        let diagnoses = claim.filter(|_| sees_claim && !hides).map(|claim| &claim.diagnoses);
        let diagnoses = diagnoses.into_iter().flatten().map(|code| code.as_str().to_owned());
        let mut rows = texts(tx, ListKind::Icd10, on, &distinct(diagnoses)).await?;
        if !hides {
            rows.extend(texts(tx, ListKind::Hcpcs, on, &services(case, claim)).await?);
        }
        let ncci = match ncci::concerns(case.category) {
            true => Some(edits(tx, claim).await?),
            false => None,
        };
        Ok(CaseCodes { rows, ncci })
    }
}

/// The procedures of a case's claim with their modifiers, each once.
fn services(case: &Denial, claim: Option<&Claim>) -> Vec<String> {
    let billed = claim.into_iter().flat_map(|claim| &claim.lines).map(|line| &line.procedure);
    let denied = case.lines.iter().map(|line| &line.procedure);
    let coded = billed.chain(denied).filter(|one| one.qualifier == "HC" && !one.code.is_empty());
    let code = |one: &denial::codes::Procedure| {
        let modifiers = one.modifiers.iter().map(ToString::to_string);
        [one.code.to_string()].into_iter().chain(modifiers).collect::<Vec<_>>()
    };
    let mut codes = distinct(coded.flat_map(code));
    // Modifiers come behind the codes that they go with.
    codes.sort_by_key(|code| code.len() < 5);
    codes
}

fn distinct(codes: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for code in codes.filter(|code| !code.is_empty()) {
        if !all.contains(&code) {
            all.push(code);
        }
    }
    all
}

/// What stands where a text of CPT would be.
const CPT: &str = "CPT: the AMA licenses its texts, and no list here has them";

/// Codes and modifiers of CPT begin with a digit, those of HCPCS level II with a letter.
fn is_cpt(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_digit())
}

/// Codes with their texts in the list that holds on a day.
async fn texts(
    tx: &mut Tx,
    kind: ListKind,
    on: Option<Date>,
    codes: &[String],
) -> Result<Vec<CodeRow>, Trouble> {
    let list = match on {
        Some(on) if !codes.is_empty() => tx.code_list_on(kind, &on.to_string()).await?,
        Some(_) | None => None,
    };
    let spelled: Vec<String> = codes.iter().map(|code| ListKind::spelled(code)).collect();
    let entries = match &list {
        Some(list) => {
            let codes: Vec<&str> = spelled.iter().map(String::as_str).collect();
            code_lists::entries_of(tx, list, &codes).await?
        }
        None => Vec::new(),
    };
    let none = match on {
        Some(on) => format!("no {} list holds on {}", kind.title(), words::day(on)),
        None => "the day of service is not known".to_owned(),
    };
    let row = |(code, spelled): (&String, &String)| {
        let entry = entries.iter().find(|entry| entry.code == spelled.as_str());
        let text = entry.map(|entry| code_lists::said(kind, entry));
        let over = on.is_some_and(|on| entry.is_some_and(|entry| !entry.holds_on(on)));
        let text = text.map(|text| if over { format!("{text}; not on that day") } else { text });
        let cpt = kind == ListKind::Hcpcs && is_cpt(code);
        let list = match (&list, &text) {
            (Some(list), Some(_)) => source(kind, list),
            (_, None) if cpt => CPT.to_owned(),
            (Some(list), None) => format!("not in {}", source(kind, list)),
            (None, _) => none.clone(),
        };
        CodeRow { code: code.clone(), text, list, cpt }
    };
    Ok(codes.iter().zip(&spelled).map(row).collect())
}

fn source(kind: ListKind, list: &CodeList) -> String {
    let from = words::day_of(&list.from_day);
    format!("{}, version {} from {from}", kind.title(), list.version)
}

async fn edits(tx: &mut Tx, claim: Option<&Claim>) -> Result<Ncci, Trouble> {
    let note = |text: &str| Ncci { notes: vec![text.to_owned()], ..Ncci::default() };
    let Some(claim) = claim else {
        return Ok(note(
            "The claim as billed is not known here; take its 837 in to see its edits.",
        ));
    };
    if claim.institutional {
        return Ok(note(
            "The tables here are those for practitioners; this claim is institutional.",
        ));
    }
    let mut ncci = Ncci::default();
    for (on, lines) in ncci::days(claim) {
        for kind in [ListKind::Ptp, ListKind::Mue] {
            let Some(list) = tx.code_list_on(kind, &on.to_string()).await? else {
                let (title, on) = (kind.title(), words::day(on));
                ncci.notes.push(format!("{title}: not configured for {on}."));
                continue;
            };
            let mut codes: Vec<&str> = lines.iter().map(|line| line.code.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            let table = code_lists::entries_of(tx, &list, &codes).await?;
            ncci.look(kind, on, &lines, &table, &source(kind, &list));
        }
    }
    if ncci.rows.is_empty() && ncci.notes.is_empty() {
        ncci.notes.push("No two lines are a pair of the table, and no units exceed it.".to_owned());
    }
    Ok(ncci)
}

impl Ncci {
    fn look(&mut self, kind: ListKind, on: Date, lines: &[Line], table: &[Entry], source: &str) {
        if kind == ListKind::Ptp {
            let found = ncci::pairs(on, lines, table);
            self.rows.extend(found.iter().map(|one| pair(one, source)));
        } else {
            let found = ncci::beyond(on, lines, table);
            self.rows.extend(found.iter().map(|one| beyond(one, source)));
        }
    }
}

fn pair(one: &Pair<'_>, source: &str) -> EditRow {
    let Pair { edit, paid, denied } = one;
    let billed = |line: &Line| match line.modifiers.join(", ").as_str() {
        "" => format!("line {}, without a modifier", line.number),
        modifiers => format!("line {}, with {modifiers}", line.number),
    };
    let (first, second) = (billed(paid), billed(denied));
    EditRow {
        what: format!("{}: {}", code_lists::named(edit), code_lists::indicator(&edit.mark)),
        lines: format!("Column 1: {first}. Column 2, which is not paid beside it: {second}."),
        why: edit.text.to_string(),
        source: source.to_owned(),
    }
}

fn beyond(one: &Beyond<'_>, source: &str) -> EditRow {
    let Beyond { edit, lines, units } = one;
    let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let word = if lines.len() == 1 { "Line" } else { "Lines" };
    EditRow {
        what: format!(
            "{}: {units} units, at most {} {}",
            edit.code,
            edit.value,
            code_lists::per(&edit.mark)
        ),
        lines: format!("{word} {}", numbers.join(", ")),
        why: edit.text.to_string(),
        source: source.to_owned(),
    }
}
