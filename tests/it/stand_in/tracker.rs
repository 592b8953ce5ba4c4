//! A BitTorrent tracker on loopback (BEP 3, with the compact lists of BEP 23): what brings two real clients together, after every restart.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
};

use poem::{Request, Response, endpoint::make};

use super::{
    reply::{parameters, raw},
    server::Server,
    torrent::PASSKEY,
};

/// Ports of those that are in a swarm, by infohash in lower-case hexadecimal.
type Swarms = Arc<Mutex<BTreeMap<String, BTreeSet<u16>>>>;

/// A running tracker; dropping it stops it.
pub struct Tracker {
    server: Server,
    swarms: Swarms,
}

impl Tracker {
    /// Starts with no one in it.
    pub fn start() -> Self {
        let swarms = Swarms::default();
        let at_server = Arc::clone(&swarms);
        let server = Server::start(make(move |request: Request| {
            let swarms = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(announce(&mut lock(&swarms), &request)) }
        }));
        Self { server, swarms }
    }

    /// For the torrents that are to use it. libtorrent asks a tracker on loopback only below `/announce`.
    pub fn announce(&self) -> String {
        format!("{}announce?passkey={PASSKEY}", self.server.url())
    }

    /// Whether the client with this port is in the swarm of an infohash.
    pub fn has(&self, hash: &str, port: u16) -> bool {
        let swarms = lock(&self.swarms);
        swarms.get(hash).is_some_and(|ports| ports.contains(&port))
    }
}

fn lock(swarms: &Swarms) -> MutexGuard<'_, BTreeMap<String, BTreeSet<u16>>> {
    swarms.lock().expect("no one panics with it")
}

fn announce(swarms: &mut BTreeMap<String, BTreeSet<u16>>, request: &Request) -> Response {
    let parameters: BTreeMap<_, _> = parameters(request).into_iter().collect();
    let port = parameters.get("port").and_then(|port| port.parse().ok());
    let (Some(hash), Some(port)) = (info_hash(request), port) else {
        return raw("text/plain", "d14:failure reason10:no announcee");
    };
    let swarm = swarms.entry(hash).or_default();
    match parameters.get("event").map(String::as_str) {
        Some("stopped") => swarm.remove(&port),
        _ => swarm.insert(port),
    };
    let others = swarm.iter().filter(|known| **known != port);
    let peers: Vec<u8> = others
        .flat_map(|port| [&[127, 0, 0, 1], &port.to_be_bytes()[..]].concat())
        .collect();
    let head = format!("d8:intervali5e5:peers{}:", peers.len());
    raw("text/plain", [head.as_bytes(), &peers, b"e"].concat())
}

/// It is no text, so the query cannot be read as one.
fn info_hash(request: &Request) -> Option<String> {
    let query = request.uri().query()?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == "info_hash")?;
    let mut hash = String::new();
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => hash.extend([bytes.next()?, bytes.next()?].map(char::from)),
            byte => hash.push_str(&format!("{byte:02x}")),
        }
    }
    Some(hash.to_ascii_lowercase())
}
