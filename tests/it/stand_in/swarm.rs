//! Two real qBittorrents on loopback that really transfer: one seeds, the other one is the client, and a tracker brings them together.
//!
//! Observed of 4.5.2 (libtorrent 2.0.8), and why it is set up as it is:
//! - A client that is told to ask its tracker again in five seconds does not in half a minute, and does not connect to the same peer
//!   twice within a minute. So whoever comes later has to find the other one: the tracker tells both. Two that are complete part; a
//!   story that then wants more of a pack restarts the client.
//! - A seeder is complete about a second before it announces itself; until then nobody finds it.
//! - Over µTP, a peer that was killed holds its place for half a minute and more. Over TCP its connections end with it.

use super::{
    eventually, real_qbittorrent::RealQBittorrent, torrent::Torrent, tracker::Tracker,
    web_api::WebApi,
};

/// Numbers of torrents are refreshed ten times a second, instead of every 1.5 s; all of them may move.
const SETTINGS: &str = r"Session\BTProtocol=TCP
Session\MultiConnectionsPerIp=true
Session\QueueingSystemEnabled=false
Session\RefreshInterval=100";

/// Seconds in which everything here has come to pass, with much to spare.
pub const SOON: u64 = 40;

/// A seeder and a client; dropping it ends both. Each can be stopped, killed and started again by itself.
pub struct Swarm {
    /// Has what is seeded.
    pub seeder: RealQBittorrent,
    /// Has nothing at first.
    pub client: RealQBittorrent,
    tracker: Tracker,
}

impl Swarm {
    /// Starts both, and the tracker. Blocks for half a second.
    pub fn start() -> Self {
        Self {
            tracker: Tracker::start(),
            seeder: RealQBittorrent::start_with(SETTINGS),
            client: RealQBittorrent::start_with(SETTINGS),
        }
    }

    /// The same torrent, announced to this swarm: its peers find each other.
    pub fn joined(&self, torrent: Torrent) -> Torrent {
        torrent.announce(Some(&self.tracker.announce()))
    }

    /// Gives it to the seeder, with all of its content, and returns when it can be found there.
    pub async fn seed(&self, torrent: &Torrent) {
        torrent.write_data(&self.seeder.downloads());
        let api = WebApi::login(self.seeder.url()).await;
        api.add(&torrent.bytes(), &[]).await;
        let hash = torrent.hashes().id();
        eventually("the seeder is in the swarm", SOON, async || {
            progress(&api, &hash).await == 1.0 && self.tracker.has(&hash, self.seeder.peer_port())
        })
        .await;
    }

    /// Gives it to the client with these fields beside it, as a user would, and returns when it is listed: that is a moment after the
    /// add was accepted.
    pub async fn add(&self, torrent: &Torrent, fields: &[(&str, &str)]) -> WebApi {
        let api = WebApi::login(self.client.url()).await;
        api.add(&torrent.bytes(), fields).await;
        is_listed(&api, &torrent.hashes().id()).await;
        api
    }

    /// Bytes in a second that the seeder gives of it at most; 0 for all it can.
    pub async fn throttle(&self, torrent: &Torrent, bytes: u64) {
        let (hash, limit) = (torrent.hashes().id(), bytes.to_string());
        let api = WebApi::login(self.seeder.url()).await;
        // After a start it answers before it has read what it seeds, and a limit for what is not listed is lost.
        is_listed(&api, &hash).await;
        let form = [("hashes", hash.as_str()), ("limit", &limit)];
        api.post("torrents/setUploadLimit", &form).await;
    }

    /// Waits until the client has this share of it, from 0 to 1.
    pub async fn reaches(&self, torrent: &Torrent, share: f64) {
        let (api, hash) = (
            WebApi::login(self.client.url()).await,
            torrent.hashes().id(),
        );
        let what = format!("the client has {share} of {}", torrent.hashes().name);
        eventually(&what, SOON, async || progress(&api, &hash).await >= share).await;
    }

    /// Waits until nobody is connected to the client for it. Its state is no sign of that: it stays `downloading` for a while.
    pub async fn is_alone(&self, torrent: &Torrent) {
        let (api, hash) = (
            WebApi::login(self.client.url()).await,
            torrent.hashes().id(),
        );
        eventually("the client is alone", SOON, async || {
            let listed = api.torrent(&hash).await;
            listed.is_some_and(|listed| listed["num_seeds"] == 0)
        })
        .await;
    }
}

async fn is_listed(api: &WebApi, hash: &str) {
    let listed = async || api.torrent(hash).await.is_some();
    eventually("it is listed", SOON, listed).await;
}

/// Of what is wanted; 0 when it is not listed or still being looked at.
async fn progress(api: &WebApi, hash: &str) -> f64 {
    let Some(listed) = api.torrent(hash).await else {
        return 0.0;
    };
    let state = listed["state"].as_str().unwrap_or_default();
    match state.starts_with("checking") {
        true => 0.0,
        false => listed["progress"].as_f64().unwrap_or(0.0),
    }
}
