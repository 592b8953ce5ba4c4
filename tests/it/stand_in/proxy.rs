//! A TCP proxy that knows where one HTTP request ends, to do something at an exact moment of it: kill a process, break a link, change a fault.
//!
//! It reads a request to its end, passes it on over a connection of its own, reads the answer to its end and passes that back. Every
//! connection carries one request: `Connection: close` is set both ways, so no state hides in kept connections. The Host header stays.
//! A client that died meanwhile gets nothing more done for it: what it had not sent at that moment is not sent.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use url::Url;

/// When in the life of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It has arrived whole, nothing of it was passed on.
    BeforeRequest,
    /// So many bytes of it were passed on.
    AfterBytes(usize),
    /// The other side has acted and answered, the client does not know yet.
    BeforeAnswer,
    /// The client has the answer.
    AfterAnswer,
}

/// False cuts the connections.
type Callback = Box<dyn FnOnce() -> bool + Send>;

struct Trigger {
    first_line: String,
    nth: usize,
    moment: Moment,
    callback: Callback,
}

struct Shared {
    upstream: SocketAddr,
    refuses: AtomicBool,
    stopped: AtomicBool,
    triggers: Mutex<Vec<Trigger>>,
    seen: Mutex<Vec<String>>,
}

/// A running proxy. Dropping it stops it.
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Passes everything through to the host and port of `upstream`.
    pub fn start(upstream: &Url) -> Self {
        let addresses = upstream.socket_addrs(|| None).expect("a host and a port");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            upstream: addresses[0],
            refuses: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            triggers: Mutex::default(),
            seen: Mutex::default(),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || accept(&listener, &of_thread));
        Self {
            port,
            shared,
            thread: Some(thread),
        }
    }

    /// Its own address: where clients are pointed to.
    pub fn url(&self) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}", self.port)).expect("a URL")
    }

    /// Closes every new connection at once, or no longer.
    pub fn refuse(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Runs `callback` at a moment of the `nth` request from now on (1 is the next) whose first line contains `first_line`.
    /// The request waits until the callback returns.
    pub fn on(
        &self,
        first_line: &str,
        nth: usize,
        moment: Moment,
        callback: impl FnOnce() + Send + 'static,
    ) {
        let callback = || {
            callback();
            true
        };
        self.trigger(first_line, nth, moment, Box::new(callback));
    }

    /// Cuts both connections at a moment of such a request.
    pub fn cut(&self, first_line: &str, nth: usize, moment: Moment) {
        self.trigger(first_line, nth, moment, Box::new(|| false));
    }

    fn trigger(&self, first_line: &str, nth: usize, moment: Moment, callback: Callback) {
        assert!(nth > 0, "requests are counted from 1");
        lock(&self.shared.triggers).push(Trigger {
            first_line: first_line.into(),
            nth,
            moment,
            callback,
        });
    }

    /// The first line of every request so far.
    pub fn seen(&self) -> Vec<String> {
        lock(&self.shared.seen).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread out of its accept; when that fails it is not in it.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "the proxy panicked"
            );
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(|broken| broken.into_inner())
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else { continue };
        if shared.refuses.load(Ordering::SeqCst) {
            continue;
        }
        let shared = Arc::clone(shared);
        // A broken connection is what tests want to see at its other end.
        std::thread::spawn(move || drop(pass(&client, &shared)));
    }
}

fn pass(mut client: &TcpStream, shared: &Shared) -> io::Result<()> {
    let request = read_request(&mut BufReader::new(client))?;
    let line = request
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line).into_owned();
    lock(&shared.seen).push(line.clone());
    let mut due = Due::take(shared, &line);

    if !due.run(Moment::BeforeRequest, client) {
        return Ok(());
    }
    let mut upstream = TcpStream::connect(shared.upstream)?;
    let mut sent = 0;
    for cut in due.cuts() {
        let end = cut.clamp(sent, request.len());
        upstream.write_all(&request[sent..end])?;
        sent = end;
        if !due.run(Moment::AfterBytes(cut), client) {
            return Ok(());
        }
    }
    upstream.write_all(&request[sent..])?;
    let answer = read_answer(&mut BufReader::new(&upstream), line.starts_with("HEAD "))?;
    if !due.run(Moment::BeforeAnswer, client) {
        return Ok(());
    }
    client.write_all(&answer)?;
    due.run(Moment::AfterAnswer, client);
    Ok(())
}

/// What is to be done about one request.
struct Due(Vec<(Moment, Callback)>);

impl Due {
    fn take(shared: &Shared, line: &str) -> Self {
        let mut triggers = lock(&shared.triggers);
        for trigger in triggers
            .iter_mut()
            .filter(|trigger| line.contains(&trigger.first_line))
        {
            trigger.nth -= 1;
        }
        let (now, later) = std::mem::take(&mut *triggers)
            .into_iter()
            .partition(|trigger| trigger.nth == 0);
        *triggers = later;
        let now: Vec<Trigger> = now;
        Self(
            now.into_iter()
                .map(|trigger| (trigger.moment, trigger.callback))
                .collect(),
        )
    }

    /// The byte counts at which to stop, in order.
    fn cuts(&self) -> Vec<usize> {
        let bytes = |moment: &Moment| match moment {
            Moment::AfterBytes(bytes) => Some(*bytes),
            _ => None,
        };
        let mut cuts: Vec<_> = self
            .0
            .iter()
            .filter_map(|(moment, _)| bytes(moment))
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }

    /// Runs what is due at this moment. False when the client did not survive it, or is to be cut off.
    fn run(&mut self, now: Moment, client: &TcpStream) -> bool {
        let (due, later): (Vec<_>, _) = self.0.drain(..).partition(|(moment, _)| *moment == now);
        self.0 = later;
        if due.is_empty() {
            return true;
        }
        let go_on = due
            .into_iter()
            .fold(true, |go_on, (_, callback)| callback() && go_on);
        go_on && is_alive(client)
    }
}

/// The sockets of a process are closed before its parent learns of its end, so a short look is enough.
fn is_alive(client: &TcpStream) -> bool {
    let look = || {
        client.set_read_timeout(Some(Duration::from_millis(100)))?;
        client.peek(&mut [0])
    };
    match look() {
        Ok(read) => read > 0,
        Err(error) => matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
        ),
    }
}

fn read_request(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let head = Head::read(from)?;
    let mut message = head.closing();
    if head.is_chunked() {
        read_chunks(from, &mut message)?;
    } else {
        from.take(head.length()?.unwrap_or_default())
            .read_to_end(&mut message)?;
    }
    Ok(message)
}

fn read_answer(from: &mut impl BufRead, to_head: bool) -> io::Result<Vec<u8>> {
    let mut head = Head::read(from)?;
    while head.status() == "100" {
        head = Head::read(from)?;
    }
    let mut message = head.closing();
    if to_head || matches!(head.status(), "204" | "304") {
        return Ok(message);
    }
    match head.length()? {
        _ if head.is_chunked() => read_chunks(from, &mut message)?,
        Some(length) => drop(from.take(length).read_to_end(&mut message)?),
        None => drop(from.read_to_end(&mut message)?),
    }
    Ok(message)
}

/// The lines before the body.
struct Head(Vec<String>);

impl Head {
    fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            from.read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if line.is_empty() {
                return Ok(Self(lines));
            }
            lines.push(line);
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.0.iter().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn status(&self) -> &str {
        self.0
            .first()
            .and_then(|line| line.split(' ').nth(1))
            .unwrap_or_default()
    }

    fn is_chunked(&self) -> bool {
        self.header("Transfer-Encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    }

    fn length(&self) -> io::Result<Option<u64>> {
        let broken = |_| io::Error::from(io::ErrorKind::InvalidData);
        self.header("Content-Length")
            .map(|text| text.parse().map_err(broken))
            .transpose()
    }

    /// As bytes, with `Connection: close` instead of what it says of the connection.
    fn closing(&self) -> Vec<u8> {
        let of_connection = |line: &&String| {
            let name = line
                .split(':')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            name != "connection" && name != "keep-alive"
        };
        let kept = self
            .0
            .iter()
            .filter(of_connection)
            .map(|line| format!("{line}\r\n"));
        let mut text: String = kept.collect();
        text.push_str("Connection: close\r\n\r\n");
        text.into_bytes()
    }
}

/// Copies a chunked body as it stands there.
fn read_chunks(from: &mut impl BufRead, into: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = Vec::new();
        from.read_until(b'\n', &mut line)?;
        into.extend_from_slice(&line);
        let text = String::from_utf8_lossy(&line);
        let size = text.split(';').next().unwrap_or_default().trim();
        let broken = |_| io::Error::from(io::ErrorKind::InvalidData);
        let size = u64::from_str_radix(size, 16).map_err(broken)?;
        if size == 0 {
            // Trailers, up to the empty line.
            loop {
                let mut line = Vec::new();
                from.read_until(b'\n', &mut line)?;
                into.extend_from_slice(&line);
                if line.len() <= 2 {
                    return Ok(());
                }
            }
        }
        from.take(size + 2).read_to_end(into)?;
    }
}
