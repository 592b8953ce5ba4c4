//! A pack with more data than goes by itself: in doubt, unless what is not wanted of it can be left out. An unknown size passes.

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
    let reason = Reason::PackSize { gigabytes, most };
    match facts.volumes.iter().all(|volume| facts.comes(volume)) {
        true => Ruling::Review(reason),
        false => Ruling::InPart(reason),
    }
}
