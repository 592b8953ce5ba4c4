//! Rule: only torrents can be sent. The source always says which it is, so nothing is unknown here. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    if facts.offer.is_torrent {
        Ruling::Pass
    } else {
        Ruling::Refuse(Reason::NotATorrent)
    }
}
