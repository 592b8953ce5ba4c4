//! Too small or too large for what it holds: refused or in doubt. Unknown passes; so does what holds an unknown number of volumes.

use super::{Facts, Reason, Ruling};
use crate::domain::units::MEGABYTE;

/// So many times the largest volume in one: it holds the whole series, whatever its name says.
pub const CLOSED_PACK: f64 = 2.0;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let (Some((field, sizes)), Some(each)) = (facts.sizes(), facts.bytes_each()) else {
        return Ruling::Pass;
    };
    let megabytes = each as f64 / MEGABYTE as f64;
    let too_small = |least: f64, bound: &str| Reason::TooSmall {
        megabytes,
        least,
        setting: format!("{field}.{bound}"),
    };
    let colour = facts.colour_factor();
    let above = |bound: &str| match colour > 1.0 {
        true => format!("{field}.{bound}, colourFactor"),
        false => format!("{field}.{bound}"),
    };
    let too_big = |most: f64, bound: &str| Reason::TooBig {
        megabytes,
        most,
        setting: above(bound),
    };
    let of = |least: f64, most: f64| (least, most * colour);
    let (least, most) = of(sizes.refuse_below, sizes.refuse_above);
    if facts.volumes.len() == 1 && megabytes > most * CLOSED_PACK {
        return Ruling::Refuse(Reason::ClosedPack {
            megabytes,
            most,
            setting: above("refuseAbove"),
        });
    }
    if megabytes < least {
        return Ruling::Refuse(too_small(least, "refuseBelow"));
    }
    if megabytes > most {
        return Ruling::Refuse(too_big(most, "refuseAbove"));
    }
    let (least, most) = of(sizes.review_below, sizes.review_above);
    if megabytes < least {
        return Ruling::Review(too_small(least, "reviewBelow"));
    }
    if megabytes > most {
        return Ruling::Review(too_big(most, "reviewAbove"));
    }
    let (least, most) = of(sizes.ideal_from, sizes.ideal_to);
    if (least..=most).contains(&megabytes) {
        return Ruling::Pass;
    }
    Ruling::of(
        facts.settled(facts.profile.unusual_size),
        Reason::UnusualSize {
            megabytes,
            least,
            most,
        },
    )
}
