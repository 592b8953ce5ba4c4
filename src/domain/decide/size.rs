//! Too small or too large for what it holds: refused or in doubt. Unknown passes; so does what holds an unknown number of volumes.

use super::{Facts, Reason, Ruling};
use crate::domain::profile::MEGABYTE;

/// So many times the largest volume in one: it holds the whole series, whatever its name says.
pub const CLOSED_PACK: f64 = 2.0;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let (Some(sizes), Some(each)) = (facts.sizes(), facts.bytes_each()) else {
        return Ruling::Pass;
    };
    let colour = facts.colour_factor();
    let megabytes = each as f64 / MEGABYTE as f64;
    let of = |least: f64, most: f64| (least, most * colour);
    let (least, most) = of(sizes.refuse_below, sizes.refuse_above);
    if facts.volumes.len() == 1 && megabytes > most * CLOSED_PACK {
        return Ruling::Refuse(Reason::ClosedPack { megabytes, most });
    }
    if megabytes < least {
        return Ruling::Refuse(Reason::TooSmall { megabytes, least });
    }
    if megabytes > most {
        return Ruling::Refuse(Reason::TooBig { megabytes, most });
    }
    let (least, most) = of(sizes.review_below, sizes.review_above);
    if megabytes < least {
        return Ruling::Review(Reason::TooSmall { megabytes, least });
    }
    if megabytes > most {
        return Ruling::Review(Reason::TooBig { megabytes, most });
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
