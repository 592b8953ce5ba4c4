//! In front of a real amuled that reaches nobody: hands everything on as it is, but says that aMule is connected, as one of a user is.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

/// Answers to questions about its connections are packets of this kind (protocol of External Connections).
const MISC_DATA: u8 = 0x07;
/// Connected to ed2k, and to Kad.
const CONNECTED: u8 = 1 | 4;

/// A port that leads to an amuled.
pub struct ConnectedAmule {
    port: u16,
}

impl ConnectedAmule {
    /// In front of the External Connections on that port.
    pub fn start(amule: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                thread::spawn(move || serve(caller, amule));
            }
        });
        Self { port }
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}

fn serve(caller: TcpStream, amule: u16) {
    let Ok(real) = TcpStream::connect(("127.0.0.1", amule)) else {
        return;
    };
    let (mut questions, mut to_real) = (
        caller.try_clone().expect("a socket"),
        real.try_clone().expect("a socket"),
    );
    thread::spawn(move || {
        let _ = std::io::copy(&mut questions, &mut to_real);
        let _ = to_real.shutdown(std::net::Shutdown::Write);
    });
    answers(real, caller);
}

/// Frame by frame: flags, length, payload.
fn answers(mut real: TcpStream, mut caller: TcpStream) {
    let mut header = [0; 8];
    while real.read_exact(&mut header).is_ok() {
        let length = u32::from_be_bytes(header[4..].try_into().expect("four bytes"));
        let mut payload = vec![0; length as usize];
        if real.read_exact(&mut payload).is_err() {
            return;
        }
        // The state is the only tag, and its value the last byte.
        if payload.first() == Some(&MISC_DATA)
            && let Some(state) = payload.last_mut()
        {
            *state |= CONNECTED;
        }
        let sent = caller.write_all(&header);
        if sent.and_then(|()| caller.write_all(&payload)).is_err() {
            return;
        }
    }
    let _ = caller.shutdown(std::net::Shutdown::Both);
}
