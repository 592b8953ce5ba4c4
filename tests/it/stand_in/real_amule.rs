//! The real amuled, in a folder of its own, and a second and a third way to look into it: the protocol itself, and amulecmd.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use lacunarr::download::amule::codec::{
    Draft, DraftTag, HEADER, Header, MOST_BYTES, Packet,
    names::{op, tag},
};
use md4::Md4;
use md5::{Digest, Md5};
use tempfile::TempDir;

use super::real_qbittorrent::free_port;

/// The password of its External Connections.
pub const PASSWORD: &str = "amulepass123";

/// A running amuled; dropping it kills it and removes its files.
pub struct RealAmule {
    home: TempDir,
    port: u16,
    child: Child,
}

impl RealAmule {
    /// Starts one and waits until it answers.
    pub fn start() -> Self {
        Self::start_with(&md5(PASSWORD), "")
    }

    /// The same with another `ECPassword`, and more lines in the `[eMule]` part of its settings.
    pub fn start_with(password: &str, more: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let port = free_port();
        for folder in ["incoming", "temp"] {
            std::fs::create_dir(home.path().join(folder)).expect("a folder");
        }
        let settings = settings(home.path(), port, password, more);
        std::fs::write(home.path().join("amule.conf"), settings).expect("a file");
        let child = spawn(home.path());
        let mut real = Self { home, port, child };
        real.wait();
        real
    }

    /// Where its External Connections are, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its complete files come to be.
    pub fn incoming(&self) -> PathBuf {
        self.home.path().join("incoming")
    }

    /// A folder that nothing of its own is in.
    pub fn elsewhere(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file into its Incoming folder and has it shared; its hash.
    pub fn share(&self, name: &str, content: &str) -> [u8; 16] {
        std::fs::write(self.incoming().join(name), content).expect("a file");
        let mut door = Door::open(self.port);
        door.ask(&Draft::new(RELOAD_SHARED));
        let hash = ed2k(content.as_bytes());
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let files = door.ask(&Draft::new(op::GET_SHARED_FILES));
            let hashes = files
                .tags()
                .filter_map(|file| file.child(tag::PARTFILE_HASH)?.hash());
            if hashes.into_iter().any(|known| known == hash) {
                return hash;
            }
            assert!(Instant::now() < deadline, "{name} is not shared");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Makes a category.
    pub fn make_category(&self, name: &str, path: &Path) {
        let path = path.to_str().expect("UTF-8");
        let category = DraftTag::number(tag::CATEGORY, 0)
            .with(DraftTag::text(tag::CATEGORY_PATH, path))
            .with(DraftTag::text(tag::CATEGORY_COMMENT, ""))
            .with(DraftTag::number(tag::CATEGORY_COLOR, 0))
            .with(DraftTag::number(tag::CATEGORY_PRIO, 0))
            .with(DraftTag::text(tag::CATEGORY_TITLE, name));
        let answer = Door::open(self.port).ask(&Draft::new(op::CREATE_CATEGORY).with(category));
        assert_eq!(answer.op, op::NOOP, "{name}");
    }

    /// Removes the category of an index; those behind it move up.
    pub fn remove_category(&self, index: u64) {
        let command = Draft::new(DELETE_CATEGORY).with(DraftTag::number(tag::CATEGORY, index));
        assert_eq!(Door::open(self.port).ask(&command).op, op::NOOP);
    }

    /// The index of the category that a download is in.
    pub fn category_of(&self, md4: [u8; 16]) -> u64 {
        let queue = Door::open(self.port).ask(&Draft::new(op::GET_DLOAD_QUEUE));
        let mut files = queue.tags();
        let file = files
            .find(|file| file.child(tag::PARTFILE_HASH).and_then(|hash| hash.hash()) == Some(md4));
        file.expect("a download").number_of(tag::PARTFILE_CAT)
    }

    /// What amulecmd says to a command, in English. Now and then it is not let in, see [`Door::open`].
    pub fn amulecmd(&self, command: &str) -> String {
        for _ in 0..10 {
            let said = self.try_amulecmd(command);
            if !said.contains("EC connection failed") {
                return said;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        panic!("amulecmd is not let in: {}", self.log());
    }

    fn try_amulecmd(&self, command: &str) -> String {
        let output = Command::new("amulecmd")
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-P", PASSWORD, "-c", command])
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.home.path())
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("amulecmd cannot be started ({error}): install it with `apt-get install amule-utils`"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Ends it politely, so that it saves its downloads.
    pub fn stop(&mut self) {
        if self.child.try_wait().expect("our child").is_some() {
            return;
        }
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        asked.expect("kill");
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait().expect("our child").is_none() {
            assert!(
                Instant::now() < deadline,
                "amuled does not end: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts it again after [`stop`](Self::stop): same port, same downloads.
    pub fn start_again(&mut self) {
        self.child = spawn(self.home.path());
        self.wait();
    }

    fn wait(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Some(status) = self.child.try_wait().expect("our child") {
                panic!("amuled ended by itself: {status}; {}", self.log());
            }
            assert!(
                Instant::now() < deadline,
                "amuled does not answer: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("logfile"))
            .unwrap_or_else(|error| format!("no log: {error}"))
    }
}

impl Drop for RealAmule {
    fn drop(&mut self) {
        // It may have ended already; there is nothing more to do about it then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(home: &Path) -> Child {
    Command::new("amuled")
        .arg("-c")
        .arg(home)
        .arg("-o")
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("amuled cannot be started ({error}): these tests need the real program, install it with `apt-get install amule-daemon`"))
}

/// Nothing of it leaves this machine: no network, no port but on loopback, nothing asked of a router.
fn settings(home: &Path, port: u16, password: &str, more: &str) -> String {
    let home = home.display();
    format!(
        "[eMule]
Nick=lacunarr
Address=127.0.0.1
Port={peers}
UDPEnable=0
UPnPEnabled=0
ConnectToED2K=0
ConnectToKad=0
Autoconnect=0
Reconnect=0
NewVersionCheck=0
IncomingDir={home}/incoming
TempDir={home}/temp
{more}
[ExternalConnect]
AcceptExternalConnections=1
ECAddress=127.0.0.1
ECPort={port}
ECPassword={password}
UPnPECEnabled=0
[WebServer]
Enabled=0
",
        peers = free_port()
    )
}

const RELOAD_SHARED: u8 = 0x23;
const DELETE_CATEGORY: u8 = 0x43;

/// A connection of a test's own.
struct Door(TcpStream);

impl Door {
    /// On a busy machine amuled closes a connection now and then instead of answering the password.
    fn open(port: u16) -> Self {
        for _ in 0..10 {
            match Self::try_open(port) {
                Ok(door) => return door,
                Err(_) => std::thread::sleep(Duration::from_millis(500)),
            }
        }
        panic!("amuled lets nobody in");
    }

    fn try_open(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut door = Self(stream);
        let hello = Draft::new(op::AUTH_REQ).with(DraftTag::number(tag::PROTOCOL_VERSION, 0x0204));
        let salt = door.exchange(&hello)?;
        let salt = salt.tag(tag::PASSWD_SALT).and_then(|salt| salt.number());
        let salt = md5(&format!("{:X}", salt.expect("a salt")));
        let hash = Md5::digest((md5(PASSWORD) + &salt).as_bytes()).into();
        let proof = Draft::new(op::AUTH_PASSWD).with(DraftTag::hash(tag::PASSWD_HASH, hash));
        assert_eq!(door.exchange(&proof)?.op, op::AUTH_OK);
        Ok(door)
    }

    fn ask(&mut self, question: &Draft) -> Packet {
        self.exchange(question).expect("an answer")
    }

    fn exchange(&mut self, question: &Draft) -> std::io::Result<Packet> {
        self.0.write_all(&question.to_frame())?;
        let mut header = [0; HEADER];
        self.0.read_exact(&mut header)?;
        let header = Header::parse(header, MOST_BYTES).expect("a header");
        let mut payload = vec![0; header.length];
        self.0.read_exact(&mut payload)?;
        Ok(Packet::decode(header, payload).expect("a packet"))
    }
}

/// In small hexadecimal digits, as `ECPassword` has it.
pub fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text.as_bytes()))
}

/// The hash of a file that is shorter than one part (9,728,000 bytes).
fn ed2k(content: &[u8]) -> [u8; 16] {
    assert!(content.len() < 9_728_000);
    Md4::digest(content).into()
}
