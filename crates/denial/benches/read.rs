//! How fast a remittance is read: bytes to typed claim payments, exact cents, all findings, every
//! balance; one core, streamed. Printed beside its floor and, where named, a peer.
//!
//! `cargo bench -p denial --bench read [-- --oxedi PYTHON] [--megabytes N] [--runs N]`, where
//! PYTHON is an interpreter that has oxedi 0.6 (`pip install oxedi==0.6.0` in a venv).

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use denial::intake::{Intake, Piece};
use denial::money::Money;
use denial::remittance::{Check, Span};
use denial::totals::Totals;
use x12::{Reader, amount};

fn main() -> io::Result<()> {
    let settings = Settings::from_arguments();
    let folder = std::env::temp_dir().join(format!("reclaim-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let file = folder.join("remittance.835");
    let result = measure(&settings, &file);
    fs::remove_dir_all(&folder)?;
    result
}

struct Settings {
    python: Option<PathBuf>,
    megabytes: u64,
    runs: usize,
}

impl Settings {
    fn from_arguments() -> Settings {
        let arguments: Vec<String> = std::env::args().collect();
        let after = |name: &str| {
            let at = arguments.iter().position(|one| one == name)?;
            arguments.get(at + 1).cloned()
        };
        let number = |name: &str| after(name).and_then(|text| text.parse().ok());
        Settings {
            python: after("--oxedi").map(PathBuf::from),
            megabytes: number("--megabytes").unwrap_or(100),
            runs: number("--runs").map_or(5, |runs| usize::try_from(runs).expect("a small number")),
        }
    }
}

fn measure(settings: &Settings, file: &Path) -> io::Result<()> {
    let made = generate(file, settings.megabytes * 1_000_000)?;
    println!("{} claims, {} lines, {} bytes", made.claims, made.lines, made.bytes);
    let megabytes = made.bytes / 1_000;
    let speed = |nanoseconds: u64| megabytes * 1_000_000 / nanoseconds.max(1);

    let reading = median(settings.runs, || {
        let read = read(file).expect("the file is there");
        assert_eq!((read.totals.claims, read.totals.lines), (made.claims, made.lines));
        assert_eq!(read.totals.paid, made.paid);
        assert_eq!((read.findings, read.imbalances), (0, made.imbalances));
    });
    let peak = peak_kilobytes();
    println!("reader          {:>6} MB/s   peak {} MB", speed(reading), peak / 1_000);

    let floor = median(settings.runs, || {
        assert_eq!(scan(file).expect("the file is there"), made.paid.cents());
    });
    println!("floor           {:>6} MB/s   a scan to cents that keeps nothing", speed(floor));
    println!("reader / floor  {:>6} %", floor * 100 / reading.max(1));

    if let Some(python) = &settings.python {
        let peer = oxedi(python, file, settings.runs.min(3))?;
        let kilobytes = peer.kilobytes;
        println!(
            "oxedi           {:>6} MB/s   peak {} MB",
            speed(peer.nanoseconds),
            kilobytes / 1_000
        );
        let tenths = peer.nanoseconds * 10 / reading.max(1);
        println!("reader / oxedi  {:>4}.{} ×   must 5, aim 11", tenths / 10, tenths % 10);
    }
    Ok(())
}

/// Processor time of the middle run, in nanoseconds, so that neighbours do not count.
fn median(runs: usize, mut work: impl FnMut()) -> u64 {
    let mut times: Vec<u64> = (0..runs.max(1))
        .map(|_| {
            let before = on_processor();
            work();
            on_processor() - before
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// Nanoseconds that this thread has run, as Linux counts them.
fn on_processor() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|word| word.parse().ok()).expect("nanoseconds")
}

/// The most memory that the program has held.
fn peak_kilobytes() -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("kilobytes")
}

#[derive(Default)]
struct Reading {
    totals: Totals,
    findings: usize,
    imbalances: u64,
}

/// What `doctor` and `take` do with a remittance before they keep anything.
fn read(file: &Path) -> io::Result<Reading> {
    let mut reader = Reader::new(File::open(file)?);
    let (mut intake, mut findings) = (Intake::default(), Vec::new());
    let (mut all, mut one) = (Reading::default(), Totals::default());
    let mut span = Span::default();
    while let Some(block) = reader.next() {
        match intake.read(&block, &mut findings) {
            Some(Piece::Head(head)) => {
                all.close(&one, span);
                span = head.span;
                one = Totals::default();
                one.add_head(&head);
            }
            Some(Piece::Claim(claim)) => {
                one.add_claim(&claim);
                let found = claim.imbalances();
                all.imbalances +=
                    found.iter().filter(|one| one.check == Check::Claim).count() as u64;
            }
            Some(Piece::Provider(list)) => {
                list.iter().for_each(|adjustment| one.add_provider_adjustment(adjustment));
            }
            None => {}
        }
        findings.drain(..).for_each(|finding| reader.note(finding));
    }
    all.close(&one, span);
    all.findings = reader.finish().len();
    Ok(all)
}

impl Reading {
    fn close(&mut self, one: &Totals, span: Span) {
        self.imbalances += u64::from(one.imbalance(span).is_some());
        self.totals.add(one);
    }
}

/// The floor: finds segments and turns the amounts of claims, lines and adjustments into cents.
fn scan(file: &Path) -> io::Result<i64> {
    let mut source = File::open(file)?;
    let mut buffer = vec![0; 256 * 1024];
    let (mut filled, mut paid, mut rest) = (0, 0, 0_i64);
    loop {
        let count = source.read(&mut buffer[filled..])?;
        if count == 0 {
            assert_ne!(rest, 1, "the sum is used");
            return Ok(paid);
        }
        filled += count;
        let mut from = 0;
        for end in memchr::memchr_iter(b'~', &buffer[..filled]) {
            let segment = &buffer[from..end];
            match segment.get(..4) {
                Some(b"CLP*") => paid += amounts(segment, [3, 4]),
                Some(b"SVC*") => rest ^= amounts(segment, [2, 3]),
                Some(b"CAS*") => rest ^= amounts(segment, [3, 6]),
                _ => {}
            }
            from = end + 1;
        }
        buffer.copy_within(from..filled, 0);
        filled -= from;
    }
}

/// The second of two amounts; both are read.
fn amounts(segment: &[u8], wanted: [usize; 2]) -> i64 {
    let (mut last, mut from) = (0, 0);
    for (number, end) in memchr::memchr_iter(b'*', segment).chain([segment.len()]).enumerate() {
        if number == wanted[0] || number == wanted[1] {
            last = amount::cents(&segment[from..end]).unwrap_or(0);
        }
        if number == wanted[1] {
            break;
        }
        from = end + 1;
    }
    last
}

struct Peer {
    nanoseconds: u64,
    kilobytes: u64,
}

/// Runs oxedi on the same file, streamed by transaction, its lighter way; processor time inside.
fn oxedi(python: &Path, file: &Path, runs: usize) -> io::Result<Peer> {
    const PROGRAM: &str = "
import oxedi, resource, sys, time
times = []
for _ in range(int(sys.argv[2])):
    before = time.process_time_ns()
    data = open(sys.argv[1], 'rb').read()
    for batch in oxedi.stream(data):
        batch.diagnostics
    times.append(time.process_time_ns() - before)
print(sorted(times)[len(times) // 2], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
";
    let output =
        Command::new(python).args(["-c", PROGRAM]).arg(file).arg(runs.to_string()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [nanoseconds, kilobytes] => Ok(Peer { nanoseconds, kilobytes }),
        _ => Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}

/// What was generated, so that the reading can be checked against it.
#[derive(Default)]
struct Made {
    claims: u64,
    lines: u64,
    bytes: u64,
    paid: Money,
    imbalances: u64,
}

/// Claims in one ST.
const CLAIMS: u64 = 100;

/// A remittance like a payer's: about 600 bytes and three lines a claim, a hundred claims an ST;
/// one claim in a thousand does not add up, and its ST neither.
fn generate(file: &Path, size: u64) -> io::Result<Made> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut made = Made::default();
    let mut dice = 1_u64;
    write!(
        out,
        "ISA*00*          *00*          *ZZ*SAMPLEPAYER    *ZZ*SAMPLECLINIC   *260105*1200*^*00501*\
         000000001*0*P*:~GS*HP*SAMPLEPAYER*SAMPLECLINIC*20260105*1200*1*X*005010X221A1~"
    )?;
    let (mut transactions, mut segments) = (0_u64, String::new());
    while made.bytes < size {
        transactions += 1;
        segments.clear();
        let paid = transaction(transactions, &mut dice, &mut made, &mut segments);
        let payer = format!(
            "ST*835*{transactions:06}~BPR*I*{}*C*ACH*CCP*01*111000025*DA*1*1990000001**01*111000025\
             *DA*2*20260107~TRN*1*EFT{transactions:08}*1990000001~DTM*405*20260105~N1*PR*SAMPLE \
             HEALTH PLAN~N3*1 SAMPLE STREET~N4*COLUMBUS*OH*43004~REF*2U*SH001~PER*BL*DESK*TE*\
             6145550100~N1*PE*SAMPLE CLINIC*XX*1234567893~REF*TJ*990000001~LX*1~",
            paid.plain()
        );
        let count = [&payer, &segments].iter().map(|text| text.matches('~').count()).sum::<usize>();
        let trailer = format!("SE*{}*{transactions:06}~", count + 1);
        for text in [&payer, &segments, &trailer] {
            out.write_all(text.as_bytes())?;
            made.bytes += text.len() as u64;
        }
    }
    write!(out, "GE*{transactions}*1~IEA*1*000000001~")?;
    out.flush()?;
    made.bytes = fs::metadata(file)?.len();
    Ok(made)
}

/// The claims of one ST; returns what it pays.
fn transaction(number: u64, dice: &mut u64, made: &mut Made, out: &mut String) -> Money {
    use std::fmt::Write as _;
    let mut total = Money::ZERO;
    for claim in 0..CLAIMS {
        let id = number * CLAIMS + claim;
        let (mut charge, mut paid, mut share) = (0, 0, 0);
        let mut lines = String::new();
        let count = if id.is_multiple_of(40) { 2 } else { 3 };
        for line in 1..=count {
            let billed = 5_000 + roll(dice, 40_000);
            let denied = roll(dice, 12) == 0;
            let contract = if denied { billed } else { billed * 3 / 10 };
            let patient = if denied { 0 } else { 2_000 };
            let reason = if denied { "50" } else { "45" };
            let line_paid = billed - contract - patient;
            (charge, paid, share) = (charge + billed, paid + line_paid, share + patient);
            let code = 99_201 + roll(dice, 15);
            write!(
                lines,
                "SVC*HC:{code}:25*{}*{}**1~DTM*472*20251{:03}~CAS*CO*{reason}*{}~",
                cents(billed),
                cents(line_paid),
                201 + roll(dice, 28),
                cents(contract)
            )
            .expect("text");
            if patient > 0 {
                write!(lines, "CAS*PR*1*{}~", cents(patient)).expect("text");
            }
            write!(lines, "REF*6R*{id}L{line}~AMT*B6*{}~", cents(line_paid + patient))
                .expect("text");
            if denied {
                lines.push_str("LQ*HE*N115~");
            }
        }
        let is_off = id.is_multiple_of(1_000);
        let told = if is_off { paid + 1 } else { paid };
        write!(
            out,
            "CLP*CLM{id:08}*1*{}*{}*{}*12*ICN{:010}*11*1~NM1*QC*1*FAMILY{}*GIVEN****MI*M{:08}~\
             NM1*82*1*DOCTOR*DORA****XX*1234567893~MOA***MA01~REF*EA*MR{id:07}~DTM*232*20251201~\
             DTM*233*20251228~DTM*050*20251230~AMT*AU*{}~{lines}",
            cents(charge),
            cents(told),
            cents(share),
            id * 7,
            roll(dice, 900),
            id % 90_000,
            cents(paid + share)
        )
        .expect("text");
        made.claims += 1;
        made.lines += count;
        made.imbalances += u64::from(is_off);
        total += Money::from_cents(i64::try_from(told).expect("small"));
    }
    made.paid += total;
    total
}

fn roll(dice: &mut u64, limit: u64) -> u64 {
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*dice >> 33) % limit
}

/// As payers write amounts: trailing zeros cut.
fn cents(amount: u64) -> String {
    let (dollars, rest) = (amount / 100, amount % 100);
    match (rest, rest % 10) {
        (0, _) => dollars.to_string(),
        (_, 0) => format!("{dollars}.{}", rest / 10),
        _ => format!("{dollars}.{rest:02}"),
    }
}
