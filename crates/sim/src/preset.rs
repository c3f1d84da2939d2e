//! How large a world is.

/// The size of a world. Everything else follows from it and the seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What people call it.
    pub name: &'static str,
    /// Practices, each with its own files.
    pub practices: u32,
    /// Claims of each practice.
    pub claims: u64,
    /// Months of service before the last day.
    pub months: i32,
    /// Sites of a practice.
    pub sites: usize,
    /// Providers of a practice.
    pub providers: usize,
    /// With broken, doubled and out-of-order answers, each known by its id.
    pub chaos: bool,
}

impl Preset {
    /// 2,000 claims of three months, for tests.
    #[must_use]
    pub const fn tiny() -> Preset {
        Preset {
            name: "tiny",
            practices: 1,
            claims: 2_000,
            months: 3,
            sites: 1,
            providers: 3,
            chaos: true,
        }
    }

    /// 75,000 claims of eighteen months: a group of twelve providers at three sites.
    #[must_use]
    pub const fn demo() -> Preset {
        Preset {
            name: "demo",
            practices: 1,
            claims: 75_000,
            months: 18,
            sites: 3,
            providers: 12,
            chaos: true,
        }
    }

    /// About so many claims, over as many practices as they keep busy for two years.
    #[must_use]
    pub fn load(claims: u64) -> Preset {
        let practices = claims.div_ceil(100_000).clamp(1, 50);
        Preset {
            name: "load",
            practices: u32::try_from(practices).expect("at most 50"),
            claims: claims.div_ceil(practices),
            months: 24,
            sites: 3,
            providers: 12,
            chaos: false,
        }
    }

    /// The same with so many practices; the first ones stay as they were.
    #[must_use]
    pub const fn with_practices(self, practices: u32) -> Preset {
        Preset { practices, ..self }
    }

    /// The same without chaos.
    #[must_use]
    pub const fn without_chaos(self) -> Preset {
        Preset { chaos: false, ..self }
    }

    /// The preset of that name: `tiny` or `demo`.
    #[must_use]
    pub fn named(name: &str) -> Option<Preset> {
        match name {
            "tiny" => Some(Preset::tiny()),
            "demo" => Some(Preset::demo()),
            _ => None,
        }
    }
}
