//! Attempts are written down before and after each call. What the turns of several targets want to write at the same time goes into one
//! transaction: SQLite has one writer, and each of them would wait for all the others.

use std::sync::Mutex;

use tokio::sync::oneshot;

use crate::{
    app::App,
    store::{
        self, StoreError,
        delivery::{Begun, attempt::Attempt},
    },
};

/// What a turn wants to be written down.
#[derive(Debug)]
pub struct Entry {
    /// The last message was taken, and nothing else follows from that.
    pub told: Option<Attempt>,
    /// The next one is tried.
    pub begun: Begun,
    /// It has to outlive a power cut.
    pub durable: bool,
}

/// What waits to be written, and whose turn it is to write.
#[derive(Debug, Default)]
pub struct Ledger {
    waiting: Mutex<Vec<(Entry, oneshot::Sender<bool>)>>,
    pen: tokio::sync::Mutex<()>,
}

/// Writes an entry down, together with those that wait meanwhile. False when the next message must not be tried: someone else was
/// faster, the lease is lost, or the target is not as it was read any more. It is false as well when another one could not write it
/// down; that one has the error.
///
/// # Errors
/// When the database fails.
pub async fn note(app: &App, entry: Entry) -> Result<bool, StoreError> {
    let ledger = &app.ledger;
    let (answer, mut ours) = oneshot::channel();
    let waiting = || {
        ledger
            .waiting
            .lock()
            .expect("no one panics while holding it")
    };
    waiting().push((entry, answer));
    let _pen = tokio::select! {
        biased;
        // Another one wrote it. Whoever waited on for the pen would write for those that come now, one by one.
        answer = &mut ours => return Ok(answer.unwrap_or(false)),
        pen = ledger.pen.lock() => pen,
    };
    let (entries, answers): (Vec<Entry>, Vec<_>) = waiting().drain(..).unzip();
    if !entries.is_empty() {
        let written = write(app, &entries).await?;
        for (answer, ours) in answers.into_iter().zip(written) {
            // Who does not wait any more makes no call either.
            let _ = answer.send(ours);
        }
    }
    Ok(ours.try_recv().unwrap_or(false))
}

async fn write(app: &App, entries: &[Entry]) -> Result<Vec<bool>, StoreError> {
    let now = app.clock.now();
    let mut tx = match entries.iter().any(|entry| entry.durable) {
        true => app.db.begin().await?,
        false => app.db.begin_unsynced().await?,
    };
    let told: Vec<Attempt> = entries
        .iter()
        .filter_map(|entry| entry.told.clone())
        .collect();
    if !told.is_empty() {
        store::delivery::told(&mut tx, &told, now).await?;
    }
    let begun: Vec<Begun> = entries.iter().map(|entry| entry.begun.clone()).collect();
    let ours = store::delivery::tell(&mut tx, &begun, now).await?;
    tx.commit().await?;
    Ok(begun.iter().map(|begun| ours.contains(&begun.id)).collect())
}
