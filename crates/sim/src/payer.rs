//! Payers: what they pay, when, and how their remittances look.

use jiff::civil::{Date, Weekday};

use crate::calendar;
use crate::identity;
use crate::rule::Rules;
use crate::stream::{Entity, Purpose, Stream};

/// Kinds of payers, which differ in rules, rates and patient shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Medicare,
    Advantage,
    Commercial,
    Marketplace,
    Medicaid,
    MedicaidPlan,
    WorkersComp,
    /// Pays after Medicare only.
    Supplement,
}

impl Class {
    /// How often its claims meet a fault, in percent of the rates of faults; set so that the
    /// classes come near their shares of denied claims (simulator §3.2).
    pub(crate) const fn fault_percent(self) -> u64 {
        match self {
            Class::Medicare => 60,
            Class::Advantage => 105,
            Class::Commercial => 72,
            Class::Marketplace => 126,
            Class::Medicaid => 114,
            Class::MedicaidPlan => 109,
            Class::WorkersComp | Class::Supplement => 80,
        }
    }
}

/// When a payer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhythm {
    Daily,
    Weekly(Weekday),
}

/// How a payer takes back what it overpaid (x12 §5, RFI 1756, 1082, 758).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recoupment {
    /// Reversal and correction take it at once.
    AtOnce,
    /// A letter, then PLB WO alone.
    Letter,
    /// Reversal and correction; WO gives the money back, and a later WO takes it.
    Later,
}

/// Whose remittances travel in one file, and how they are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One interchange, one group, its transactions one after the other.
    OneGroup,
    /// Each transaction in an interchange of its own.
    Interchanges,
}

/// The separators that a sender uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Separators {
    pub(crate) element: char,
    pub(crate) component: char,
    pub(crate) repetition: char,
    pub(crate) terminator: char,
    pub(crate) newline: &'static str,
}

impl Separators {
    pub(crate) const USUAL: Separators = Separators {
        element: '*',
        component: ':',
        repetition: '^',
        terminator: '~',
        newline: "\n",
    };
    const ONE_LINE: Separators = Separators { newline: "", ..Separators::USUAL };
    const BARS: Separators = Separators {
        element: '|',
        component: '>',
        repetition: '^',
        terminator: '~',
        newline: "\r\n",
    };
}

/// What is fixed of a payer in every world.
struct Profile {
    class: Class,
    name: &'static str,
    filing: &'static str,
    share: u32,
    multiplier: i64,
    rhythm: Rhythm,
    route: usize,
}

const fn profile(
    class: Class,
    name: &'static str,
    filing: &'static str,
    share: u32,
    multiplier: i64,
    rhythm: Rhythm,
    route: usize,
) -> Profile {
    Profile { class, name, filing, share, multiplier, rhythm, route }
}

const PROFILES: [Profile; 14] = {
    use Class as C;
    use Rhythm::{Daily, Weekly};
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    [
        profile(C::Medicare, "SIMULATED MEDICARE PART B", "MB", 220, 100, Daily, 0),
        profile(C::Advantage, "EXAMPLE ADVANTAGE PLAN", "16", 100, 99, Weekly(Tuesday), 1),
        profile(C::Advantage, "SPECIMEN SENIOR HEALTH", "16", 80, 102, Weekly(Thursday), 2),
        profile(C::Commercial, "FICTIVE MUTUAL", "CI", 100, 141, Weekly(Monday), 3),
        profile(C::Commercial, "MOCK SHIELD PLAN", "BL", 90, 128, Daily, 4),
        profile(C::Commercial, "PLACEHOLDER HEALTH", "CI", 80, 152, Weekly(Wednesday), 5),
        profile(C::Commercial, "PRETEND BENEFIT TRUST", "CI", 60, 118, Weekly(Wednesday), 5),
        profile(C::Commercial, "IMAGINARY EMPLOYERS FUND", "CI", 50, 135, Weekly(Wednesday), 5),
        profile(C::Marketplace, "MODEL MARKET HEALTH", "HM", 50, 115, Weekly(Friday), 6),
        profile(C::Medicaid, "SIMULATED MEDICAID", "MC", 40, 72, Weekly(Monday), 7),
        profile(C::MedicaidPlan, "SAMPLE COMMUNITY PLAN", "MC", 70, 75, Weekly(Thursday), 8),
        profile(C::MedicaidPlan, "STANDIN FAMILY CARE", "MC", 60, 76, Weekly(Thursday), 8),
        profile(C::WorkersComp, "UNREAL WORK INJURY FUND", "WC", 8, 125, Weekly(Friday), 9),
        profile(C::Supplement, "PROXY MEDIGAP", "CI", 0, 100, Weekly(Tuesday), 10),
    ]
};

/// The payer that pays after Medicare alone.
pub(crate) const SUPPLEMENT: usize = 13;
/// The state's own Medicaid, second payer of many.
pub(crate) const MEDICAID: usize = 9;
/// The payer whose system errs for some days and then heals (drift D6).
pub(crate) const ERRING: usize = 3;

/// A payer of the world.
#[derive(Clone, Debug)]
pub(crate) struct Payer {
    pub(crate) at: usize,
    pub(crate) class: Class,
    pub(crate) name: &'static str,
    /// Its id in NM1*PR and in file names.
    pub(crate) code: String,
    pub(crate) tax_id: String,
    /// SBR09.
    pub(crate) filing: &'static str,
    /// CLP06, whose list is another one.
    pub(crate) paid_as: &'static str,
    /// Share of patients.
    pub(crate) share: u32,
    /// Its prices, against Medicare's 100.
    pub(crate) multiplier: i64,
    pub(crate) rhythm: Rhythm,
    pub(crate) route: usize,
    pub(crate) separators: Separators,
    pub(crate) layout: Layout,
    /// Corrections travel in a transaction of their own.
    pub(crate) adjusts_apart: bool,
    pub(crate) median_days: i64,
    pub(crate) filing_limit: i64,
    pub(crate) recoupment: Recoupment,
    /// Forwards claims to the next payer by itself.
    pub(crate) crosses_over: bool,
    /// Says no when a denied claim comes back as a replacement; wants a new claim.
    pub(crate) originals_only: bool,
    /// Writes CLP02 = 4 for every refused claim, against the guide (RFI 1423).
    pub(crate) misuses_denied: bool,
    /// Writes CLP02 = 3 though it pays first, against the guide (RFI 546).
    pub(crate) says_third: bool,
    /// Cuts what it pays by two percent.
    pub(crate) sequesters: bool,
    pub(crate) rules: Rules,
}

impl Payer {
    /// Every payer of a world.
    pub(crate) fn all(seed: u64, starts_on: Date, days: i64) -> Vec<Payer> {
        let payers = PROFILES.iter().enumerate();
        payers.map(|(at, profile)| Payer::draw(seed, at, profile, starts_on, days)).collect()
    }

    fn draw(seed: u64, at: usize, profile: &Profile, starts_on: Date, days: i64) -> Payer {
        let id = at as u64;
        let habits = &mut Stream::new(seed, Entity::Payer, id, Purpose::Habits);
        let rules = &mut Stream::new(seed, Entity::Payer, id, Purpose::Rules);
        let class = profile.class;
        Payer {
            at,
            class,
            name: profile.name,
            code: format!("SIM{:02}", at + 1),
            tax_id: identity::tax_id(habits),
            filing: profile.filing,
            paid_as: paid_as(profile.filing),
            share: profile.share,
            multiplier: profile.multiplier,
            rhythm: profile.rhythm,
            route: profile.route,
            separators: match profile.route {
                2 | 6 => Separators::ONE_LINE,
                4 => Separators::BARS,
                _ => Separators::USUAL,
            },
            layout: if profile.route == 8 { Layout::Interchanges } else { Layout::OneGroup },
            adjusts_apart: matches!(at, 1 | 3 | 6 | 10 | 12),
            median_days: median_days(class) + habits.between(-2, 2),
            filing_limit: filing_limit(class, habits),
            recoupment: match at % 3 {
                0 => Recoupment::AtOnce,
                1 => Recoupment::Letter,
                _ => Recoupment::Later,
            },
            crosses_over: class == Class::Medicare,
            originals_only: class == Class::Medicare,
            misuses_denied: at == 8,
            says_third: at == 11,
            sequesters: class == Class::Medicare || at == 1,
            rules: Rules::draw(rules, starts_on, days),
        }
    }

    /// The day on which a decision of that day is paid.
    pub(crate) fn pay_day(&self, decided_on: Date) -> Date {
        match self.rhythm {
            Rhythm::Daily => calendar::working_from(decided_on),
            Rhythm::Weekly(weekday) => calendar::weekday_from(decided_on, weekday),
        }
    }

    /// Days from receipt to a decision; refusals take longer, and some claims hang.
    pub(crate) fn days_to_decide(&self, refused: bool, stream: &mut Stream) -> (i64, bool) {
        let shortest = if self.class == Class::Medicare { 14 } else { 4 };
        let median = if refused { self.median_days * 13 / 10 } else { self.median_days };
        let days = stream.days(median).max(shortest);
        let hangs = stream.chance(2_000);
        (if hangs { days + stream.between(30, 60) } else { days }, hangs)
    }
}

fn paid_as(filing: &'static str) -> &'static str {
    match filing {
        "CI" => "15",
        "BL" => "12",
        same => same,
    }
}

const fn median_days(class: Class) -> i64 {
    match class {
        Class::Medicare => 15,
        Class::Advantage => 18,
        Class::Commercial | Class::Marketplace | Class::Supplement => 21,
        Class::Medicaid | Class::MedicaidPlan => 24,
        Class::WorkersComp => 30,
    }
}

fn filing_limit(class: Class, stream: &mut Stream) -> i64 {
    match class {
        Class::Medicare | Class::Medicaid | Class::WorkersComp | Class::Supplement => 365,
        Class::Advantage | Class::Commercial | Class::Marketplace | Class::MedicaidPlan => {
            stream.pick(&[90, 90, 120, 180])
        }
    }
}
