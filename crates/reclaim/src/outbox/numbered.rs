//! An 837 that was written elsewhere, with the control number under which it leaves here.

use anyhow::{Context, bail, ensure};
use x12::{Reader, Row};

use crate::outbox::Numbers;

/// The same file under another control number and time, in its interchange and its one group.
///
/// # Errors
/// It is not one interchange with one group.
pub(crate) fn numbered(bytes: &[u8], numbers: &Numbers) -> anyhow::Result<Vec<u8>> {
    let mut reader = Reader::new(bytes);
    let mut out = Vec::with_capacity(bytes.len());
    let (mut interchanges, mut groups) = (0, 0);
    while let Some(block) = reader.next() {
        let delimiters = block.delimiters();
        for segment in block.segments() {
            interchanges += u32::from(segment.id() == b"ISA");
            groups += u32::from(segment.id() == b"GS");
            let mut row = Row::read(&segment);
            for (at, text) in own(segment.id(), numbers) {
                ensure!(at <= row.len(), "its envelope is not whole");
                row.set(at, &text).context("its envelope cannot bear the number")?;
            }
            out.extend_from_slice(row.raw());
            out.push(delimiters.segment);
        }
    }
    if (interchanges, groups) != (1, 1) {
        bail!("expected one interchange with one group, {interchanges} with {groups} came");
    }
    Ok(out)
}

/// The elements of an envelope's segment that are ours to say.
fn own(segment: &[u8], Numbers { control, at }: &Numbers) -> Vec<(usize, String)> {
    let told = |format: &str| at.strftime(format).to_string();
    match segment {
        b"ISA" => vec![(9, told("%y%m%d")), (10, told("%H%M")), (13, format!("{control:09}"))],
        b"IEA" => vec![(2, format!("{control:09}"))],
        b"GS" => vec![(4, told("%Y%m%d")), (5, told("%H%M")), (6, control.to_string())],
        b"GE" => vec![(2, control.to_string())],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          \
        *260301*1200*^*00501*000000001*0*P*:~\nGS*HC*CLINIC*PAYER*20260301*1200*1*X*005010X222A1~\n\
        ST*837*0001*005010X222A1~\nBHT*0019*00*B1*20260301*1200*CH~\nSE*3*0001~\nGE*1*1~\n\
        IEA*1*000000001~\n";

    fn numbers(control: u32) -> Numbers {
        Numbers { control, at: jiff::civil::date(2026, 3, 3).at(9, 5, 0, 0) }
    }

    #[test]
    fn the_envelope_bears_the_new_number_and_all_else_stays() {
        let text = numbered(FILE.as_bytes(), &numbers(712)).expect("numbered");
        let text = String::from_utf8(text).expect("text");
        assert!(text.contains("*260303*0905*^*00501*000000712*0*P*:~GS*"), "{text}");
        assert!(text.contains("*20260303*0905*712*X*"), "{text}");
        assert!(text.ends_with("SE*3*0001~GE*1*712~IEA*1*000000712~"), "{text}");
        assert!(text.contains("~BHT*0019*00*B1*20260301*1200*CH~"), "{text}");
    }

    #[test]
    fn several_or_none_are_refused() {
        let twice = format!("{FILE}{FILE}");
        assert!(numbered(twice.as_bytes(), &numbers(1)).is_err());
        assert!(numbered(b"prose", &numbers(1)).is_err());
        assert!(numbered(b"", &numbers(1)).is_err());
    }
}
