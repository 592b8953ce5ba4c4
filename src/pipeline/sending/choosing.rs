//! Chooses the files of a grab that fetches a part of its torrent, and starts it. Every step may be done twice: a crash between any two of
//! them ends with the next look at the client.

use crate::{
    app::App,
    budget,
    domain::{
        release::parse,
        selection::{Choosing, Selection},
        series::Series,
        volume::VolumeSet,
    },
    ports::{Client, ContentFile, PortError},
    store::{self, StoreError, grab::Grab},
    verification::{Light, selecting},
};

/// Chooses the files of a grab for which that is still to be done. False when its client does not list them yet, or could not be asked:
/// the next look tries again.
///
/// # Errors
/// When the database fails.
pub async fn choose_files(app: &App, client: &dyn Client, grab: &Grab) -> Result<bool, StoreError> {
    let Some(stored) = store::series::get(&app.db, grab.series_id).await? else {
        return Ok(false);
    };
    let beside = store::grab::choosing::fetched_beside(&app.db, grab).await?;
    let (selection, files) = match tell(app, client, grab, &stored.series, &beside).await {
        Ok(Some(told)) => told,
        Ok(None) => return Ok(false),
        Err(error) => {
            tracing::warn!(grab = grab.id, client = grab.client, %error, "its files are not chosen yet; it is tried again");
            return Ok(false);
        }
    };
    let bytes = budget::signed(selection.bytes);
    let mut tx = app.db.begin().await?;
    match selection.is_whole() {
        true => store::grab::choosing::chose(&mut tx, grab.id, None).await?,
        false => {
            let chosen = files.into_iter().zip(&selection.wanted);
            let chosen = chosen.filter_map(|(file, wanted)| wanted.then_some(file.path));
            let paths: Vec<String> = chosen.collect();
            store::grab::choosing::chose(&mut tx, grab.id, Some((&paths, bytes))).await?;
        }
    }
    tx.commit().await?;
    tracing::info!(
        grab = grab.id,
        bytes,
        of_bytes = selection.all_bytes,
        "the files of a grab are chosen"
    );
    Ok(true)
}

/// Tells the client. None when it does not list the files yet. What other grabs fetch of the torrent, `beside` this one, goes on.
async fn tell(
    app: &App,
    client: &dyn Client,
    grab: &Grab,
    series: &Series,
    beside: &[Option<Vec<String>>],
) -> Result<Option<(Selection, Vec<ContentFile>)>, PortError> {
    let contents = client.contents(&grab.content).await?;
    let files = contents.map(|contents| contents.files).unwrap_or_default();
    if files.is_empty() {
        return Ok(None);
    }
    let listed = files.iter().map(|file| (file.path.as_str(), file.bytes));
    let selection = selection(app, series, &grab.title, &grab.reserves, listed);
    let goes_on = |file: &ContentFile| {
        let mut all = beside.iter();
        all.any(|paths| {
            paths
                .as_ref()
                .is_none_or(|paths| paths.contains(&file.path))
        })
    };
    let wanted = grab.choosing == Choosing::Adding;
    let chosen = files.iter().zip(&selection.wanted);
    let changes = chosen.filter(|(file, chosen)| {
        **chosen == wanted && file.wanted != wanted && (wanted || !goes_on(file))
    });
    let changes: Vec<u32> = changes.map(|(file, _)| file.index).collect();
    client.want(&grab.content, &changes, wanted).await?;
    client.start(&grab.content).await?;
    Ok(Some((selection, files)))
}

/// Which files of a release of this name, each with its bytes, are fetched for the volumes.
pub(super) fn selection<'a>(
    app: &App,
    series: &Series,
    release: &str,
    volumes: &VolumeSet,
    files: impl Iterator<Item = (&'a str, u64)>,
) -> Selection {
    let names = series.folded_names();
    let hints = series.hints(&names, app.lexicon);
    let light = Light {
        volumes,
        series,
        edition: parse(release, hints).edition,
        lexicon: app.lexicon,
    };
    selecting::choose(&files.collect::<Vec<_>>(), light)
}
