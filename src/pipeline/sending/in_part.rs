//! A pack that goes by itself only if what is not wanted of it is left out: its files say whether that can be done.

use super::choosing::selection;
use crate::{
    app::App,
    domain::{
        decide::{Decision, Reason},
        link::Payload,
        pick::Pick,
        profile::Profile,
        units::GIGABYTE,
    },
    pipeline::{Judged, Objection},
    store::series::Stored,
};

/// Bytes that are fetched of it, or what stands against it; none of what is fetched whole.
pub(super) fn fetched(
    app: &App,
    (stored, profile): (&Stored, &Profile),
    judged: &Judged,
    pick: &Pick,
    payload: &Payload,
) -> Result<Option<u64>, Objection> {
    if !judged.verdict.is_in_part() {
        return Ok(None);
    }
    let cannot = |why: String| Err((Decision::Review, Reason::NotInPart { why }));
    let torrent = match payload {
        Payload::Torrent(torrent) => torrent,
        Payload::Magnet(_) => {
            return cannot("a magnet link does not say which files it has".into());
        }
        Payload::Ed2k(_) => {
            return cannot("what comes by ed2k is one file, which is fetched whole".into());
        }
    };
    let files = torrent.files();
    let listed = files.iter().map(|file| (file.path.as_str(), file.bytes));
    let title = &judged.offer.title;
    let selection = selection(app, &stored.series, title, &pick.reserves, listed);
    let Some(volumes) = selection.volumes else {
        return cannot("its files do not say which of them hold what is wanted".into());
    };
    let (useful, all) = (pick.reserves.len(), volumes.len());
    if useful * 100 < all * profile.pack_share as usize {
        return cannot(format!(
            "its files hold {all} volumes together where {useful} would do"
        ));
    }
    let (gigabytes, most) = (
        selection.bytes as f64 / GIGABYTE as f64,
        profile.pack_gigabytes,
    );
    match all > 1 && gigabytes > most {
        true => Err((Decision::Review, Reason::PackSize { gigabytes, most })),
        false => Ok(Some(selection.bytes)),
    }
}
