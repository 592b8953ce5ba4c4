//! Being let in by Kavita: by the key itself, or by a token that is made of it or of a password, once for all callers.

use std::{
    sync::RwLock,
    time::{Duration, Instant},
};

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;

use super::records::User;
use crate::{
    http::{Answer, Http, below},
    ports::{PortError, ServerPlace},
    secret::Secret,
};

/// The largest answer that is read, in bytes. A chapter takes about 3 kB, a series in a list 1.5 kB.
const LIMIT: usize = 16 * 1024 * 1024;

/// How Kavita calls us in its log.
const PLUGIN: &str = "Lacunarr";

/// A refused password is not tried again within this time: Kavita locks the account after five (its ASP.NET Identity default).
const PAUSE: Duration = Duration::from_secs(600);

/// How we show who we are.
enum Identity {
    Nobody,
    /// Sent as it is; versions before Auth Keys want it exchanged for a token.
    Key(Secret),
    Password {
        user: String,
        password: Secret,
    },
}

/// What lets the next request in.
#[derive(Clone, Default)]
struct Pass {
    /// Tokens so far: tells a caller that waited whether somebody else got one meanwhile.
    tokens: u64,
    token: Option<Secret>,
    /// The server's version, as it said when it gave the token.
    version: Option<String>,
}

/// The way to one Kavita.
pub(super) struct Session {
    http: Http,
    url: Url,
    identity: Identity,
    pass: RwLock<Pass>,
    /// Held while a token is got; inside, when the password was refused last.
    door: Mutex<Option<Instant>>,
}

impl Session {
    pub fn new(place: &ServerPlace) -> Self {
        let identity = match (&place.api_key, &place.username, &place.password) {
            (Some(key), _, _) => Identity::Key(key.clone()),
            (None, Some(user), Some(password)) => Identity::Password {
                user: user.clone(),
                password: password.clone(),
            },
            _ => Identity::Nobody,
        };
        let secrets = place.api_key.iter().chain(&place.password).cloned();
        Self {
            http: Http::new(place.timeout).hiding(secrets),
            url: place.url.clone(),
            identity,
            pass: RwLock::default(),
            door: Mutex::default(),
        }
    }

    /// A request to `api/{path}`, to be sent with [`Session::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, below(&self.url, &format!("api/{path}")))
    }

    /// Sends what `build` makes, with a new token when Kavita wants one. Any status but 401 is an answer.
    ///
    /// # Errors
    /// [`PortError::Unauthorised`] when we are not let in.
    pub async fn send(
        &self,
        build: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, PortError> {
        let mut pass = self.pass();
        if pass.token.is_none() && matches!(self.identity, Identity::Password { .. }) {
            self.enter(pass.tokens).await?;
            pass = self.pass();
        }
        let answer = self.http.send(self.signed(build(), &pass), LIMIT).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.enter(pass.tokens).await?;
        let request = self.signed(build(), &self.pass());
        let answer = self.http.send(request, LIMIT).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(self.refused(TOKEN_LOST));
        }
        Ok(answer)
    }

    /// The version that Kavita told when it gave a token; it tells none when the key alone lets us in.
    ///
    /// # Errors
    /// When it refuses the key, or cannot be asked.
    pub async fn version(&self) -> Result<Option<String>, PortError> {
        let Identity::Key(key) = &self.identity else {
            return Ok(self.pass().version);
        };
        let request = self
            .request(Method::GET, "Plugin/version")
            .query(&[("apiKey", key.expose())]);
        let answer = self.http.send(request, LIMIT).await?;
        match answer.status {
            // In quotes or without, by what the server thinks that we accept.
            StatusCode::OK => Ok(Some(answer.detail().trim_matches('"').to_owned())),
            StatusCode::UNAUTHORIZED => Err(self.refused(WRONG_KEY)),
            _ => Err(answer.unexpected()),
        }
    }

    /// True while the key alone lets us in.
    pub fn by_key(&self) -> bool {
        matches!(self.identity, Identity::Key(_)) && self.pass().token.is_none()
    }

    fn pass(&self) -> Pass {
        let pass = self.pass.read();
        pass.expect("no one panics while holding it").clone()
    }

    fn signed(&self, request: RequestBuilder, pass: &Pass) -> RequestBuilder {
        match (&pass.token, &self.identity) {
            (Some(token), _) => request.bearer_auth(token.expose()),
            (None, Identity::Key(key)) => request.header("x-api-key", key.expose()),
            (None, _) => request,
        }
    }

    /// Gets a token, unless somebody else did since there were `tokens`.
    async fn enter(&self, tokens: u64) -> Result<(), PortError> {
        let mut refused_at = self.door.lock().await;
        if self.pass().tokens != tokens {
            return Ok(());
        }
        let (request, hint) = match &self.identity {
            Identity::Nobody => return Err(self.refused(NO_CREDENTIALS)),
            Identity::Key(key) => {
                let query = [("apiKey", key.expose()), ("pluginName", PLUGIN)];
                let request = self.request(Method::POST, "Plugin/authenticate");
                (request.query(&query), WRONG_KEY)
            }
            Identity::Password { user, password } => {
                if refused_at.is_some_and(|at| at.elapsed() < PAUSE) {
                    return Err(self.refused(REFUSED_BEFORE));
                }
                let body = json!({ "username": user, "password": password.expose(), "apiKey": "" });
                let request = self.request(Method::POST, "Account/login");
                (request.json(&body), WRONG_PASSWORD)
            }
        };
        let answer = self.http.send(request, LIMIT).await?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => {
                *refused_at = Some(Instant::now());
                return Err(self.refused(hint));
            }
            _ => return Err(answer.unexpected()),
        }
        let user: User = answer.json()?;
        let token = user.token.filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| answer.bad("it let us in and gave no token"))?;
        *refused_at = None;
        *self.pass.write().expect("no one panics while holding it") = Pass {
            tokens: tokens + 1,
            token: Some(Secret::new(token)),
            version: user.kavita_version,
        };
        Ok(())
    }

    /// We are not let in.
    pub fn refused(&self, hint: &'static str) -> PortError {
        PortError::Unauthorised {
            origin: self.origin(),
            hint,
        }
    }

    /// `scheme://host:port`, for messages.
    pub fn origin(&self) -> String {
        crate::http::origin(&self.url)
    }
}

const NO_CREDENTIALS: &str = "it wants an auth key, or a user name and a password";
const WRONG_KEY: &str = "the auth key is wrong, has expired or was removed; make one in Kavita's user settings and enter it here";
const WRONG_PASSWORD: &str = "the user name or password is wrong, or the account may not log in";
const REFUSED_BEFORE: &str = "the user name or password was refused before and is not tried again for ten minutes, because Kavita locks the account; saving the connection again tries at once";
const TOKEN_LOST: &str =
    "it gave a token and refused the next request; does a proxy drop the Authorization header?";
