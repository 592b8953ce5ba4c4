//! The real qbittorrent-nox, in a profile of its own below the temporary folder.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use url::Url;

/// PBKDF2-HMAC-SHA512 of `qbtpass123`, 100,000 rounds.
const PASSWORD_PBKDF2: &str = "@ByteArray(mpHXhbHDHSKGJHklj6422g==:59enhxJvKrT+uvBUYTmd851VhvYXHsX6vhoX0BuPRYN9jRyztF6obwYg2yLzxA4q37CATjIjTS/39p6ixVbk6Q==)";

/// A running qBittorrent; dropping it kills it and removes its files.
pub struct RealQBittorrent {
    profile: TempDir,
    port: u16,
    peers: u16,
    child: Mutex<Child>,
}

impl RealQBittorrent {
    /// Starts one and waits until it answers. It takes [`USER`](super::qbittorrent::USER) and [`PASSWORD`](super::qbittorrent::PASSWORD).
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// The same with more lines in the `[BitTorrent]` part of its settings.
    pub fn start_with(more: &str) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let (port, peers) = (free_port(), free_port());
        let folder = profile.path().join("qBittorrent/config");
        std::fs::create_dir_all(&folder).expect("a folder");
        // Until its folder is there it says that -1 bytes are free.
        std::fs::create_dir_all(profile.path().join("dl")).expect("a folder");
        let settings = settings(profile.path(), port, peers, more);
        std::fs::write(folder.join("qBittorrent.conf"), settings).expect("a file");
        let child = Mutex::new(spawn(profile.path(), port));
        let real = Self {
            profile,
            port,
            peers,
            child,
        };
        real.wait();
        real
    }

    /// One for all tests that run now and do not mind each other's torrents; the last user ends it.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<RealQBittorrent>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(|broken| broken.into_inner());
        shared.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *shared = Arc::downgrade(&started);
            started
        })
    }

    /// Its address.
    pub fn url(&self) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}", self.port)).expect("a URL")
    }

    /// Where it saves what has no other path.
    pub fn downloads(&self) -> PathBuf {
        self.profile.path().join("dl")
    }

    /// Where other clients reach it.
    pub fn peer_port(&self) -> u16 {
        self.peers
    }

    /// Ends it at once and starts it again: its torrents stay, its sessions do not.
    pub fn restart(&self) {
        self.stop();
        self.start_again();
    }

    /// Starts it again after [`stop`](Self::stop) or [`kill`](Self::kill): same ports, same torrents.
    pub fn start_again(&self) {
        *self.child() = spawn(self.profile.path(), self.port);
        self.wait();
    }

    /// Ends it as a power cut would: what it has not saved is lost.
    pub fn kill(&self) {
        let mut child = self.child();
        child.kill().expect("our child");
        child.wait().expect("our child");
    }

    /// Ends it: politely, so that it saves its torrents, then by force.
    pub fn stop(&self) {
        let mut child = self.child();
        if child.try_wait().expect("our child").is_some() {
            return;
        }
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while asked.is_ok() && Instant::now() < deadline {
            if child.try_wait().expect("our child").is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().expect("our child");
        child.wait().expect("our child");
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }

    fn wait(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.answers() {
            if let Some(status) = self.child().try_wait().expect("our child") {
                panic!("qbittorrent-nox ended by itself: {status}; {}", self.log());
            }
            assert!(
                Instant::now() < deadline,
                "qbittorrent-nox does not answer: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn answers(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            write!(
                stream,
                "GET /api/v2/app/version HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
                self.port
            )?;
            let mut start = [0; 12];
            stream.read_exact(&mut start)?;
            Ok(String::from_utf8_lossy(&start).into_owned())
        };
        ask().is_ok_and(|start| start == "HTTP/1.1 403")
    }

    fn log(&self) -> String {
        let path = self
            .profile
            .path()
            .join("qBittorrent/data/logs/qbittorrent.log");
        std::fs::read_to_string(path).unwrap_or_else(|error| format!("no log: {error}"))
    }
}

impl Drop for RealQBittorrent {
    fn drop(&mut self) {
        let mut child = self.child();
        // It may have ended already; there is nothing more to do about it then.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn spawn(profile: &Path, port: u16) -> Child {
    Command::new("qbittorrent-nox")
        .arg(format!("--profile={}", profile.display()))
        .arg(format!("--webui-port={port}"))
        // Without a terminal it does not ask about the legal notice.
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("qbittorrent-nox cannot be started ({error}): these tests need the real program, install it with `apt-get install qbittorrent-nox`"))
}

/// Nothing of it leaves this machine. Host header validation also refuses every port but its own, and the tests put a proxy before it.
fn settings(profile: &Path, port: u16, peers: u16, more: &str) -> String {
    let downloads = profile.join("dl");
    format!(
        r#"[LegalNotice]
Accepted=true
[BitTorrent]
Session\DHTEnabled=false
Session\LSDEnabled=false
Session\PeXEnabled=false
Session\Interface=lo
Session\InterfaceName=lo
Session\Port={peers}
Session\DefaultSavePath={}
{more}
[Network]
PortForwardingEnabled=false
[Preferences]
Connection\ResolvePeerCountries=false
WebUI\Address=127.0.0.1
WebUI\Port={port}
WebUI\LocalHostAuth=true
WebUI\HostHeaderValidation=false
WebUI\Username=farm
WebUI\Password_PBKDF2="{PASSWORD_PBKDF2}"
WebUI\BanDuration=60
"#,
        downloads.display()
    )
}

/// One that no other program of these tests has had: a program of an earlier test may still knock at its port, with another password.
pub(super) fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let mut given = GIVEN.lock().unwrap_or_else(|broken| broken.into_inner());
        if given.insert(port) {
            return port;
        }
    }
}
