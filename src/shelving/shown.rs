//! Stage 1: from the files of a series to what they show of it.

use crate::{
    domain::{edition::Edition, release::Lexicon, series::Shelf, units::HOUR, volume::VolumeSet},
    ports::ScannedFile,
    store::{self, StoreError, Tx},
};

/// A file that was changed since then may still be on its way into the library, however broken it looks; milliseconds.
const SETTLED: i64 = HOUR;

/// What these files of a series show now, of which so many volumes exist as the files say.
pub(super) async fn shown(
    tx: &mut Tx,
    lexicon: &Lexicon,
    id: i64,
    files: &[ScannedFile],
    (stated_total, now): (Option<u32>, i64),
) -> Result<Shelf, StoreError> {
    let is_damaged = |file: &&ScannedFile| file.damaged && file.modified < now - SETTLED;
    let (damaged, sound): (Vec<&ScannedFile>, Vec<&ScannedFile>) =
        files.iter().partition(is_damaged);
    let (doubtful, sound): (Vec<_>, Vec<_>) = sound.into_iter().partition(|file| file.doubtful);
    let present = held(tx, lexicon, id, &sound, stated_total).await?;
    let damaged = held(tx, lexicon, id, &damaged, stated_total).await?;
    let damaged = damaged.without(&present);
    let doubtful = held(tx, lexicon, id, &doubtful, stated_total).await?;
    Ok(Shelf {
        doubtful: doubtful.without(&present).without(&damaged),
        damaged,
        present,
        ..Shelf::default()
    })
}

/// What these files hold. The series is read only when that depends on it.
async fn held(
    tx: &mut Tx,
    lexicon: &Lexicon,
    id: i64,
    files: &[&ScannedFile],
    stated_total: Option<u32>,
) -> Result<VolumeSet, StoreError> {
    let mut all = VolumeSet::default();
    let (plain, others): (Vec<_>, Vec<_>) = files
        .iter()
        .copied()
        .partition(|file| file.edition == Edition::Standard && !file.volumes.is_empty());
    plain.iter().for_each(|file| all.extend_with(&file.volumes));
    if !others.is_empty()
        && let Some(stored) = store::series::get_in(tx, id).await?
    {
        let mut series = stored.series;
        series.stated_total = stated_total.or(series.stated_total);
        for file in others {
            all.extend_with(&series.owned(file.edition, &file.volumes));
            if file.volumes.is_empty() && series.is_one_shot(stem_of(&file.path), lexicon) {
                all.insert_range(1, 1);
            }
        }
    }
    Ok(all)
}

/// The name of a file, without its folders and its extension.
fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
