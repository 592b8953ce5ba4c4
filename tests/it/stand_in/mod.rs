//! Programs to test against. The stand-ins behave as the real ones were observed or read, not as our code would like it.
//!
//! Each runs on a thread and runtime of its own, so a test may block (wait for a child process) while they go on answering.

pub mod amule;
pub mod apprise;
pub mod book;
pub mod catalogue;
pub mod connected_amule;
pub mod consumer;
pub mod discord;
pub mod home_assistant;
pub mod kavita;
pub mod komga;
pub mod mybb;
pub mod ntfy;
pub mod offers;
pub mod program;
pub mod prowlarr;
pub mod proxy;
pub mod qbittorrent;
pub mod real_amule;
pub mod real_qbittorrent;
pub mod receiver;
pub mod reply;
pub mod server;
pub mod smtp;
pub mod swarm;
pub mod torrent;
pub mod tracker;
pub mod web_api;

use std::{
    sync::Once,
    time::{Duration, Instant},
};

/// Installs the TLS provider, which `main` does in the program.
pub fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .expect("nobody else installs one");
    });
}

/// Polls until `true`, at most `seconds` long.
pub async fn eventually(what: &str, seconds: u64, mut is_true: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !is_true().await {
        assert!(Instant::now() < deadline, "{what}: not within {seconds} s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
