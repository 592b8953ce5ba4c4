//! Stage 8: what came of a grab is looked into, put into the libraries that want it so, and taken back when it was a mistake.
//!
//! [`whereabouts`] finds the client's files, `verification` looks into them, [`results`] writes down what became of each volume,
//! [`place`] brings the good ones into their libraries, and [`reject`] undoes it all. Each may be done again after a crash at any moment.

mod answer;
mod link;
mod place;
mod reject;
mod results;
mod try_out;
mod whereabouts;

use std::{collections::BTreeSet, sync::Arc};

pub use answer::{accept, refuse};
pub use link::{Link, link, read_link};
pub use place::{libraries_of, resume};
pub use reject::{Rejected, reject, take_back};
pub use try_out::try_out;

use crate::{
    app::App,
    domain::{
        grab::{GrabState, Observation},
        release::{Hints, parse},
        title,
        units::{HOUR, MINUTE},
        volume::VolumeSet,
    },
    pipeline::sending,
    store::{self, StoreError, grab::Grab, series::Stored},
    taste,
    verification::{Book, Fault, Promise, Verified, verify},
};
use place::Shelves;
use whereabouts::There;

/// When it is looked again into what something keeps from the shelf; milliseconds.
const AGAIN: i64 = 5 * MINUTE;
/// The same, where nobody waits for this program to put it there.
const AGAIN_WHERE_OFF: i64 = HOUR;

/// What came of one grab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Libraries into which something was put: they are to be scanned.
    pub libraries: BTreeSet<i64>,
    /// Some of its volumes are free again: the next candidate's turn comes.
    pub again: bool,
}

/// Goes on with a grab of which all came: looks into it, and puts what is right into its libraries.
///
/// # Errors
/// When the database fails. What may pass is written down in the grab, and tried again.
pub async fn arrive(app: &Arc<App>, grab: &Grab) -> Result<Arrived, StoreError> {
    let Some(stored) = store::series::get(&app.db, grab.series_id).await? else {
        return Ok(Arrived::default());
    };
    let shelves = Shelves::of(app, &stored).await?;
    let volumes = reserved(app, grab).await?;
    if volumes.is_empty() {
        return end(app, grab).await;
    }
    if grab.state == GrabState::Verified && place::is_under_way(app, grab, &shelves).await? {
        return place::settle(app, grab, &shelves).await;
    }
    let verified = match whereabouts::find(app, grab).await? {
        Ok(there) => look_into(app, grab, &stored, &volumes, there).await?,
        Err(problem) => return wait(app, grab, &shelves, &problem).await,
    };
    let passing = |fault: &&Fault| fault.is_passing();
    let faults = verified
        .volumes
        .iter()
        .filter_map(|(_, result)| result.as_ref().err());
    if let Some(fault) = faults.clone().find(passing) {
        return wait(app, grab, &shelves, &fault.to_string()).await;
    }
    let again = results::write(app, grab, &verified).await?;
    let good = good(&verified);
    if good.is_empty() {
        let ended = match reserved(app, grab).await?.is_empty() {
            true => end(app, grab).await?,
            // The others wait for an answer.
            false => {
                let waits = "a person has to look at what came; see the reviews";
                wait(app, grab, &shelves, waits).await?
            }
        };
        return Ok(Arrived {
            again: again || ended.again,
            ..ended
        });
    }
    sending::advance_known(app, grab, Observation::Right, "").await?;
    let placed = place::place(app, grab, &stored, &shelves, &good).await?;
    Ok(Arrived {
        again: again || placed.again,
        ..placed
    })
}

/// The volumes that it still reserves.
async fn reserved(app: &App, grab: &Grab) -> Result<VolumeSet, StoreError> {
    let volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
    let live = volumes.iter().filter(|volume| volume.live);
    Ok(live.map(|volume| volume.volume).collect())
}

/// Nothing is left of it to wait for.
async fn end(app: &App, grab: &Grab) -> Result<Arrived, StoreError> {
    let volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
    let on_shelf = volumes.iter().any(|volume| volume.state == "on_shelf");
    let (observation, why) = match on_shelf {
        true => (Observation::AllOnShelf, None),
        false => (
            Observation::Wrong,
            volumes.into_iter().find_map(|volume| volume.reason),
        ),
    };
    sending::advance_known(app, grab, observation, &why.unwrap_or_default()).await?;
    Ok(Arrived {
        again: !on_shelf,
        ..Arrived::default()
    })
}

/// Not now; why, and when it is tried again.
async fn wait(
    app: &App,
    grab: &Grab,
    shelves: &Shelves,
    problem: &str,
) -> Result<Arrived, StoreError> {
    let now = app.clock.now();
    let again = match shelves.is_empty() {
        true => AGAIN_WHERE_OFF,
        false => AGAIN,
    };
    if grab.problem.as_deref() != Some(problem) {
        tracing::warn!(grab = grab.id, problem, "what came is not on the shelf yet");
    }
    let mut tx = app.db.begin_unsynced().await?;
    store::grab::wait(&mut tx, grab.id, problem, now + again, now).await?;
    tx.commit().await?;
    Ok(Arrived::default())
}

async fn look_into(
    app: &App,
    grab: &Grab,
    stored: &Stored,
    volumes: &VolumeSet,
    there: There,
) -> Result<Verified, StoreError> {
    let (_, profile) = taste::profile_of(app, stored).await?;
    let (series, volumes, lexicon) = (stored.series.clone(), volumes.clone(), app.lexicon);
    let (accepted, bytes) = (grab.accepted.clone(), grab.size.map(i64::unsigned_abs));
    let edition = {
        let titles = [title::fold(&series.title)];
        let hints = Hints {
            kind: series.kind,
            titles: &titles,
            lexicon,
            ..Hints::default()
        };
        parse(&grab.title, hints).edition
    };
    let looked = tokio::task::spawn_blocking(move || {
        let promise = Promise {
            volumes: &volumes,
            series: &series,
            edition,
            profile: &profile,
            lexicon,
            bytes,
            selected: there.selected.as_deref(),
            accepted: &accepted,
        };
        verify(&there.root, &promise)
    });
    Ok(looked
        .await
        .unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic())))
}

/// The best copy of each good volume, once, with the volumes for which it is taken.
fn good(verified: &Verified) -> Vec<(VolumeSet, Book)> {
    let mut books: Vec<(VolumeSet, Book)> = Vec::new();
    for (volume, result) in &verified.volumes {
        let Some(best) = result.as_ref().ok().and_then(|copies| copies.first()) else {
            continue;
        };
        match books.iter_mut().find(|(_, book)| book.path == best.path) {
            Some((volumes, _)) => volumes.insert(*volume),
            None => books.push(([*volume].into_iter().collect(), best.clone())),
        }
    }
    books
}
