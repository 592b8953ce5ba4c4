//! A pack that goes by itself only if what is not wanted of it is left out: its files say whether that can be done.

use super::choosing::selection;
use crate::{
    app::App,
    domain::{
        decide::{Decision, Reason},
        link::Payload,
        pick::Pick,
        units::GIGABYTE,
    },
    pipeline::Judged,
    store::series::Stored,
};

/// What stands against it, now that its files are known; nothing against what need not be taken apart.
pub(super) fn objections(
    app: &App,
    stored: &Stored,
    judged: &Judged,
    pick: &Pick,
    payload: &Payload,
) -> Vec<(Decision, Reason)> {
    let verdict = &judged.verdict;
    if !verdict.is_in_part() {
        return Vec::new();
    }
    let conditions = verdict.reasons.iter();
    let conditions = conditions.filter(|reason| reason.0 == Decision::Accepted);
    let conditions = conditions.map(|(_, reason)| (Decision::Review, reason.clone()));
    let against = |why| {
        let cannot = (Decision::Review, Reason::NotInPart { why });
        conditions.clone().chain([cannot]).collect()
    };
    let Payload::Torrent(torrent) = payload else {
        return against("a magnet link does not say which files it has");
    };
    let files = torrent.files();
    let listed = files.iter().map(|file| (file.path.as_str(), file.bytes));
    let title = &judged.offer.title;
    let selection = selection(app, &stored.series, title, &pick.reserves, listed);
    if selection.is_whole() {
        return against("its files do not say which of them hold what is wanted");
    }
    let gigabytes = selection.bytes as f64 / GIGABYTE as f64;
    let too_much = |(_, reason): (Decision, Reason)| match reason {
        Reason::PackSize { most, .. } if gigabytes > most => {
            Some((Decision::Review, Reason::PackSize { gigabytes, most }))
        }
        _ => None,
    };
    conditions.filter_map(too_much).collect()
}
