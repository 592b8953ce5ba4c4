//! Serves HTTP and runs the workers until it is told to stop.

use std::{sync::Arc, time::Duration};

use poem::{Server, listener::TcpAcceptor};
use tokio::net::TcpListener;

use crate::{api, app::App, worker};

/// Checks that run beside each other.
const CHECKS_AT_ONCE: usize = 2;
/// How long work that is under way may take to end.
const GRACE: Duration = Duration::from_secs(15);
/// How long open connections may take to end.
const CONNECTIONS_GRACE: Duration = Duration::from_secs(3);

/// Runs until `app.stop` is cancelled; ends within 20 seconds of that.
///
/// # Errors
/// When the listener fails.
pub async fn run(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    if let Err(error) = crate::connections::release_left(&app).await {
        tracing::error!(%error, "connections that left the file stay locked");
    }
    if let Err(error) = crate::taste::in_file::release_left(&app).await {
        tracing::error!(%error, "rules and profiles that left the file stay");
    }
    for _ in 0..CHECKS_AT_ONCE {
        app.tasks.spawn(worker::check::run(app.clone()));
    }
    app.tasks.spawn(worker::fresh::run(app.clone()));
    app.tasks.spawn(worker::crawl::run(app.clone()));
    app.tasks.spawn(worker::sync::run(app.clone()));
    app.tasks.spawn(worker::track::run(app.clone()));
    app.tasks.spawn(worker::arrive::run(app.clone()));
    app.tasks.spawn(worker::hint::run(app.clone()));
    app.tasks.spawn(worker::deliver::run(app.clone()));
    app.tasks.spawn(worker::health::run(app.clone()));
    app.tasks.spawn(worker::watch::run(app.clone()));
    let clock = app.clone();
    app.tasks.spawn(async move {
        if let Err(error) = worker::clock::run(clock).await {
            tracing::error!(%error, "the schedules do not run");
        }
    });
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    let stop = app.stop.clone();
    let served = Server::new_with_acceptor(acceptor)
        .run_with_graceful_shutdown(
            api::endpoint(&app),
            stop.cancelled_owned(),
            Some(CONNECTIONS_GRACE),
        )
        .await;
    app.stop.cancel();
    app.tasks.close();
    if tokio::time::timeout(GRACE, app.tasks.wait()).await.is_err() {
        tracing::warn!("work under way did not end in time; it is gone on with at the next start");
    }
    app.db.close().await;
    served
}
