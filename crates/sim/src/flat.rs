//! One large 835 of even claims, for measuring: three lines a claim, about six hundred bytes, a
//! refused line in one claim of eight. Nothing is drawn; the same numbers give the same bytes.

use std::io::{self, Write};

/// The shape of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flat {
    /// Number of the first claim; another one gives other claims.
    pub first: u64,
    /// How many claims.
    pub claims: u64,
    /// Claims of one ST; all of them for one giant remittance.
    pub per_remittance: u64,
}

/// Charge, allowed and paid of each line, in cents: coinsurance is what is between the last two.
const LINES: [(&str, i64, i64, i64); 3] = [
    ("99213", 18_000, 9_204, 7_364),
    ("93000", 6_500, 1_647, 1_317),
    ("71046", 9_000, 3_115, 2_492),
];

impl Flat {
    /// Writes the file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let control = self.first % 1_000_000_000;
        write!(
            out,
            "ISA*00*          *00*          *ZZ*SIMPAYER       *ZZ*SIMCLINIC      *260105*0600*^\
             *00501*{control:09}*0*P*:~GS*HP*SIMPAYER*SIMCLINIC*20260105*0600*1*X*005010X221A1~"
        )?;
        let mut transactions = 0;
        let mut begun = 0;
        while begun < self.claims {
            let count = self.per_remittance.clamp(1, self.claims - begun);
            transactions += 1;
            self.remittance(self.first + begun, count, transactions, out)?;
            begun += count;
        }
        write!(out, "GE*{transactions}*1~IEA*1*{control:09}~")
    }

    fn remittance(
        &self,
        first: u64,
        count: u64,
        number: u64,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let total: i64 = (first..first + count).map(paid).sum();
        write!(
            out,
            "ST*835*{number:04}~BPR*I*{}*C*ACH*CCP*01*999999992*DA*1*1999999999**01*999999992*DA\
             *1*20260105~TRN*1*F{first:010}*1999999999~DTM*405*20260105~N1*PR*SIMULATED PAYER~\
             N3*1 SAMPLE ST~N4*SAMPLEVILLE*OH*45000~REF*2U*SIMPAYER~N1*PE*SIMULATED CLINIC*XX\
             *1234567893~LX*1~",
            dollars(total)
        )?;
        let mut segments = 10;
        for claim in first..first + count {
            segments += self::claim(claim, out)?;
        }
        write!(out, "SE*{}*{number:04}~", segments + 1)
    }
}

/// The claim's second line is refused.
const fn is_refused(claim: u64) -> bool {
    claim.is_multiple_of(8)
}

fn paid(claim: u64) -> i64 {
    let lines = LINES.iter().enumerate();
    lines.filter(|(at, _)| !(is_refused(claim) && *at == 1)).map(|(_, line)| line.3).sum()
}

fn claim(claim: u64, out: &mut impl Write) -> io::Result<u64> {
    let charge: i64 = LINES.iter().map(|line| line.1).sum();
    let owed = |at: usize, line: &(&str, i64, i64, i64)| {
        if is_refused(claim) && at == 1 { 0 } else { line.2 - line.3 }
    };
    let share: i64 = LINES.iter().enumerate().map(|(at, line)| owed(at, line)).sum();
    let day = 1 + claim % 28;
    write!(
        out,
        "CLP*C{claim:010}*1*{}*{}*{}*12*P{claim:012}*11*1~NM1*QC*1*SIMFIELD*SAM****MI*M{:09}~\
         NM1*82*1*FICTIVE*FAY****XX*1234567893~DTM*050*20251230~",
        dollars(charge),
        dollars(paid(claim)),
        dollars(share),
        claim % 1_000_000_000
    )?;
    let mut segments = 4;
    for (at, (code, charge, allowed, paid)) in LINES.iter().enumerate() {
        let refused = is_refused(claim) && at == 1;
        let paid = if refused { 0 } else { *paid };
        write!(
            out,
            "SVC*HC:{code}*{}*{}**1~DTM*472*202511{day:02}~",
            dollars(*charge),
            dollars(paid)
        )?;
        if refused {
            write!(out, "CAS*CO*197*{}~REF*6R*{}~LQ*HE*M62~", dollars(*charge), at + 1)?;
            segments += 5;
        } else {
            write!(
                out,
                "CAS*CO*45*{}~CAS*PR*2*{}~REF*6R*{}~AMT*B6*{}~",
                dollars(charge - allowed),
                dollars(allowed - paid),
                at + 1,
                dollars(*allowed)
            )?;
            segments += 6;
        }
    }
    Ok(segments)
}

fn dollars(cents: i64) -> String {
    match cents % 100 {
        0 => format!("{}", cents / 100),
        rest => format!("{}.{rest:02}", cents / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_and_payment_adds_up() {
        let mut bytes = Vec::new();
        Flat { first: 1, claims: 250, per_remittance: 100 }.write(&mut bytes).expect("written");
        let text = String::from_utf8(bytes).expect("text");
        let amount =
            |field: &str| (field.parse::<f64>().expect("an amount") * 100.0).round() as i64;
        let (mut open, mut payments) = (0, Vec::new());
        for segment in text.split('~') {
            let fields: Vec<&str> = segment.split('*').collect();
            match fields[0] {
                "BPR" => payments.push(amount(fields[2])),
                "CLP" => *payments.last_mut().expect("a payment") -= amount(fields[4]),
                "SVC" => open = amount(fields[2]) - amount(fields[3]),
                "CAS" => open -= amount(fields[3]),
                "REF" if fields[1] == "6R" => assert_eq!(open, 0, "{segment}"),
                _ => {}
            }
        }
        assert_eq!(payments, [0, 0, 0]);
        assert_eq!(text.matches("CLP*").count(), 250);
    }
}
