//! Rule: only what some client takes can be sent. Without any client nothing is refused: what would be sent is still said. Pure.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    match facts.offer.network {
        None => Ruling::Refuse(Reason::NoClient { network: None }),
        Some(network) if !facts.networks.is_empty() && !facts.networks.contains(&network) => {
            Ruling::Refuse(Reason::NoClient {
                network: Some(network),
            })
        }
        Some(_) => Ruling::Pass,
    }
}
