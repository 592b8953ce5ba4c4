//! A release group that is never taken: refused. Unknown passes.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let Some(group) = facts.release.group else {
        return Ruling::Pass;
    };
    let refused = &facts.profile.refused_groups;
    if refused.iter().any(|known| super::same(known, group)) {
        Ruling::Refuse(Reason::RefusedGroup {
            group: group.to_owned(),
        })
    } else {
        Ruling::Pass
    }
}
