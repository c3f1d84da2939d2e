//! Files that come from outside, read as a payer's front door reads them: an 837 by position, with
//! whatever is odd told and nothing trusted.

use jiff::civil::Date;

/// The longest file that is looked at.
const LONGEST: usize = 64 << 20;

/// An interchange with claims.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    /// ISA06, who sends.
    pub(crate) sender: String,
    /// ISA13.
    pub(crate) control: String,
    /// ISA14 asks for a TA1.
    pub(crate) wants_receipt: bool,
    /// TA105, where the envelope is wrong.
    pub(crate) fault: Option<&'static str>,
    pub(crate) groups: Vec<ReceivedGroup>,
}

/// A group of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReceivedGroup {
    /// GS01.
    pub(crate) code: String,
    /// GS06.
    pub(crate) control: String,
    /// GS08.
    pub(crate) version: String,
    pub(crate) transactions: Vec<Transaction>,
}

/// ST to SE.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transaction {
    /// ST01.
    pub(crate) set: String,
    /// ST02.
    pub(crate) control: String,
    /// IK502, where it is wrong.
    pub(crate) fault: Option<&'static str>,
    /// BHT03.
    pub(crate) batch: String,
    pub(crate) bills: Vec<Bill>,
    /// Questions where claims stand, of a 276.
    pub(crate) asked: Vec<Inquiry>,
}

/// A question where a claim stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inquiry {
    /// TRN02.
    pub(crate) trace: String,
    /// NM1*PR.
    pub(crate) payer: String,
    /// Last and first name of the patient.
    pub(crate) name: [String; 2],
    pub(crate) member: String,
    /// REF*EJ: CLM01.
    pub(crate) number: String,
    /// AMT*T3, in cents.
    pub(crate) charge: Option<i64>,
}

/// A claim as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bill {
    /// CLM01.
    pub(crate) number: String,
    /// CLM02, in cents.
    pub(crate) charge: Option<i64>,
    /// CLM05-3.
    pub(crate) frequency: String,
    /// REF*F8.
    pub(crate) replaces: String,
    /// NM1*PR of its subscriber.
    pub(crate) payer: String,
    /// Last and first name of the patient.
    pub(crate) name: [String; 2],
    pub(crate) member: String,
    pub(crate) served_on: Option<Date>,
    /// The charge of each line, in its order.
    pub(crate) lines: Vec<Option<i64>>,
    /// Everything that it says, but how it was sent and what a note says.
    pub(crate) said: Vec<String>,
}

/// Reads a file; `None` where it is no interchange at all.
pub(crate) fn read(bytes: &[u8]) -> Option<Received> {
    let bytes = bytes.trim_ascii_start();
    let isa = bytes.get(..106).filter(|isa| isa.starts_with(b"ISA"))?;
    let (element, component, terminator) = (isa[3], isa[104], isa[105]);
    let mut received = Received::default();
    if bytes.len() > LONGEST {
        received.fault = Some("022");
        return Some(received);
    }
    let separators = [element, component, terminator];
    let is_odd = separators.iter().any(|one| one.is_ascii_alphanumeric() || !one.is_ascii());
    if is_odd || element == component || element == terminator || component == terminator {
        received.fault = Some("022");
        return Some(received);
    }
    let mut reading = Reading { received, component: char::from(component), ..Reading::default() };
    for raw in bytes.split(|byte| *byte == terminator) {
        let text = String::from_utf8_lossy(raw.trim_ascii());
        if text.is_empty() {
            continue;
        }
        let elements: Vec<&str> = text.split(char::from(element)).collect();
        reading.segment(&elements);
    }
    Some(reading.finish())
}

/// What is open while a file is read.
#[derive(Default)]
struct Reading {
    received: Received,
    component: char,
    /// Segments since ST.
    segments: usize,
    in_transaction: bool,
    closed: bool,
    /// What stands above the claims: the subscriber as it was told last.
    subscriber: Bill,
    /// What stands above the questions of a 276.
    inquiry: Inquiry,
    in_claim: bool,
    line: bool,
}

/// The element at a place, empty where there is none.
fn at<'a>(elements: &[&'a str], place: usize) -> &'a str {
    elements.get(place).copied().unwrap_or_default().trim()
}

impl Reading {
    fn segment(&mut self, elements: &[&str]) {
        self.segments = self.segments.saturating_add(1);
        match at(elements, 0) {
            "ISA" => {
                self.received.sender = at(elements, 6).to_owned();
                self.received.control = at(elements, 13).to_owned();
                self.received.wants_receipt = at(elements, 14) == "1";
            }
            "GS" => self.received.groups.push(ReceivedGroup {
                code: at(elements, 1).to_owned(),
                control: at(elements, 6).to_owned(),
                version: at(elements, 8).to_owned(),
                transactions: Vec::new(),
            }),
            "ST" => self.open(elements),
            "SE" => self.close(elements),
            "IEA" => {
                self.closed = true;
                let counts = at(elements, 1).parse() == Ok(self.received.groups.len());
                if at(elements, 2) != self.received.control {
                    self.received.fault = Some("001");
                } else if !counts {
                    self.received.fault = Some("021");
                }
            }
            "GE" => {}
            _ if self.in_transaction => self.inside(elements),
            _ => {}
        }
    }

    fn open(&mut self, elements: &[&str]) {
        self.segments = 1;
        self.in_transaction = true;
        self.in_claim = false;
        self.subscriber = Bill::default();
        self.inquiry = Inquiry::default();
        let transaction = Transaction {
            set: at(elements, 1).to_owned(),
            control: at(elements, 2).to_owned(),
            fault: Some("2"), // until its SE has come
            ..Transaction::default()
        };
        if self.received.groups.is_empty() {
            self.received.fault = Some("024");
            self.received.groups.push(ReceivedGroup::default());
        }
        if let Some(group) = self.received.groups.last_mut() {
            group.transactions.push(transaction);
        }
    }

    fn close(&mut self, elements: &[&str]) {
        let segments = self.segments;
        self.in_transaction = false;
        self.in_claim = false;
        let Some(transaction) = self.transaction() else { return };
        transaction.fault = if at(elements, 2) != transaction.control {
            Some("3")
        } else if at(elements, 1).parse() != Ok(segments) {
            Some("4")
        } else if !matches!(transaction.set.as_str(), "837" | "276") {
            Some("1")
        } else {
            None
        };
    }

    fn transaction(&mut self) -> Option<&mut Transaction> {
        self.received.groups.last_mut()?.transactions.last_mut()
    }

    fn bill(&mut self) -> Option<&mut Bill> {
        self.transaction()?.bills.last_mut()
    }

    fn inside(&mut self, elements: &[&str]) {
        let is_inquiry = self.transaction().is_some_and(|one| one.set == "276");
        if is_inquiry && at(elements, 0) != "BHT" {
            self.inquire(elements);
            return;
        }
        match (at(elements, 0), at(elements, 1)) {
            ("BHT", _) => {
                let batch = at(elements, 3).to_owned();
                if let Some(transaction) = self.transaction() {
                    transaction.batch = batch;
                }
            }
            ("HL", _) => {
                self.in_claim = false;
                if at(elements, 3) == "22" {
                    self.subscriber = Bill::default();
                }
            }
            ("CLM", _) => self.claim(elements),
            _ if self.in_claim => self.in_bill(elements),
            ("NM1", "IL" | "QC") => {
                self.subscriber.name = [at(elements, 3), at(elements, 4)].map(str::to_owned);
                let member = at(elements, 9);
                if !member.is_empty() {
                    self.subscriber.member = member.to_owned();
                }
                self.above(elements);
            }
            ("NM1", "PR") => {
                at(elements, 9).clone_into(&mut self.subscriber.payer);
                self.above(elements);
            }
            _ => self.above(elements),
        }
    }

    /// A segment of a 276.
    fn inquire(&mut self, elements: &[&str]) {
        let value = at(elements, 2).to_owned();
        match (at(elements, 0), at(elements, 1)) {
            ("HL", _) if at(elements, 3) == "22" => {
                self.inquiry = Inquiry { payer: self.inquiry.payer.clone(), ..Inquiry::default() };
            }
            ("NM1", "PR") => at(elements, 9).clone_into(&mut self.inquiry.payer),
            ("NM1", "IL" | "QC") => {
                self.inquiry.name = [at(elements, 3), at(elements, 4)].map(str::to_owned);
                let member = at(elements, 9);
                if !member.is_empty() {
                    member.clone_into(&mut self.inquiry.member);
                }
            }
            ("TRN", _) => {
                let asked = Inquiry { trace: value, ..self.inquiry.clone() };
                if let Some(transaction) = self.transaction() {
                    transaction.asked.push(asked);
                }
            }
            ("REF", "EJ") => self.of_question(|one| one.number = value),
            ("AMT", "T3") => self.of_question(|one| one.charge = cents(&value)),
            _ => {}
        }
    }

    fn of_question(&mut self, change: impl FnOnce(&mut Inquiry)) {
        let last = self.transaction().and_then(|one| one.asked.last_mut());
        if let Some(last) = last {
            change(last);
        }
    }

    /// Keeps what stands above a claim.
    fn above(&mut self, elements: &[&str]) {
        let said = self.plain(elements);
        self.subscriber.said.push(said);
    }

    /// A segment, whatever its separators are.
    fn plain(&self, elements: &[&str]) -> String {
        let mut said = String::new();
        for element in elements {
            said.push_str(&element.trim().replace(self.component, "\u{1e}"));
            said.push('\u{1f}');
        }
        said.truncate(said.trim_end_matches(['\u{1e}', '\u{1f}']).len());
        said
    }

    fn claim(&mut self, elements: &[&str]) {
        let place = at(elements, 5);
        let mut parts = place.split(self.component);
        let kept: Vec<&str> = parts.by_ref().take(2).collect();
        let frequency = parts.next().unwrap_or_default().trim().to_owned();
        let mut bill = Bill {
            number: at(elements, 1).to_owned(),
            charge: cents(at(elements, 2)),
            frequency,
            ..self.subscriber.clone()
        };
        let mut told: Vec<&str> = elements.to_vec();
        let kept = kept.join("\u{1e}");
        if let Some(place) = told.get_mut(5) {
            *place = &kept;
        }
        bill.said.push(self.plain(&told));
        self.in_claim = true;
        self.line = false;
        if let Some(transaction) = self.transaction() {
            transaction.bills.push(bill);
        }
    }

    fn in_bill(&mut self, elements: &[&str]) {
        let said = self.plain(elements);
        let first = !self.line;
        match (at(elements, 0), at(elements, 1)) {
            ("LX", _) => self.line = true,
            ("NTE", _) => {}
            ("REF", "F8") if first => {
                let number = at(elements, 2).to_owned();
                if let Some(bill) = self.bill() {
                    bill.replaces = number;
                }
            }
            ("SV1" | "SV2", _) => {
                let place = if at(elements, 0) == "SV1" { 2 } else { 3 };
                let charge = cents(at(elements, place));
                self.keep(said, |bill| bill.lines.push(charge));
            }
            ("DTP", "472" | "434") => {
                let day = day(at(elements, 3));
                self.keep(said, |bill| bill.served_on = bill.served_on.or(day));
            }
            _ => self.keep(said, |_| {}),
        }
    }

    fn keep(&mut self, said: String, change: impl FnOnce(&mut Bill)) {
        if let Some(bill) = self.bill() {
            bill.said.push(said);
            change(bill);
        }
    }

    fn finish(mut self) -> Received {
        if !self.closed {
            self.received.fault = Some("023");
        }
        for group in &mut self.received.groups {
            for bill in group.transactions.iter_mut().flat_map(|one| &mut one.bills) {
                bill.said.sort_unstable();
            }
        }
        self.received
    }
}

/// An amount in cents; `None` where it is none that a claim may have.
fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() > 12 || part.len() > 2 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

/// CCYYMMDD, or the first day of a range of them.
fn day(text: &str) -> Option<Date> {
    let text = text.get(..8).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (year, month) = (text[..4].parse().ok()?, text[4..6].parse().ok()?);
    Date::new(year, month, text[6..].parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          \
        *260301*1200*^*00501*000000012*0*P*:~GS*HC*CLINIC*PAYER*20260301*1200*12*X*\
        005010X222A1~";

    fn whole(frequency: &str, f8: &str, newline: &str) -> String {
        format!(
            "{HEAD}ST*837*0001*005010X222A1~BHT*0019*00*B7*20260301*1200*CH~\
             HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~HL*2*1*22*0~SBR*P*18*******CI~\
             NM1*IL*1*SAMPLE*IDA****MI*M1~NM1*PR*2*PLAN*****PI*SIM04~\
             CLM*01-0000007*90.5***11:B:{frequency}*Y*A*Y*Y~{f8}HI*ABK:R69~LX*1~\
             SV1*HC:99213*90.5*UN*1***1~DTP*472*D8*20260210~SE*{}*0001~GE*1*12~\
             IEA*1*000000012~",
            if f8.is_empty() { 14 } else { 15 }
        )
        .replace('~', &format!("~{newline}"))
    }

    #[test]
    fn a_claim_is_read_and_how_it_was_sent_is_no_change() {
        let first = read(whole("1", "", "").as_bytes()).expect("an interchange");
        assert_eq!((first.fault, first.control.as_str()), (None, "000000012"));
        let transaction = &first.groups[0].transactions[0];
        assert_eq!((transaction.fault, transaction.batch.as_str()), (None, "B7"));
        let bill = &transaction.bills[0];
        assert_eq!((bill.charge, bill.lines.as_slice()), (Some(9_050), [Some(9_050)].as_slice()));
        assert_eq!((bill.payer.as_str(), bill.member.as_str()), ("SIM04", "M1"));
        let again = read(whole("7", "REF*F8*C1~", "\r\n").as_bytes()).expect("an interchange");
        let again = &again.groups[0].transactions[0].bills[0];
        assert_eq!((again.frequency.as_str(), again.replaces.as_str()), ("7", "C1"));
        assert_eq!(again.said, bill.said);
    }

    #[test]
    fn a_question_is_read_with_what_stands_above_it() {
        let text = format!(
            "{}ST*276*0001*005010X212~BHT*0010*13*Q7*20260301*1200~HL*1**20*1~\
             NM1*PR*2*PLAN*****PI*SIM04~HL*2*1*21*1~NM1*41*2*CLINIC*****46*C~HL*3*2*19*1~\
             NM1*1P*2*CLINIC*****XX*1234567893~HL*4*3*22*0~DMG*D8*19800101*F~\
             NM1*IL*1*SAMPLE*IDA****MI*M1~TRN*1*Q7-1~REF*EJ*01-0000007~AMT*T3*90.5~\
             HL*5*3*22*0~NM1*IL*1*OTHER*BO****MI*M2~TRN*1*Q7-2~SE*18*0001~GE*1*12~\
             IEA*1*000000012~",
            HEAD.replace("GS*HC", "GS*HR").replace("005010X222A1", "005010X212")
        );
        let read = read(text.as_bytes()).expect("an interchange");
        assert_eq!((read.fault, read.groups[0].code.as_str()), (None, "HR"));
        let transaction = &read.groups[0].transactions[0];
        assert_eq!((transaction.fault, transaction.batch.as_str()), (None, "Q7"));
        let [one, two] = &transaction.asked[..] else { panic!("two questions") };
        assert_eq!((one.trace.as_str(), one.number.as_str()), ("Q7-1", "01-0000007"));
        assert_eq!((one.payer.as_str(), one.charge), ("SIM04", Some(9_050)));
        assert_eq!((two.trace.as_str(), two.member.as_str()), ("Q7-2", "M2"));
        assert_eq!((two.number.as_str(), two.charge), ("", None));
        assert!(transaction.bills.is_empty());
    }

    #[test]
    fn odd_files_are_told_and_never_panic() {
        assert!(read(b"").is_none() && read(b"{\"a\":1}").is_none());
        let good = whole("1", "", "");
        let fault = |text: &str| read(text.as_bytes()).and_then(|one| one.fault);
        assert_eq!(fault(&good.replace("IEA*1*000000012~", "")), Some("023"));
        assert_eq!(fault(&good.replace("IEA*1*000000012", "IEA*1*000000013")), Some("001"));
        assert_eq!(fault(&good.replace("IEA*1*", "IEA*2*")), Some("021"));
        assert_eq!(fault(&good.replace(":~GS", "*~GS")), Some("022"));
        let inside = |text: &str| {
            let read = read(text.as_bytes()).expect("an interchange");
            read.groups[0].transactions[0].fault
        };
        assert_eq!(inside(&good.replace("SE*14*", "SE*15*")), Some("4"));
        assert_eq!(inside(&good.replace("SE*14*0001~", "")), Some("2"));
        assert_eq!(inside(&good.replace("ST*837", "ST*270")), Some("1"));
        for cut in 0..good.len() {
            let _ = read(&good.as_bytes()[..cut]);
            let mut broken = good.clone().into_bytes();
            broken[cut] = 0xFF;
            let _ = read(&broken);
        }
    }

    #[test]
    fn amounts_are_exact_or_none() {
        for (text, expected) in [("1", Some(100)), ("1.5", Some(150)), (".07", Some(7))] {
            assert_eq!(cents(text), expected);
        }
        for text in ["", ".", "-1", "1.234", "1,5", "9999999999999", "x"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }
}
