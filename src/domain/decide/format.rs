//! A format that is never taken, when it is the only one: refused. Unknown passes.

use super::{Facts, Reason, Ruling};

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let refused = |format: &&str| {
        let lists = &facts.profile.refused_formats;
        lists.iter().any(|known| known.eq_ignore_ascii_case(format))
    };
    let formats = &facts.release.formats;
    if formats.is_empty() || !formats.iter().all(refused) {
        return Ruling::Pass;
    }
    Ruling::Refuse(Reason::RefusedFormat {
        formats: formats.join(", "),
    })
}
