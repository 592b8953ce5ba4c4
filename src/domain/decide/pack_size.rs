//! A pack with more data than goes by itself: in doubt. An unknown size passes.

use super::{Facts, Reason, Ruling};
use crate::domain::units::GIGABYTE;

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let (Some(bytes), most) = (facts.offer.size, facts.profile.pack_gigabytes) else {
        return Ruling::Pass;
    };
    let gigabytes = bytes as f64 / GIGABYTE as f64;
    if facts.volumes.len() < 2 || gigabytes <= most {
        return Ruling::Pass;
    }
    Ruling::Review(Reason::PackSize { gigabytes, most })
}
