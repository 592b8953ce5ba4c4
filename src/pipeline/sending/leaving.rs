//! Takes what is given up out of its client. That it is to go is written down together with the state: after a crash, or while the client is
//! away, it is done at a later look, so that what is sent instead is not fetched beside it for long.

use crate::{
    app::App,
    ports::{Client, PortError},
    store::{self, StoreError, connection::Connection, grab::Grab},
};

/// Given to a torrent that is left in its client although nothing comes of it.
pub const STALLED_TAG: &str = "lacunarr-stalled";

/// Takes out of a client everything of ours that is to go.
///
/// # Errors
/// When the database fails.
pub async fn take_out(app: &App, row: &Connection, client: &dyn Client) -> Result<(), StoreError> {
    for grab in store::grab::leaving::of_client(&app.db, row.id).await? {
        if let Err(error) = take_one_out(app, client, &grab).await? {
            tracing::warn!(grab = grab.id, client = row.name, %error, "a download that is given up is still in its client; it is tried again");
            // A client that does not answer is not asked for the others as well.
            match error.is_uncertain() {
                true => return Ok(()),
                false => continue,
            }
        }
        let mut tx = app.db.begin().await?;
        store::grab::leaving::left(&mut tx, grab.id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The same at the client of one grab, now, if that can be asked.
///
/// # Errors
/// When the database fails.
pub async fn take_out_now(app: &App, grab: &Grab) -> Result<(), StoreError> {
    let row = store::connection::get(&app.db, grab.client_id).await?;
    let Some(row) = row.filter(|row| row.enabled) else {
        return Ok(());
    };
    match app.client(&row) {
        Ok(client) => take_out(app, &row, &*client).await,
        Err(error) => {
            tracing::warn!(grab = grab.id, %error, "a download that is given up is still in its client; it is tried again");
            Ok(())
        }
    }
}

/// What was written of it stays. On a private tracker something that a byte came of is left, and marked. What another grab waits for is left
/// as well.
async fn take_one_out(
    app: &App,
    client: &dyn Client,
    grab: &Grab,
) -> Result<Result<(), PortError>, StoreError> {
    if store::grab::is_shared(&app.db, grab).await? {
        return Ok(Ok(()));
    }
    let private = store::indexer::is_private(&app.db, &grab.source, &grab.indexer).await?;
    Ok(match private && grab.track.done_bytes > 0 {
        true => client.tag(&grab.content, STALLED_TAG).await,
        false => client.remove(&grab.content).await,
    })
}
