//! A grab that was a mistake: what was placed of it is taken back, its release is blocked, what was learnt by it is unlearnt, and the next
//! candidate's turn comes.

use std::{sync::Arc, time::Duration};

use super::place::{LEASE, PATIENCE};
use crate::{
    app::App,
    domain::{
        grab::{GrabState, Observation},
        placement::Step,
        title::fold,
    },
    lease::Lease,
    pipeline::{
        self, lease_name,
        sending::{self, SendError},
    },
    placing::{self, PlaceError},
    shelving,
    store::{self, StoreError, grab::Grab, placement::Placement},
};

/// What came of a rejection.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// As it is now.
    pub grab: Grab,
    /// Files that were taken out of libraries again, below their folders.
    pub taken_back: Vec<String>,
    /// What is left for the user to do, in sentences.
    pub left: Vec<String>,
}

/// A person does not want what a grab brought, also when it is on the shelf. What was placed is taken back, the release is blocked, the
/// alias by which it meant the series is withdrawn if a review taught it, and the next candidate is sent.
///
/// # Errors
/// When there is none, it ended without bringing anything, or its series is being worked on.
pub async fn reject(app: &Arc<App>, id: i64) -> Result<Rejected, SendError> {
    let grab = find(app, id).await?;
    let lease = Lease::take(app, &lease_name(grab.series_id), Duration::from_secs(10))
        .await?
        .ok_or(SendError::Busy)?;
    // A task of its own: a caller that hangs up must not leave it half done.
    let task = app.clone();
    let rejected = app.tasks.spawn(async move {
        let rejected = reject_alone(&task, id).await;
        lease.release().await;
        rejected
    });
    let rejected = rejected
        .await
        .map_err(|_| SendError::Failed("it ended unexpectedly; the log says why".into()))??;
    pipeline::next_candidate(app, rejected.grab.series_id).await?;
    Ok(rejected)
}

async fn reject_alone(app: &Arc<App>, id: i64) -> Result<Rejected, SendError> {
    let grab = find(app, id).await?;
    if grab.state.after(Observation::Wrong).is_none() {
        return Err(SendError::Over);
    }
    let mut left = Vec::new();
    if let Some(alias) = grab.alias.as_deref() {
        let became = match store::series::is_taught(&app.db, grab.series_id, alias).await? {
            Some(true) => {
                withdraw(app, &grab, alias).await?;
                "which was learnt from a review, and is withdrawn"
            }
            Some(false) => "which you gave it; withdraw it if it means something else",
            None => "which it has no more",
        };
        left.push(format!(
            "its name meant the series by the alias '{alias}', {became}; what else was sent by it: GET /api/v1/grabs?alias={alias}"
        ));
    }
    let was_shelved = grab.state == GrabState::OnShelf;
    sending::advance_known(app, &grab, Observation::Wrong, "you rejected it").await?;
    sending::take_out_now(app, &grab).await?;
    let rows = store::placement::of_grab(&app.db, id).await?;
    let placed = rows.iter().any(|row| row.step == Step::Placed);
    if was_shelved && !placed {
        left.push("it was not put into the library from here: take its file out of it".into());
    }
    let taken_back = match Lease::take(app, LEASE, PATIENCE).await? {
        Some(lease) => {
            let mut taken = Vec::new();
            for row in rows {
                match take_one_back(app, row).await? {
                    Ok(file) => taken.extend(file),
                    Err(why) => left.push(why),
                }
            }
            lease.release().await;
            taken
        }
        None => {
            left.push(
                "files are being put into libraries now; its own are taken out after that".into(),
            );
            Vec::new()
        }
    };
    Ok(Rejected {
        grab: find(app, id).await?,
        taken_back,
        left,
    })
}

async fn find(app: &App, id: i64) -> Result<Grab, SendError> {
    let grab = store::grab::get(&app.db, id).await?;
    grab.ok_or(SendError::UnknownGrab(id))
}

/// The series is not known by it any more.
async fn withdraw(app: &App, grab: &Grab, alias: &str) -> Result<(), StoreError> {
    shelving::change(app, grab.series_id, |series, _| {
        series.aliases.retain(|known| fold(known) != alias);
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(())
}

/// Takes back everything of grabs that ended without bringing anything, whatever left it in its place.
///
/// # Errors
/// When the database fails.
pub async fn take_back(app: &Arc<App>) -> Result<(), StoreError> {
    let rows = store::placement::of_ended(&app.db).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let Some(lease) = Lease::try_take(app, LEASE).await? else {
        return Ok(());
    };
    let mut fault = None;
    for row in rows {
        let id = row.id;
        match take_one_back(app, row).await {
            Ok(Ok(_)) => {}
            Ok(Err(why)) => tracing::warn!(placement = id, why, "not taken back yet"),
            Err(error) => fault = Some(error),
        }
    }
    lease.release().await;
    fault.map_or(Ok(()), Err)
}

/// The file that was removed; the inner error is why not, in a sentence.
async fn take_one_back(
    app: &Arc<App>,
    row: Placement,
) -> Result<Result<Option<String>, String>, StoreError> {
    if matches!(row.step, Step::Undone | Step::Failed) {
        return Ok(Ok(None));
    }
    // A scan that saw the file would bring it back to the shelf, from which it then vanishes.
    let library = format!("library:{}", row.library_id);
    let Some(lease) = Lease::take(app, &library, PATIENCE).await? else {
        return Ok(Err(format!(
            "the library is being scanned; {} is taken out of it after that",
            row.target
        )));
    };
    let taken = undo(app, row).await;
    lease.release().await;
    taken
}

async fn undo(
    app: &Arc<App>,
    row: Placement,
) -> Result<Result<Option<String>, String>, StoreError> {
    let was_placed = row.step == Step::Placed;
    // Before the file is gone, and after: whatever a crash leaves between them, its volumes do not vanish.
    shelving::taken_back(app, &row).await?;
    match placing::undo(&app.db, &app.clock, row.id).await {
        Ok(undone) => {
            shelving::taken_back(app, &undone).await?;
            Ok(Ok(was_placed.then_some(undone.target)))
        }
        Err(PlaceError::Store(error)) => Err(error),
        Err(error) => Ok(Err(error.sentence())),
    }
}
