//! The one connection to aMule: opened when it is needed, kept, and asked one thing at a time, because aMule 2.3.3 stands neither many
//! short connections nor several at once.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use super::{
    codec::{
        CodecError, Draft, DraftTag, MOST_BYTES, Packet,
        names::{PROTOCOL, op, tag},
    },
    connection::{Connection, Fault},
    login::password_hash,
};
use crate::{http::harmless, ports::PortError, secret::Secret};

/// For a connection, at most.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Between the beginnings of two connections, at least.
const PACE: Duration = Duration::from_millis(500);
/// How often a login is begun that breaks off: of some hundred logins on a busy machine, 2.3.3 closes one instead of answering it.
const LOGINS: u32 = 3;
/// Bytes of an answer at most before we are let in.
const MOST_BEFORE: usize = 64 * 1024;
/// Letters of what aMule says that are shown.
const SAID: usize = 160;

/// The way to one aMule.
pub(super) struct Session {
    host: String,
    port: u16,
    password: Secret,
    timeout: Duration,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    open: Option<Connection>,
    opened_at: Option<Instant>,
    version: String,
}

impl Session {
    pub fn new(host: String, port: u16, password: Secret, timeout: Duration) -> Self {
        Self {
            host,
            port,
            password,
            timeout,
            line: Mutex::default(),
        }
    }

    /// `host:port`, for messages.
    pub fn origin(&self) -> String {
        super::address(&self.host, self.port)
    }

    /// Asks a question, logging in first where that is necessary. One that finds the connection closed is asked once more on a new one.
    ///
    /// # Errors
    /// When there is no answer, or another one than `wanted`.
    pub async fn look(&self, question: &Draft, wanted: u8) -> Result<Packet, PortError> {
        let answer = self.ask(question, true).await?;
        match answer.op == wanted {
            true => Ok(answer),
            false => Err(self.unexpected(&answer)),
        }
    }

    /// Has something done; true when aMule says that it did it, false when it says that it did not. It is never sent twice.
    ///
    /// # Errors
    /// When there is no answer, or another one.
    pub async fn act(&self, command: &Draft) -> Result<bool, PortError> {
        let answer = self.ask(command, false).await?;
        match answer.op {
            op::NOOP => Ok(true),
            op::FAILED => Ok(false),
            _ => Err(self.unexpected(&answer)),
        }
    }

    /// The version of the program, as of the last login.
    pub async fn version(&self) -> String {
        self.line.lock().await.version.clone()
    }

    async fn ask(&self, draft: &Draft, again: bool) -> Result<Packet, PortError> {
        let mut line = self.line.lock().await;
        // While it is used it is not kept: an answer that nobody waits for any more would be taken for that to the next question.
        if let Some(mut kept) = line.open.take().filter(Connection::is_usable) {
            match kept.ask(draft, MOST_BYTES, self.timeout).await {
                Ok(answer) => {
                    line.open = Some(kept);
                    return Ok(answer);
                }
                Err(Fault::Io(_) | Fault::Closed(_)) if again => {}
                Err(fault) => return Err(self.error(fault)),
            }
        }
        let mut opened = self.open(&mut line).await?;
        let answer = opened.ask(draft, MOST_BYTES, self.timeout).await;
        let answer = answer.map_err(|fault| self.error(fault))?;
        line.open = Some(opened);
        Ok(answer)
    }

    /// Connects and logs in.
    async fn open(&self, line: &mut Line) -> Result<Connection, PortError> {
        let mut tries = 1;
        loop {
            let mut connection = self.connect(line).await?;
            match self.log_in(&mut connection).await {
                Ok(version) => {
                    line.version = version;
                    return Ok(connection);
                }
                Err(PortError::Unreachable { .. }) if tries < LOGINS => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn connect(&self, line: &mut Line) -> Result<Connection, PortError> {
        if let Some(at) = line.opened_at {
            sleep_until(at + PACE).await;
        }
        line.opened_at = Some(Instant::now());
        let within = CONNECT_WITHIN.min(self.timeout);
        let connection = Connection::open(&self.host, self.port, within).await;
        connection.map_err(|fault| self.error(fault))
    }

    /// Logs in; the version of the program.
    async fn log_in(&self, connection: &mut Connection) -> Result<String, PortError> {
        let hello = Draft::new(op::AUTH_REQ)
            .with(DraftTag::text(tag::CLIENT_NAME, "Lacunarr"))
            .with(DraftTag::text(
                tag::CLIENT_VERSION,
                env!("CARGO_PKG_VERSION"),
            ))
            .with(DraftTag::number(tag::PROTOCOL_VERSION, PROTOCOL));
        let answer = self.step(connection, &hello, op::AUTH_SALT).await?;
        let salt = answer.tag(tag::PASSWD_SALT).and_then(|tag| tag.number());
        let salt = salt.ok_or_else(|| self.unexpected(&answer))?;
        let hash = password_hash(&self.password, salt);
        let proof = Draft::new(op::AUTH_PASSWD).with(DraftTag::hash(tag::PASSWD_HASH, hash));
        let answer = self.step(connection, &proof, op::AUTH_OK).await?;
        let version = answer.tag(tag::SERVER_VERSION).and_then(|tag| tag.text());
        Ok(self.shown(&version.unwrap_or_default()))
    }

    async fn step(
        &self,
        connection: &mut Connection,
        draft: &Draft,
        wanted: u8,
    ) -> Result<Packet, PortError> {
        let answer = connection.ask(draft, MOST_BEFORE, self.timeout).await;
        let answer = answer.map_err(|fault| self.error(fault))?;
        match answer.op {
            op if op == wanted => Ok(answer),
            op::AUTH_FAIL => Err(PortError::Unauthorised {
                origin: self.origin(),
                hint: hint(said(&answer).as_deref()),
            }),
            _ => Err(self.unexpected(&answer)),
        }
    }

    /// The error for an answer that no one expected.
    pub fn unexpected(&self, answer: &Packet) -> PortError {
        let said = said(answer).map_or_else(String::new, |said| format!(": {}", self.shown(&said)));
        self.bad(format!("operation {:#04x}{said}", answer.op))
    }

    /// The error for an answer that is not what the protocol says.
    pub fn bad(&self, detail: impl Into<String>) -> PortError {
        PortError::BadAnswer {
            origin: self.origin(),
            detail: detail.into(),
        }
    }

    fn error(&self, fault: Fault) -> PortError {
        let origin = self.origin();
        match fault {
            Fault::Io(error) => PortError::Unreachable {
                origin,
                cause: error.to_string(),
            },
            Fault::Closed(cause) => PortError::Unreachable {
                origin,
                cause: cause.to_owned(),
            },
            Fault::Late(after) => PortError::Timeout { origin, after },
            Fault::Codec(CodecError::TooLong { most, .. }) => PortError::TooLarge {
                origin,
                limit: most,
            },
            Fault::Codec(error) => self.bad(error.to_string()),
        }
    }

    /// What aMule says, short and without what must not be shown.
    fn shown(&self, text: &str) -> String {
        let password = Some(self.password.clone()).filter(|known| !known.expose().is_empty());
        let text = harmless(text, password.as_slice());
        let letters = text.chars().filter(|letter| !letter.is_control());
        letters.take(SAID).collect::<String>().trim_end().to_owned()
    }
}

fn said(answer: &Packet) -> Option<String> {
    answer.tag(tag::STRING)?.text()
}

/// What to do when we are not let in; the texts are those of aMule 2.3.3 and 3.0, which they never translate.
fn hint(said: Option<&str>) -> &'static str {
    match said {
        None => NO_PASSWORD,
        Some(said) if said.contains("wrong password") => WRONG_PASSWORD,
        Some(said) if said.contains("invalid hash") => BROKEN_PASSWORD,
        Some(said) if said.contains("protocol version") => OTHER_PROTOCOL,
        Some(said) if said.contains("version ID") => SNAPSHOT,
        Some(_) => OTHER,
    }
}

const WRONG_PASSWORD: &str = "the password is wrong; in aMule it is under Preferences, Remote Controls, External Connections";
const NO_PASSWORD: &str = "aMule has no password for External Connections and lets nobody in; set one in its Preferences, Remote Controls, and here";
const BROKEN_PASSWORD: &str = "ECPassword in its amule.conf is not the MD5 of a password; set the password again in its Preferences, Remote Controls";
const OTHER_PROTOCOL: &str =
    "it speaks another version of External Connections; aMule 2.3.1 or later is needed";
const SNAPSHOT: &str =
    "it is a development snapshot, which lets only its own programs in; install a release of aMule";
const OTHER: &str = "it does not let us in; its log says why";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_is_said_for_each_refusal() {
        for (said, hint_is) in [
            (
                Some("Authentication failed: wrong password."),
                WRONG_PASSWORD,
            ),
            (
                Some("Authentication failed: invalid hash specified as EC password."),
                BROKEN_PASSWORD,
            ),
            (
                Some("Invalid protocol version.( 0x0204 != 0x0203 )"),
                OTHER_PROTOCOL,
            ),
            (
                Some("Incorrect EC version ID, there might be binary incompatibility."),
                SNAPSHOT,
            ),
            (Some("Authentication failed: missing password."), OTHER),
            (None, NO_PASSWORD),
        ] {
            assert_eq!(hint(said), hint_is, "{said:?}");
        }
    }
}
