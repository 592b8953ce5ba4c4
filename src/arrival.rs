//! Stage 8: what came of a grab is looked into, put into the libraries that want it so, and taken back when it was a mistake.
//!
//! [`whereabouts`] finds the client's files, `verification` looks into them, [`results`] writes down what became of each volume,
//! [`place`] brings the good ones into their libraries, and [`reject`] undoes it all, by a signed [`link()`] too. Each may be done again
//! after a crash at any moment. [`answer`] is what a person says of what is in doubt; [`mod@try_out`] tells whether placing would work.

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
pub use try_out::{Tried, try_out};

use crate::{
    app::App,
    domain::{
        grab::{GrabState, Observation},
        release::parse,
        units::{DAY, HOUR, MINUTE},
        volume::VolumeSet,
    },
    pipeline::sending,
    store::{self, StoreError, grab::Grab, grab_volume::GrabVolume, series::Stored},
    taste,
    verification::{Book, Promise, Verified, verify},
};
use place::Shelves;
use whereabouts::There;

/// When it is looked again into what something keeps from the shelf; milliseconds.
const AGAIN: i64 = 5 * MINUTE;
/// The same, where nobody waits for this program to put it there, or a person has to do something first.
const AGAIN_LATER: i64 = HOUR;

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
    let mut volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
    if volumes.iter().all(|volume| !volume.live) {
        return end(app, grab, volumes).await;
    }
    volumes.retain(|volume| volume.live);
    let shelves = Shelves::of(app, &stored).await?;
    if grab.state == GrabState::Verified
        && !place::needs_a_look(app, grab, &volumes, &shelves).await?
    {
        return place::settle(app, grab, &shelves, &[]).await;
    }
    let pause = match shelves.is_empty() {
        true => AGAIN_LATER,
        false => AGAIN,
    };
    let reserved = volumes.iter().map(|volume| volume.volume).collect();
    let verified = match whereabouts::find(app, grab).await? {
        Ok(there) => look_into(app, grab, &stored, &reserved, there).await?,
        Err(problem) => Err(problem),
    };
    let verified = match verified {
        Ok(verified) => verified,
        Err(problem) => return wait(app, grab, Some(&problem), pause).await,
    };
    let mut faults = verified
        .volumes
        .iter()
        .filter_map(|(_, result)| result.as_ref().err());
    if let Some(fault) = faults.find(|fault| fault.is_passing()) {
        return wait(app, grab, Some(&fault.to_string()), pause).await;
    }
    // It took minutes, in which a scan, a person or another program may have ended it.
    let Some(again) = results::write(app, grab, &verified).await? else {
        return Ok(Arrived::default());
    };
    let good = good(&verified);
    let come = match good.is_empty() {
        true => settle_without(app, grab).await?,
        false => {
            sending::advance_known(app, grab, Observation::Right, "").await?;
            place::place(app, grab, &stored, &good).await?
        }
    };
    Ok(Arrived {
        again: again || come.again,
        ..come
    })
}

/// Nothing of it is right: it is over, or a person has to say.
async fn settle_without(app: &App, grab: &Grab) -> Result<Arrived, StoreError> {
    let volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
    if volumes.iter().all(|volume| !volume.live) {
        return end(app, grab, volumes).await;
    }
    wait(app, grab, Some(ASKED), DAY).await
}

/// Why a grab waits for the answer to a review, which has it looked into at once.
pub const ASKED: &str = "a person has to look at what came; see the reviews";

/// Nothing is left of it to wait for.
async fn end(app: &App, grab: &Grab, volumes: Vec<GrabVolume>) -> Result<Arrived, StoreError> {
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

/// Not now; why, if that is worth telling, and when it is looked into again.
async fn wait(
    app: &App,
    grab: &Grab,
    problem: Option<&str>,
    pause: i64,
) -> Result<Arrived, StoreError> {
    let now = app.clock.now();
    if problem.is_some() && grab.problem.as_deref() != problem {
        tracing::warn!(grab = grab.id, problem, "what came is not on the shelf yet");
    }
    let mut tx = app.db.begin_unsynced().await?;
    store::grab::arriving::wait(&mut tx, grab.id, problem, now + pause, now).await?;
    tx.commit().await?;
    Ok(Arrived::default())
}

async fn look_into(
    app: &App,
    grab: &Grab,
    stored: &Stored,
    volumes: &VolumeSet,
    there: There,
) -> Result<Result<Verified, String>, StoreError> {
    let (_, profile) = taste::profile_of(app, stored).await?;
    let (series, volumes, lexicon) = (stored.series.clone(), volumes.clone(), app.lexicon);
    let (accepted, bytes) = (grab.accepted.clone(), grab.size.map(i64::unsigned_abs));
    let edition = {
        let names = series.folded_names();
        parse(&grab.title, series.hints(&names, lexicon)).edition
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
    // It may be made to break whoever looks into it: then it keeps no other from the shelf.
    Ok(looked
        .await
        .map_err(|_| "what came could not be looked into; the log says why".into()))
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
