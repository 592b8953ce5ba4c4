//! An HTTP server on a thread of its own that can go down, which resets its connections, and come back on the same port.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    thread::JoinHandle,
};

use poem::{
    Endpoint,
    http::uri::Scheme,
    listener::{Acceptor, TcpAcceptor},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::oneshot,
};
use url::Url;

/// A running server; dropping it stops it.
pub struct Server {
    port: u16,
    down: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `app` on a free port of 127.0.0.1.
    pub fn start(app: impl Endpoint + 'static) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket option");
        let port = listener.local_addr().expect("an address").port();
        let down = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = oneshot::channel();
        let gate = Arc::clone(&down);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let inner = TcpAcceptor::from_std(listener).expect("a listener");
                let server = poem::Server::new_with_acceptor(Gate { inner, down: gate });
                tokio::select! {
                    ended = server.run(app) => ended.expect("the server runs until it is stopped"),
                    _ = stopped => {}
                }
            });
        });
        Self {
            port,
            down,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// `http://127.0.0.1:port/`.
    pub fn url(&self) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}", self.port)).expect("a URL")
    }

    /// Down, every connection is reset, those that are open as well.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "a stand-in panicked"
            );
        }
    }
}

struct Gate {
    inner: TcpAcceptor,
    down: Arc<AtomicBool>,
}

impl Acceptor for Gate {
    type Io = Gated;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Gated, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            let (stream, local, remote, scheme) = self.inner.accept().await?;
            if self.down.load(Ordering::SeqCst) {
                stream.set_zero_linger()?;
                continue;
            }
            let down = Arc::clone(&self.down);
            return Ok((Gated { stream, down }, local, remote, scheme));
        }
    }
}

struct Gated {
    stream: TcpStream,
    down: Arc<AtomicBool>,
}

impl Gated {
    fn check(&self) -> io::Result<()> {
        if self.down.load(Ordering::SeqCst) {
            self.stream.set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Gated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Gated {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
