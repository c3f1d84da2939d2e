//! Writes a world to disk: `cargo run --release -p sim --example write -- tiny 1 2026-11-20 out`
//! makes `out/files` and `out/truth`.

use std::error::Error;
use std::path::PathBuf;

use jiff::civil::Date;
use sim::{Preset, world};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [preset, seed, ends_on, folder] = &words[..] else {
        return Err("usage: write tiny|demo SEED YYYY-MM-DD FOLDER".into());
    };
    let preset = Preset::named(preset).ok_or("expected the preset tiny or demo")?;
    let ends_on: Date = ends_on.parse()?;
    let folder = PathBuf::from(folder);
    let world = world(&preset, seed.parse()?, ends_on);
    let mut days = 0;
    world.write(&folder.join("files"), &folder.join("truth"), |_| days += 1)?;
    println!("{days} days of {} in {}", world.practice().name, folder.display());
    Ok(())
}
