//! Lets a world of about so many claims happen without writing it, and says how fast:
//! `cargo run --release -p sim --example count -- 1000000`

use std::error::Error;
use std::time::Instant;

use jiff::civil::date;
use sim::{Item, Preset, Record, world};

fn main() -> Result<(), Box<dyn Error>> {
    let claims: u64 = std::env::args().nth(1).ok_or("usage: count CLAIMS")?.parse()?;
    let world = world(&Preset::load(claims), 1, date(2026, 11, 20));
    let began = Instant::now();
    let (mut bytes, mut lines) = (0, 0);
    world.run(|item| {
        match item {
            Item::File(file) => bytes += file.bytes.len(),
            Item::Truth(Record::Totals(totals)) => lines = totals.lines,
            Item::Truth(_) | Item::Day(_) => {}
        }
        Ok(())
    })?;
    let seconds = began.elapsed().as_secs_f64();
    println!("{lines} lines, {bytes} bytes in {seconds:.1} s");
    Ok(())
}
