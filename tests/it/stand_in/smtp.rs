//! A mail server that speaks SMTP (RFC 5321) with AUTH, STARTTLS or TLS from the start, and keeps every letter.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::install_tls;

/// The user that it lets in.
pub const USER: &str = "lacunarr@home.example";

/// The user's password; it must not show up anywhere else.
pub const PASSWORD: &str = "PLANTED0PASSWORD0OF0MAIL";

/// How the way to it is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Not at all.
    Plain,
    /// When it is asked to, and nothing else is taken before.
    StartTls,
    /// From the first byte on.
    Tls,
}

/// What it does instead of going on, when a command comes; `.` is the end of a letter and `CONNECT` the beginning.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// Says this.
    Says(&'static str, &'static str),
    /// Hangs up.
    HangsUp(&'static str),
    /// Says nothing.
    Silent(&'static str),
}

impl Trouble {
    fn at(&self) -> &'static str {
        match self {
            Self::Says(at, _) | Self::HangsUp(at) | Self::Silent(at) => at,
        }
    }
}

/// A letter that it took.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// `MAIL FROM`.
    pub from: String,
    /// `RCPT TO`, each.
    pub to: Vec<String>,
    /// Headers and body as they came.
    pub text: String,
    /// Who was logged in.
    pub user: Option<String>,
    /// Whether it came by TLS.
    pub secured: bool,
}

impl Letter {
    /// A header, unfolded.
    pub fn header(&self, name: &str) -> String {
        let text = self.text.replace("\r\n ", " ");
        let mut lines = text.lines().take_while(|line| !line.is_empty());
        let found = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_default().to_owned()
    }
}

#[derive(Default)]
struct Inner {
    letters: Vec<Letter>,
    trouble: Option<Trouble>,
}

type State = Arc<Mutex<Inner>>;

/// A running mail server. Dropping it stops it.
pub struct Smtp {
    port: u16,
    certificate: String,
    state: State,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Smtp {
    /// Known as `localhost`.
    pub fn start(way: Way) -> Self {
        install_tls();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("its own key");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket option");
        let port = listener.local_addr().expect("an address").port();
        let state = State::default();
        let (stop, stopped) = oneshot::channel();
        let host = Host {
            way,
            tls: TlsAcceptor::from(Arc::new(tls)),
            state: Arc::clone(&state),
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = host.serve(listener) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            port,
            certificate: cert.pem(),
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its certificate in PEM; nobody else has signed it.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// What it does wrong from now on, or no more with none.
    pub fn fail(&self, trouble: impl Into<Option<Trouble>>) {
        lock(&self.state).trouble = trouble.into();
    }

    /// All that it took, in order.
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.state).letters.clone()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "it panicked");
        }
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

#[derive(Clone)]
struct Host {
    way: Way,
    tls: TlsAcceptor,
    state: State,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// How a part of a conversation ended.
enum Ended {
    Done,
    StartTls(Box<dyn Stream>),
}

impl Host {
    async fn serve(self, listener: TcpListener) {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                return;
            };
            let host = self.clone();
            // Whoever hangs up in the middle is no concern of the server.
            tokio::spawn(async move { host.talk(stream).await.ok() });
        }
    }

    async fn talk(&self, stream: TcpStream) -> io::Result<()> {
        let stream: Box<dyn Stream> = match self.way {
            Way::Tls => Box::new(self.tls.accept(stream).await?),
            Way::Plain | Way::StartTls => Box::new(stream),
        };
        let is_secured = self.way == Way::Tls;
        let mut line = Line::new(stream, &self.state, is_secured);
        if line.goes_on("CONNECT").await? {
            line.say("220 localhost ESMTP").await?;
        } else {
            return Ok(());
        }
        if let Ended::StartTls(stream) = line.converse(self.way).await? {
            let stream = Box::new(self.tls.accept(stream).await?);
            Line::new(stream, &self.state, true)
                .converse(self.way)
                .await?;
        }
        Ok(())
    }
}

struct Line<'a> {
    stream: BufStream<Box<dyn Stream>>,
    state: &'a State,
    letter: Letter,
}

impl<'a> Line<'a> {
    fn new(stream: Box<dyn Stream>, state: &'a State, secured: bool) -> Self {
        let letter = Letter {
            secured,
            ..Letter::default()
        };
        Self {
            stream: BufStream::new(stream),
            state,
            letter,
        }
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream
            .write_all(format!("{text}\r\n").as_bytes())
            .await?;
        self.stream.flush().await
    }

    async fn hear(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// False when there is trouble at this place: it has said so, or is to hang up.
    async fn goes_on(&mut self, at: &str) -> io::Result<bool> {
        let trouble = lock(self.state).trouble.clone();
        match trouble.filter(|trouble| trouble.at() == at) {
            None => Ok(true),
            Some(Trouble::Says(_, text)) => self.say(text).await.map(|()| false),
            Some(Trouble::HangsUp(_)) => Err(io::ErrorKind::ConnectionReset.into()),
            Some(Trouble::Silent(_)) => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Ok(false)
            }
        }
    }

    async fn converse(mut self, way: Way) -> io::Result<Ended> {
        loop {
            let said = self.hear().await?;
            let (verb, rest) = said.split_once(' ').unwrap_or((&said, ""));
            let verb = verb.to_ascii_uppercase();
            if !self.goes_on(&verb).await? {
                continue;
            }
            let must_secure = way == Way::StartTls && !self.letter.secured;
            match verb.as_str() {
                "EHLO" if must_secure => self.say("250-localhost\r\n250 STARTTLS").await?,
                "EHLO" => {
                    self.say("250-localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")
                        .await?
                }
                "STARTTLS" if must_secure => {
                    self.say("220 go ahead").await?;
                    return Ok(Ended::StartTls(self.stream.into_inner()));
                }
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(Ended::Done);
                }
                _ if must_secure => self.say("530 Must issue a STARTTLS command first").await?,
                "AUTH" => self.log_in(rest).await?,
                "MAIL" => {
                    self.letter.from = path(rest);
                    self.say("250 ok").await?;
                }
                "RCPT" => {
                    self.letter.to.push(path(rest));
                    self.say("250 ok").await?;
                }
                "DATA" if self.letter.to.is_empty() => self.say("503 no recipients").await?,
                "DATA" => self.take().await?,
                _ => self.say("502 not known").await?,
            }
        }
    }

    async fn log_in(&mut self, rest: &str) -> io::Result<()> {
        let given = rest
            .strip_prefix("PLAIN ")
            .and_then(|text| BASE64.decode(text).ok());
        if given.is_some_and(|given| given == format!("\0{USER}\0{PASSWORD}").as_bytes()) {
            self.letter.user = Some(USER.into());
            return self.say("235 welcome").await;
        }
        self.say("535 5.7.8 Username and Password not accepted")
            .await
    }

    async fn take(&mut self) -> io::Result<()> {
        self.say("354 go on").await?;
        self.letter.text.clear();
        loop {
            let line = self.hear().await?;
            if line == "." {
                break;
            }
            self.letter
                .text
                .push_str(line.strip_prefix('.').unwrap_or(&line));
            self.letter.text.push_str("\r\n");
        }
        if !self.goes_on(".").await? {
            return Ok(());
        }
        lock(self.state).letters.push(self.letter.clone());
        self.say("250 2.0.0 queued as 4F1A").await
    }
}

/// The address between `<` and `>`.
fn path(text: &str) -> String {
    let inner = text
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}
