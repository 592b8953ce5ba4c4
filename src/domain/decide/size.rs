//! Too small or too large for what it holds: refused or in doubt. Unknown passes; so does what holds an unknown number of volumes.

use super::{Facts, Reason, Ruling};
use crate::domain::{profile::Sizes, units::MEGABYTE};

/// So many times the largest volume in one: it holds the whole series, whatever its name says.
pub const CLOSED_PACK: f64 = 2.0;

/// How large one volume may be.
pub struct Bounds<'a> {
    /// The profile's field in which they stand.
    pub field: &'static str,
    /// For copies without colours.
    pub sizes: &'a Sizes,
    /// By how much this copy may be larger; 1 without colours.
    pub colour: f64,
}

impl Bounds<'_> {
    /// Why a copy of so many volumes is refused that has so many bytes for each ordinary one.
    pub fn refusal(&self, each: u64, volumes: usize) -> Option<Reason> {
        let most = self.sizes.refuse_above * self.colour;
        if volumes == 1 && megabytes(each) > most * CLOSED_PACK {
            return Some(Reason::ClosedPack {
                megabytes: megabytes(each),
                most,
                setting: self.above("refuseAbove"),
            });
        }
        let least = (self.sizes.refuse_below, "refuseBelow");
        self.outside(each, least, (self.sizes.refuse_above, "refuseAbove"))
    }

    /// Why a human has to look.
    fn doubt(&self, each: u64) -> Option<Reason> {
        let least = (self.sizes.review_below, "reviewBelow");
        self.outside(each, least, (self.sizes.review_above, "reviewAbove"))
    }

    fn outside(&self, each: u64, least: (f64, &str), most: (f64, &str)) -> Option<Reason> {
        let megabytes = megabytes(each);
        if megabytes < least.0 {
            return Some(Reason::TooSmall {
                megabytes,
                least: least.0,
                setting: format!("{}.{}", self.field, least.1),
            });
        }
        let above = most.0 * self.colour;
        (megabytes > above).then(|| Reason::TooBig {
            megabytes,
            most: above,
            setting: self.above(most.1),
        })
    }

    fn above(&self, bound: &str) -> String {
        match self.colour > 1.0 {
            true => format!("{}.{bound}, colourFactor", self.field),
            false => format!("{}.{bound}", self.field),
        }
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MEGABYTE as f64
}

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let (Some((field, sizes)), Some(each)) = (facts.sizes(), facts.bytes_each()) else {
        return Ruling::Pass;
    };
    let colour = facts.colour_factor();
    let bounds = Bounds {
        field,
        sizes,
        colour,
    };
    if let Some(reason) = bounds.refusal(each, facts.volumes.len()) {
        return Ruling::Refuse(reason);
    }
    if let Some(reason) = bounds.doubt(each) {
        return Ruling::Review(reason);
    }
    let (least, most) = (sizes.ideal_from, sizes.ideal_to * colour);
    if (least..=most).contains(&megabytes(each)) {
        return Ruling::Pass;
    }
    Ruling::of(
        facts.settled(facts.profile.unusual_size),
        Reason::UnusualSize {
            megabytes: megabytes(each),
            least,
            most,
        },
    )
}
