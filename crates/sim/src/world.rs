//! The world: payers, practices, sites, providers and patients, all from one seed.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar;
use crate::catalogue::SPECIALTIES;
use crate::identity;
use crate::patient::Patient;
use crate::payer::Payer;
use crate::preset::Preset;
use crate::stream::{Entity, Purpose, Stream};

/// A claims world with known causes.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) preset: Preset,
    pub(crate) seed: u64,
    pub(crate) starts_on: Date,
    pub(crate) ends_on: Date,
    pub(crate) payers: Vec<Payer>,
    pub(crate) practices: Vec<Practice>,
    /// From this day on nobody of the world works refusals: somebody outside it does.
    pub(crate) handed_over_on: Option<Date>,
}

/// Makes the world of a preset and a seed, whose last day is `ends_on`.
#[must_use]
pub fn world(preset: &Preset, seed: u64, ends_on: Date) -> World {
    let starts_on =
        ends_on.checked_sub(preset.months.months()).expect("simulated days lie within this age");
    let days = calendar::days_between(starts_on, ends_on);
    let practices = (0..preset.practices).map(|at| Practice::draw(seed, at, preset));
    World {
        preset: preset.clone(),
        seed,
        starts_on,
        ends_on,
        payers: Payer::all(seed, starts_on, days),
        practices: practices.collect(),
        handed_over_on: None,
    }
}

impl World {
    /// The first practice.
    ///
    /// # Panics
    /// Where the preset has no practice.
    #[must_use]
    pub fn practice(&self) -> &Practice {
        self.practices.first().expect("a world has a practice")
    }

    /// Every practice.
    #[must_use]
    pub fn practices(&self) -> &[Practice] {
        &self.practices
    }

    /// The first day of service.
    #[must_use]
    pub const fn starts_on(&self) -> Date {
        self.starts_on
    }

    /// The last day of the world.
    #[must_use]
    pub const fn ends_on(&self) -> Date {
        self.ends_on
    }

    /// The same world, in which nobody corrects or appeals anything from a day on: whoever drives
    /// [`World::circle`] does. What was sent before goes on as it would have.
    #[must_use]
    pub fn handed_over(self, on: Date) -> World {
        World { handed_over_on: Some(on), ..self }
    }

    /// True where the world's own staff still works refusals on a day.
    pub(crate) fn works(&self, on: Date) -> bool {
        self.handed_over_on.is_none_or(|handed_over| on < handed_over)
    }

    /// Days to simulate, for a progress bar; each is told to [`World::run`]'s progress.
    #[must_use]
    pub fn steps(&self) -> u64 {
        let days = calendar::days_between(self.starts_on, self.ends_on) + 1;
        days.unsigned_abs() * self.practices.len() as u64
    }

    pub(crate) fn payer(&self, at: usize) -> &Payer {
        &self.payers[at]
    }

    /// A patient of the practice's panel, which holds one for eight claims.
    pub(crate) fn patient(&self, practice: &Practice, at: u64) -> Patient {
        Patient::draw(self.seed, practice, at, &self.payers)
    }

    pub(crate) fn panel(&self) -> u64 {
        (self.preset.claims / 8).max(50)
    }
}

/// A practice: one payee with its sites and providers.
#[derive(Clone, Debug)]
pub struct Practice {
    pub(crate) at: u32,
    /// Its name on claims.
    pub name: String,
    /// Its NPI: billing provider of every 837, payee of every 835.
    pub npi: String,
    /// Its tax number, nine digits.
    pub tax_id: String,
    pub(crate) sites: Vec<Site>,
    pub(crate) providers: Vec<Provider>,
    /// Its charges, against Medicare's 100.
    pub(crate) charge_percent: i64,
}

/// Where a practice sees patients.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) name: String,
    pub(crate) npi: String,
    pub(crate) street: String,
    pub(crate) city: &'static str,
    pub(crate) zip: String,
}

/// Who sees them.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    pub(crate) last: &'static str,
    pub(crate) first: &'static str,
    pub(crate) npi: String,
    pub(crate) specialty: usize,
    pub(crate) site: usize,
}

/// The state of every address.
pub(crate) const STATE: &str = "OH";
const CITIES: [&str; 3] = ["SAMPLEVILLE", "MOCKTON", "EXAMPLE CITY"];

impl Practice {
    fn draw(seed: u64, at: u32, preset: &Preset) -> Practice {
        let stream = &mut Stream::new(seed, Entity::Practice, u64::from(at), Purpose::Identity);
        let name = format!("SIMULATED CLINIC GROUP {}", at + 1);
        let npi = identity::npi(stream);
        let tax_id = identity::tax_id(stream);
        let charge_percent = stream.between(190, 310);
        let sites = (0..preset.sites).map(|site| Site::draw(stream, site)).collect();
        let providers = (0..preset.providers)
            .map(|provider| Provider::draw(seed, at, provider, preset.sites))
            .collect();
        Practice { at, name, npi, tax_id, sites, providers, charge_percent }
    }

    /// The number in front of ids of this practice's things.
    pub(crate) fn id(&self) -> u64 {
        u64::from(self.at) << 40
    }
}

impl Site {
    fn draw(stream: &mut Stream, at: usize) -> Site {
        Site {
            name: format!("SIMULATED CLINIC SITE {}", at + 1),
            npi: identity::npi(stream),
            street: format!("{} {}", stream.between(100, 999), stream.pick(&identity::STREETS)),
            city: CITIES[at % CITIES.len()],
            zip: format!("4399{}{:04}", at % 10, stream.between(1, 9_998)),
        }
    }
}

impl Provider {
    fn draw(seed: u64, practice: u32, at: usize, sites: usize) -> Provider {
        let id = u64::from(practice) << 40 | at as u64;
        let stream = &mut Stream::new(seed, Entity::Provider, id, Purpose::Identity);
        let is_woman = stream.chance(50_000);
        let names = if is_woman { &identity::WOMEN } else { &identity::MEN };
        Provider {
            last: stream.pick(&identity::SURNAMES),
            first: stream.pick(names),
            npi: identity::npi(stream),
            specialty: [0, 0, 1, 3, 2, 4, 0, 1, 0, 2, 3, 0][at % 12] % SPECIALTIES.len(),
            site: at % sites,
        }
    }
}
