//! A small reader of X12 for these tests alone, so that the world is not judged by its own writer.

/// A transaction as it stands in a file.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    pub(crate) segments: Vec<Vec<String>>,
    pub(crate) component: char,
}

/// A claim payment of an 835.
#[derive(Debug, Default, Clone)]
pub(crate) struct Payment {
    pub(crate) number: String,
    pub(crate) status: String,
    pub(crate) control: String,
    pub(crate) charge: i64,
    pub(crate) paid: i64,
    pub(crate) share: i64,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) remarks: Vec<String>,
    pub(crate) lines: Vec<PaidLine>,
    pub(crate) served_on: String,
    pub(crate) received_on: String,
}

/// A line of one.
#[derive(Debug, Default, Clone)]
pub(crate) struct PaidLine {
    pub(crate) control: String,
    pub(crate) charge: i64,
    pub(crate) paid: i64,
    pub(crate) allowed: Option<i64>,
    pub(crate) billed: String,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) remarks: Vec<String>,
}

impl PaidLine {
    /// True where this reason stands on it alone.
    pub(crate) fn is_reason(&self, reason: &str) -> bool {
        matches!(&self.adjustments[..], [one] if one.1 == reason)
    }
}

/// Group, reason, amount.
pub(crate) type Adjustment = (String, String, i64);

/// An 835 transaction.
#[derive(Debug, Default)]
pub(crate) struct Remittance {
    pub(crate) total: i64,
    pub(crate) handling: String,
    pub(crate) method: String,
    pub(crate) paid_on: String,
    pub(crate) produced_on: String,
    pub(crate) trace: String,
    pub(crate) payee: String,
    pub(crate) claims: Vec<Payment>,
    pub(crate) provider_level: Vec<(String, String, i64)>,
}

/// Cents of an amount as X12 writes it.
pub(crate) fn cents(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = format!("{part:0<2}");
    assert_eq!(part.len(), 2, "at most two decimals: {text}");
    sign * (whole.parse::<i64>().expect("digits") * 100 + part.parse::<i64>().expect("digits"))
}

/// Reads a file and holds its envelopes to their counts.
pub(crate) fn transactions(bytes: &[u8]) -> Vec<Transaction> {
    let text = std::str::from_utf8(bytes).expect("text");
    let (element, component, terminator) = separators(text);
    let mut found: Vec<Transaction> = Vec::new();
    let mut open: Option<Transaction> = None;
    let (mut sets, mut groups) = (0, 0);
    for segment in text.split(terminator).map(str::trim).filter(|one| !one.is_empty()) {
        let parts: Vec<String> = segment.split(element).map(str::to_owned).collect();
        match parts[0].as_str() {
            "ISA" => groups = 0,
            "GS" => {
                groups += 1;
                sets = 0;
            }
            "GE" => assert_eq!(parts[1], sets.to_string(), "GE01"),
            "IEA" => assert_eq!(parts[1], groups.to_string(), "IEA01"),
            "ST" => {
                sets += 1;
                let segments = vec![parts.clone()];
                open = Some(Transaction { segments, component });
            }
            _ => {
                let transaction = open.as_mut().expect("inside ST and SE");
                transaction.segments.push(parts.clone());
                if parts[0] == "SE" {
                    assert_eq!(parts[1], transaction.segments.len().to_string(), "SE01");
                    assert_eq!(parts[2], transaction.segments[0][2], "SE02");
                    found.extend(open.take());
                }
            }
        }
    }
    assert!(open.is_none(), "every ST has its SE");
    found
}

fn separators(text: &str) -> (char, char, char) {
    assert!(text.starts_with("ISA"));
    let bytes = text.as_bytes();
    (bytes[3] as char, bytes[104] as char, bytes[105] as char)
}

/// Reads an 835.
pub(crate) fn remittance(transaction: &Transaction) -> Remittance {
    let mut remit = Remittance::default();
    for parts in &transaction.segments {
        let at = |index: usize| parts.get(index).map_or("", String::as_str);
        match at(0) {
            "BPR" => {
                remit.handling = at(1).to_owned();
                remit.total = cents(at(2));
                remit.method = at(4).to_owned();
                remit.paid_on = at(16).to_owned();
            }
            "TRN" => remit.trace = at(2).to_owned(),
            "N1" if at(1) == "PE" => remit.payee = at(4).to_owned(),
            "DTM" if at(1) == "405" => remit.produced_on = at(2).to_owned(),
            "CLP" => remit.claims.push(Payment {
                number: at(1).to_owned(),
                status: at(2).to_owned(),
                charge: cents(at(3)),
                paid: cents(at(4)),
                share: cents(at(5)),
                control: at(7).to_owned(),
                ..Payment::default()
            }),
            "PLB" => provider_level(parts, transaction.component, &mut remit),
            _ => {
                if let Some(claim) = remit.claims.last_mut() {
                    claim_segment(parts, claim);
                }
            }
        }
    }
    remit
}

fn provider_level(parts: &[String], component: char, remit: &mut Remittance) {
    for pair in parts[3..].chunks(2) {
        let (code, reference) = pair[0].split_once(component).unwrap_or((&pair[0], ""));
        remit.provider_level.push((code.to_owned(), reference.to_owned(), cents(&pair[1])));
    }
}

fn claim_segment(parts: &[String], claim: &mut Payment) {
    let at = |index: usize| parts.get(index).map_or("", String::as_str);
    match (at(0), at(1)) {
        ("SVC", _) => claim.lines.push(PaidLine {
            charge: cents(at(2)),
            paid: cents(at(3)),
            billed: at(6).to_owned(),
            ..PaidLine::default()
        }),
        ("CAS", group) => {
            let found = parts[2..].chunks(3);
            let found = found.map(|one| (group.to_owned(), one[0].clone(), cents(&one[1])));
            match claim.lines.last_mut() {
                Some(line) => line.adjustments.extend(found),
                None => claim.adjustments.extend(found),
            }
        }
        ("REF", "6R") => claim.lines.last_mut().expect("a line is open").control = at(2).to_owned(),
        ("AMT", "B6") if at(2).matches('.').count() < 2 => {
            claim.lines.last_mut().expect("a line is open").allowed = Some(cents(at(2)));
        }
        ("LQ", "HE") => {
            claim.lines.last_mut().expect("a line is open").remarks.push(at(2).to_owned());
        }
        ("MOA", _) => claim.remarks.extend(parts[3..].iter().cloned()),
        ("DTM", "232") => claim.served_on = at(2).to_owned(),
        ("DTM", "050") => claim.received_on = at(2).to_owned(),
        _ => {}
    }
}
