//! Being let in by qBittorrent: login only when it is asked for, once for all callers, and never often enough to be banned.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::sync::Mutex;
use url::Url;

use crate::{
    http::{Answer, Http, below},
    ports::PortError,
    secret::Secret,
};

/// The largest answer that is read, in bytes. A torrent takes about 1.5 kB in the list.
const LIMIT: usize = 64 * 1024 * 1024;

/// How we show who we are.
pub(super) enum Identity {
    /// Nothing: qBittorrent lets this address in without ("bypass authentication").
    Nobody,
    /// User name and password, exchanged for a session cookie whose name differs between versions (`SID`, `QBT_SID_8080`).
    Password { user: String, password: Secret },
    /// qBittorrent 5.2 and later; older ones do not know it.
    ApiKey(Secret),
}

/// The way to one qBittorrent.
pub(super) struct Session {
    http: Http,
    url: Url,
    identity: Identity,
    /// Logins so far: tells a caller that waited whether somebody else logged in meanwhile.
    logins: AtomicU64,
    door: Mutex<Refusals>,
}

impl Session {
    pub fn new(url: Url, identity: Identity, timeout: Duration) -> Self {
        let secret = match &identity {
            Identity::Nobody => None,
            Identity::Password {
                password: secret, ..
            }
            | Identity::ApiKey(secret) => Some(secret.clone()),
        };
        Self {
            http: Http::new(timeout).hiding(secret),
            url,
            identity,
            logins: AtomicU64::new(0),
            door: Mutex::default(),
        }
    }

    /// A request to `api/v2/{path}`, to be sent with [`Session::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = below(&self.url, &format!("api/v2/{path}"));
        let request = self.http.request(method, url);
        match &self.identity {
            Identity::ApiKey(key) => request.bearer_auth(key.expose()),
            _ => request,
        }
    }

    /// Sends what `build` makes, after a login when qBittorrent wants one. Any status but 401 and 403 is an answer.
    ///
    /// # Errors
    /// [`PortError::Unauthorised`] and [`PortError::Banned`] when we are not let in; nothing was done then.
    pub async fn send(
        &self,
        build: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, PortError> {
        let logins = self.logins.load(Ordering::Acquire);
        let answer = self.http.send(build(), LIMIT).await?;
        if !is_shut(answer.status) {
            return Ok(answer);
        }
        self.enter(logins, &answer).await?;
        let answer = self.http.send(build(), LIMIT).await?;
        if is_shut(answer.status) {
            return Err(refused(&answer, COOKIE_LOST));
        }
        Ok(answer)
    }

    async fn enter(&self, logins: u64, shut: &Answer) -> Result<(), PortError> {
        let (user, password) = match &self.identity {
            Identity::Password { user, password } => (user, password),
            Identity::ApiKey(_) => return Err(refused(shut, WRONG_KEY)),
            Identity::Nobody => return Err(refused(shut, NO_CREDENTIALS)),
        };
        let mut refusals = self.door.lock().await;
        if self.logins.load(Ordering::Acquire) != logins {
            return Ok(());
        }
        if !refusals.allow(Instant::now()) {
            return Err(refused(shut, REFUSED_BEFORE));
        }
        let form = [("username", user.as_str()), ("password", password.expose())];
        let request = self.request(Method::POST, "auth/login").form(&form);
        let answer = self.http.send(request, LIMIT).await?;
        read_login(&answer, shut.status).inspect_err(|error| {
            if matches!(error, PortError::Unauthorised { .. }) {
                refusals.note(Instant::now());
            }
        })?;
        *refusals = Refusals::default();
        self.logins.fetch_add(1, Ordering::Release);
        Ok(())
    }
}

const WRONG_KEY: &str =
    "the API key is wrong, or this qBittorrent is older than 5.2 and knows none";
const NO_CREDENTIALS: &str = "it wants a user name and a password, or from 5.2 on an API key";
const WRONG_PASSWORD: &str = "the user name or password is wrong";
const WRONG_HOST: &str = "either the user name or password is wrong, or it does not like the host or port in the URL (its Host header validation)";
const REFUSED_BEFORE: &str = "the user name or password was refused before and is not tried again for now, because five failures ban this address; saving the connection again tries at once";
const COOKIE_LOST: &str =
    "it took the login and refused the next request; does a proxy drop its cookie?";
const BANNED: &str = "too many failed logins. It lets this address in again after its ban time (an hour unless changed) or a restart; correct the user name and password first";

fn is_shut(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403)
}

fn refused(answer: &Answer, hint: &'static str) -> PortError {
    PortError::Unauthorised {
        origin: answer.origin.clone(),
        hint,
    }
}

/// Observed on 4.5.2: 200 with `Ok.` or `Fails.`, 403 when banned, with a translated text. 5.2 answers 204 and 401 (its WebAPI changelog).
/// `before` is what the request without a login was answered: 401 is how every version answers a Host header that it refuses.
fn read_login(answer: &Answer, before: StatusCode) -> Result<(), PortError> {
    match answer.status.as_u16() {
        200 if answer.text().trim() == "Fails." => Err(refused(answer, WRONG_PASSWORD)),
        401 if before == StatusCode::UNAUTHORIZED => Err(refused(answer, WRONG_HOST)),
        401 => Err(refused(answer, WRONG_PASSWORD)),
        403 => Err(PortError::Banned {
            origin: answer.origin.clone(),
            message: BANNED.into(),
        }),
        200..=299 if answer.is_markup() => Err(answer.bad(
            "a web page instead of an answer to the login; is this qBittorrent's own address?",
        )),
        200..=299 => Ok(()),
        _ => Err(answer.unexpected()),
    }
}

/// Tries that qBittorrent refused. It bans an address for an hour at the fifth, and counts those of everyone behind one address together.
#[derive(Default)]
struct Refusals {
    count: u32,
    last: Option<Instant>,
}

impl Refusals {
    /// Leaves at least two of the five tries to the user.
    const MOST: u32 = 3;
    /// Between two tries: the password may have been corrected on the other side.
    const PAUSE: Duration = Duration::from_secs(600);

    fn allow(&self, now: Instant) -> bool {
        self.last
            .is_none_or(|last| self.count < Self::MOST && now.duration_since(last) >= Self::PAUSE)
    }

    fn note(&mut self, now: Instant) {
        self.count += 1;
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_password_is_tried_again_after_a_pause_and_three_times_at_most() {
        let start = Instant::now();
        let mut refusals = Refusals::default();
        assert!(refusals.allow(start));
        refusals.note(start);
        assert!(!refusals.allow(start + Duration::from_secs(599)));
        assert!(refusals.allow(start + Duration::from_secs(600)));
        refusals.note(start + Duration::from_secs(600));
        refusals.note(start + Duration::from_secs(1200));
        assert!(!refusals.allow(start + Duration::from_secs(1_000_000)));
    }
}
