//! Writes one large even 835: `flat CLAIMS CLAIMS_PER_REMITTANCE FILE [FIRST]`.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use sim::flat::Flat;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    let (Some(claims), Some(per_remittance), Some(path)) = (number(0), number(1), arguments.get(2))
    else {
        return Err(io::Error::other("expected CLAIMS CLAIMS_PER_REMITTANCE FILE [FIRST]"));
    };
    let mut out = BufWriter::new(File::create(path)?);
    Flat { first: number(3).unwrap_or(1), claims, per_remittance }.write(&mut out)?;
    out.flush()
}
