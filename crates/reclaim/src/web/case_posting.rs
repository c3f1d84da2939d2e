//! The form that posts what remittances say of a case: filled in from them, to be looked at,
//! changed where it has to be, and confirmed.

use std::collections::BTreeSet;

use denial::denial::Status;
use denial::lifecycle::Act;
use denial::money::Money;
use denial::posting::PostingKind;
use denial::remitted::{KINDS, Remitted};
use store::postings::PostingRow;

use crate::fields::{Fields, TOLD};
use crate::web::case_fields::{Field, lines};
use crate::web::case_forms::{ActForm, Desk};
use crate::web::timeline::{People, name as name_of};
use crate::web::told_money;
use crate::web::words;

/// What a remittance says of one line, as it is about to be posted.
pub(crate) struct PostRow {
    at: usize,
    /// `Line 1 · 99214`.
    pub(crate) title: String,
    /// Which remittance, and when it paid.
    pub(crate) from: String,
    pub(crate) line: String,
    pub(crate) remittance: String,
    /// The day, as a field has it.
    pub(crate) on: String,
    /// Kind, label, amount.
    pub(crate) amounts: Vec<(&'static str, &'static str, String)>,
    /// What has to be looked at; empty for nothing.
    pub(crate) note: String,
}

impl PostRow {
    /// The name of one of its fields.
    pub(crate) fn name(&self, field: &str) -> String {
        name(&self.at.to_string(), field)
    }
}

fn name(row: &str, field: &str) -> String {
    format!("{TOLD}{row}_{field}")
}

/// How the rows are called for which something was typed.
fn typed_rows(fields: &Fields) -> BTreeSet<&str> {
    let names = fields.keys().filter_map(|name| name.strip_prefix(TOLD));
    names.filter_map(|name| name.split_once('_')).map(|(row, _)| row).collect()
}

/// True where what was typed for a row is about this line and remittance.
fn is_of(fields: &Fields, row: &str, one: &Remitted) -> bool {
    let says = |field: &str| fields.get(&name(row, field)).map(String::as_str).unwrap_or_default();
    says("line") == line_of(one) && says("remittance") == one.remittance.as_str()
}

fn line_of(one: &Remitted) -> String {
    one.line.map(|line| line.to_string()).unwrap_or_default()
}

/// What a kind of money is called in the form.
const fn label(kind: PostingKind) -> &'static str {
    match kind {
        PostingKind::PayerPayment => "Paid by this payer",
        PostingKind::OtherPayerPayment => "Paid by another payer",
        PostingKind::PatientResponsibility => "Patient share",
        PostingKind::Contractual => "Contract's reduction",
        PostingKind::Sequestration => "Sequestration",
        PostingKind::WriteOff(_) => "Written off",
        PostingKind::Recoupment => "Taken back",
        PostingKind::Interest => "Interest",
    }
}

/// Said where a payer gave way and no remittance pays what it gave way on.
const NOTHING_TOLD: &str = "No remittance here pays these lines, so nothing is filled in: post \
     what the payer's own paper or portal says, once the money is there.";

impl Desk<'_> {
    /// The forms that post: first what remittances say, then anything else.
    pub(super) fn posts(&self) -> Vec<ActForm> {
        let plain = self.form(Act::Post);
        if self.remitted.is_empty() {
            let is_told = self.case.status() != Status::Overturned;
            let is_there = self.case.balance.outstanding().is_zero();
            let hint = if is_told || is_there { plain.hint } else { NOTHING_TOLD.to_owned() };
            return vec![ActForm { hint, ..plain }];
        }
        let told = ActForm {
            label: "Post what the remittance says",
            hint: "Filled in from the remittance: look at it, change what differs, and confirm."
                .to_owned(),
            fields: vec![self.text(Act::Post, "why", "Why, where you changed an amount", false)],
            rows: self.rows(),
            key: plain.key,
            ..self.form(Act::Post)
        };
        vec![told, ActForm { label: "Post anything else", key: "", ..plain }]
    }

    /// True for the form of posting that is not the one to be filled in now.
    pub(super) fn is_other_post(&self, form: &ActForm) -> bool {
        let is_told = match self.typed_post() {
            Some(fields) => {
                !self.remitted.is_empty() && fields.keys().any(|name| name.starts_with(TOLD))
            }
            None => !self.remitted.is_empty(),
        };
        form.act == Act::Post.as_str() && form.rows.is_empty() == is_told
    }

    /// The fields of one amount.
    pub(super) fn posting(&self, act: Act) -> Vec<Field> {
        let kinds = [
            ("payer_payment", "Paid by this payer"),
            ("other_payer_payment", "Paid by another payer"),
            ("patient_responsibility", "Moved to the patient"),
            ("contractual", "The contract's own reduction"),
            ("sequestration", "Sequestration (CARC 253)"),
            ("interest", "Interest"),
            ("recoupment", "Taken back by the payer"),
        ];
        let reversible = self.case.postings.iter().filter(|one| {
            let is_reversed =
                self.case.postings.iter().any(|other| other.reverses.as_ref() == Some(&one.id));
            one.reverses.is_none() && !is_reversed
        });
        let reversible = reversible.map(|one| (one.id.to_string(), told_money::posting(one)));
        let nothing = std::iter::once((String::new(), "Nothing".to_owned()));
        let mut fields = Vec::new();
        if act == Act::Reopen {
            fields.push(self.words(act, "reason", "Why it opens again", true));
        }
        let first = if act == Act::Reopen { "recoupment" } else { "payer_payment" };
        fields.extend([
            self.chosen(act, "kind", "What", &kinds, first),
            self.amount(act),
            self.day(act, "on", "On", false),
            self.choice(act, "line", "Line", lines(self.case)),
        ]);
        if !self.case.postings.is_empty() {
            let all = nothing.chain(reversible).collect();
            fields.push(self.choice(act, "reverses", "Reverses", all));
        }
        fields.push(self.text(act, "why", "Why", false));
        fields
    }

    /// How much; a case of which everything is explained closes without more.
    fn amount(&self, act: Act) -> Field {
        let is_explained = self.case.balance.outstanding().is_zero();
        let (label, needed) = if act != Act::Post {
            ("Amount, if money moved", false)
        } else if is_explained {
            ("Amount, if more moved", false)
        } else {
            ("Amount", true)
        };
        self.money(act, "amount", label, needed)
    }

    fn rows(&self) -> Vec<PostRow> {
        self.remitted.iter().enumerate().map(|(at, one)| self.row(at, one)).collect()
    }

    /// What was typed to post.
    fn typed_post(&self) -> Option<&Fields> {
        self.typed.filter(|(act, _)| *act == Act::Post.as_str()).map(|(_, fields)| fields)
    }

    /// Which of the typed rows is of this line and remittance: what is left to post may stand in
    /// other places than when the form was opened.
    fn typed_row(&self, one: &Remitted) -> Option<(&Fields, &str)> {
        let fields = self.typed_post()?;
        let row = typed_rows(fields).into_iter().find(|row| is_of(fields, row, one))?;
        Some((fields, row))
    }

    /// What was typed for lines of which nothing is to be posted any more, in words; empty for
    /// nothing.
    pub(super) fn lost(&self) -> String {
        let Some(fields) = self.typed_post() else { return String::new() };
        let is_lost = |row: &&str| !self.remitted.iter().any(|one| is_of(fields, row, one));
        let told = |row: &str| {
            let typed = |field: &str| {
                fields.get(&name(row, field)).map_or("", |text| text.trim()).to_owned()
            };
            let amounts = KINDS.map(|kind| (label(kind), typed(kind.as_str())));
            let amounts = amounts.into_iter().chain([("On", typed("on"))]);
            let amounts = amounts.filter(|(_, text)| !text.is_empty());
            let amounts: Vec<String> =
                amounts.map(|(label, text)| format!("{label} {text}")).collect();
            let line = Some(typed("line")).filter(|line| !line.is_empty());
            let line = line.map_or("the whole claim".to_owned(), |line| format!("line {line}"));
            format!(
                " Typed for {line}, of which its remittance leaves nothing to post now: {}.",
                amounts.join(", ")
            )
        };
        let mut lost: String = typed_rows(fields).into_iter().filter(is_lost).map(told).collect();
        if let Some(why) = fields.get("why").filter(|why| !lost.is_empty() && !why.is_empty()) {
            lost.push_str(&format!(" Why: {why}."));
        }
        lost
    }

    fn row(&self, at: usize, one: &Remitted) -> PostRow {
        let typed = self.typed_row(one);
        let shown = |field: &str, told: String| match typed {
            Some((fields, row)) => fields.get(&name(row, field)).cloned().unwrap_or_default(),
            None => told,
        };
        let amount = |amount: Money| match amount.is_zero() {
            true => String::new(),
            false => amount.plain(),
        };
        let amounts = one
            .amounts
            .iter()
            .map(|(kind, told)| (kind.as_str(), label(*kind), shown(kind.as_str(), amount(*told))));
        let payer = &self.case.payer_name.name;
        PostRow {
            at,
            title: self.title(one),
            from: format!("{payer}, trace {}, paid {}", one.trace, words::day(one.on)),
            line: line_of(one),
            remittance: one.remittance.to_string(),
            on: shown("on", one.on.min(self.moment.today).to_string()),
            amounts: amounts.collect(),
            note: note(one),
        }
    }

    fn title(&self, one: &Remitted) -> String {
        let line = self.case.lines.iter().find(|it| it.line == one.line);
        let procedure = line.map(|line| line.procedure.to_string()).unwrap_or_default();
        let number = one.line.map_or("The whole claim".to_owned(), |line| format!("Line {line}"));
        if procedure.is_empty() { number } else { format!("{number} · {procedure}") }
    }
}

/// Money that moved.
pub(crate) struct PostingView {
    pub(crate) on: String,
    pub(crate) what: String,
    pub(crate) amount: String,
    pub(crate) line: String,
    pub(crate) why: String,
    pub(crate) by: String,
}

impl PostingView {
    /// Rows in words.
    pub(crate) fn all(rows: Vec<PostingRow>, people: &People) -> Vec<PostingView> {
        rows.into_iter().map(|row| PostingView::of(row, people)).collect()
    }

    fn of(row: PostingRow, people: &People) -> PostingView {
        let reason = row.reason.map(|reason| format!(" ({})", words::lower(&reason)));
        let reversal = if row.reverses.is_some() { "Reversal: " } else { "" };
        PostingView {
            on: words::day_of(&row.on_day),
            what: format!("{reversal}{}{}", words::label(&row.kind), reason.unwrap_or_default()),
            amount: words::money(row.amount),
            line: row.line.map(|line| line.to_string()).unwrap_or_default(),
            why: row.why,
            by: name_of(people, &row.by_person),
        }
    }
}

/// What of a line has to be looked at.
fn note(one: &Remitted) -> String {
    match (one.is_odd, one.open.is_zero()) {
        (false, _) => String::new(),
        (true, true) => {
            "Something beside the payment is neither the contract's nor the patient's: \
             look at the segments."
                .to_owned()
        }
        (true, false) => format!(
            "{} of what was denied is explained by none of these amounts: look at the segments.",
            one.open
        ),
    }
}
