//! A program that speaks External Connections as a test wants it to: for what the real amuled does not do when it is asked to.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use lacunarr::download::amule::codec::{
    Draft, DraftTag, HEADER, Header, MOST_BYTES, Packet,
    names::{op, tag},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What it does about a question.
pub enum Reply {
    /// Answers.
    Say(Draft),
    /// Sends these bytes, whatever they are.
    Bytes(Vec<u8>),
    /// Sends these bytes one by one.
    Drip(Vec<u8>),
    /// Sends these bytes and closes the connection.
    Break(Vec<u8>),
    /// Says nothing.
    Silence,
}

type Answer = dyn FnMut(&Packet) -> Reply + Send;

/// A running one; dropping it stops it.
pub struct Amuled {
    port: u16,
    task: JoinHandle<()>,
    connections: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<u8>>>,
}

impl Amuled {
    /// Starts one that answers so. [`usual`] is for what a test is not about.
    pub async fn start(answer: impl FnMut(&Packet) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shown = (Arc::clone(&connections), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            let mut answer: Box<Answer> = Box::new(answer);
            // One at a time, as it is used.
            while let Ok((stream, _)) = listener.accept().await {
                shown.0.fetch_add(1, Ordering::SeqCst);
                // It ends as a connection ends: with an error or without.
                let _ = serve(stream, &mut answer, &shown.1).await;
            }
        });
        Self {
            port,
            task,
            connections,
            asked,
        }
    }

    /// Where it is, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How often an operation was asked for.
    pub fn times(&self, operation: u8) -> usize {
        let asked = self.asked.lock().expect("a lock");
        asked.iter().filter(|op| **op == operation).count()
    }
}

impl Drop for Amuled {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &mut Box<Answer>,
    asked: &Mutex<Vec<u8>>,
) -> std::io::Result<()> {
    loop {
        let mut header = [0; HEADER];
        stream.read_exact(&mut header).await?;
        let header = Header::parse(header, MOST_BYTES).expect("a header of ours");
        let mut payload = vec![0; header.length];
        stream.read_exact(&mut payload).await?;
        let question = Packet::decode(header, payload).expect("a packet of ours");
        asked.lock().expect("a lock").push(question.op);
        match answer(&question) {
            Reply::Say(draft) => stream.write_all(&draft.to_frame()).await?,
            Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
            Reply::Drip(bytes) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await?;
                    tokio::task::yield_now().await;
                }
            }
            Reply::Break(bytes) => return stream.write_all(&bytes).await,
            Reply::Silence => {}
        }
    }
}

/// Lets everybody in, has nothing, is connected, and does what it is told.
pub fn usual(question: &Packet) -> Reply {
    Reply::Say(match question.op {
        op::AUTH_REQ => Draft::new(op::AUTH_SALT).with(DraftTag::number(tag::PASSWD_SALT, 7)),
        op::AUTH_PASSWD => {
            Draft::new(op::AUTH_OK).with(DraftTag::text(tag::SERVER_VERSION, "2.3.3"))
        }
        op::GET_DLOAD_QUEUE => Draft::new(op::DLOAD_QUEUE),
        op::GET_SHARED_FILES => Draft::new(op::SHARED_FILES),
        op::GET_CONNSTATE => Draft::new(op::MISC_DATA).with(DraftTag::number(tag::CONNSTATE, 4)),
        op::GET_PREFERENCES => {
            let incoming = DraftTag::text(tag::DIRECTORIES_INCOMING, "/incoming");
            let folders = DraftTag::new(tag::PREFS_DIRECTORIES, 1, []).with(incoming);
            Draft::new(op::SET_PREFERENCES).with(folders)
        }
        _ => Draft::new(op::NOOP),
    })
}

/// A queue of this one download; its bytes with the kind of number that is given.
pub fn queue_of(md4: [u8; 16], kind: u8, size: &[u8]) -> Draft {
    let file = DraftTag::number(tag::PARTFILE, 7)
        .with(DraftTag::hash(tag::PARTFILE_HASH, md4))
        .with(DraftTag::text(tag::PARTFILE_NAME, "T01.cbz"))
        .with(DraftTag::new(tag::PARTFILE_SIZE_FULL, kind, size));
    Draft::new(op::DLOAD_QUEUE).with(file)
}
