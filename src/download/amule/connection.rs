//! One TCP connection: a frame out, a frame in, both in bounded time.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use super::codec::{CodecError, Draft, HEADER, Header, Packet};

/// A connection that was not used for so long is not trusted: what stands between may have forgotten it.
const IDLE: Duration = Duration::from_secs(300);
/// A connection to aMule.
pub(super) struct Connection {
    stream: TcpStream,
    used_at: Instant,
}

/// Why there is no answer.
pub(super) enum Fault {
    Io(io::Error),
    /// It ended before the first byte, or in the middle.
    Closed(&'static str),
    Late(Duration),
    Codec(CodecError),
}

const CLOSED: &str = "it closed the connection";
const BROKE_OFF: &str = "the connection broke off in the middle of an answer";

impl Connection {
    /// Connects.
    pub async fn open(host: &str, port: u16, within: Duration) -> Result<Self, Fault> {
        let stream = timeout(within, TcpStream::connect((host, port))).await;
        let stream = stream
            .map_err(|_| Fault::Late(within))?
            .map_err(Fault::Io)?;
        // A request is one small write; waiting for more only delays it.
        stream.set_nodelay(true).map_err(Fault::Io)?;
        Ok(Self {
            stream,
            used_at: Instant::now(),
        })
    }

    /// Neither idle for long nor closed, and nothing came that nobody asked for.
    pub fn is_usable(&self) -> bool {
        let silent = self.stream.try_read(&mut [0]);
        self.used_at.elapsed() < IDLE
            && silent.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Sends a packet and reads the next one that comes, of `most` bytes at most.
    pub async fn ask(
        &mut self,
        draft: &Draft,
        most: usize,
        within: Duration,
    ) -> Result<Packet, Fault> {
        let exchange = async {
            let frame = draft.to_frame();
            self.stream.write_all(&frame).await.map_err(Fault::Io)?;
            self.answer(most).await
        };
        let answer = timeout(within, exchange).await;
        let answer = answer.map_err(|_| Fault::Late(within))??;
        self.used_at = Instant::now();
        Ok(answer)
    }

    async fn answer(&mut self, most: usize) -> Result<Packet, Fault> {
        let mut header = [0; HEADER];
        let first = self.stream.read(&mut header).await.map_err(Fault::Io)?;
        if first == 0 {
            return Err(Fault::Closed(CLOSED));
        }
        let rest = self.stream.read_exact(&mut header[first..]).await;
        rest.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Fault::Closed(BROKE_OFF),
            _ => Fault::Io(error),
        })?;
        let header = Header::parse(header, most).map_err(Fault::Codec)?;
        // It grows with what arrives, whatever the header says.
        let mut payload = Vec::new();
        let mut stream = (&mut self.stream).take(header.length as u64);
        let length = stream.read_to_end(&mut payload).await.map_err(Fault::Io)?;
        match length == header.length {
            true => Packet::decode(header, payload).map_err(Fault::Codec),
            false => Err(Fault::Closed(BROKE_OFF)),
        }
    }
}
