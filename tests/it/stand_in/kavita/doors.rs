//! Who is let in.

use std::collections::BTreeSet;

use poem::{Request, Response};
use serde_json::{Value, json};

use super::{
    super::reply::{json_of, raw, status, with_status},
    Asked, Era, KEY, PASSWORD, USER,
};

/// What this version calls itself.
pub fn version(era: Era) -> &'static str {
    match era {
        Era::Tokens => "0.8.3.2",
        Era::AuthKeys => "0.9.1.0",
    }
}

/// The account, its key and its tokens.
pub struct Doors {
    tokens: BTreeSet<String>,
    given: u32,
    /// Milliseconds since the epoch.
    pub key_ends: Option<i64>,
    pub admin: bool,
    pub collapsed: bool,
}

impl Default for Doors {
    fn default() -> Self {
        Self {
            tokens: BTreeSet::new(),
            given: 0,
            key_ends: None,
            admin: true,
            collapsed: false,
        }
    }
}

impl Doors {
    pub fn expire(&mut self) {
        self.tokens.clear();
    }

    pub fn by_key(&self, request: &Request, era: Era, now: i64) -> bool {
        era == Era::AuthKeys && request.header("x-api-key") == Some(KEY) && self.key_lives(now)
    }

    pub fn lets_in(&self, request: &Request, era: Era, now: i64) -> bool {
        let token = request.header("authorization");
        let token = token.and_then(|header| header.strip_prefix("Bearer "));
        self.by_key(request, era, now) || token.is_some_and(|token| self.tokens.contains(token))
    }

    fn key_lives(&self, now: i64) -> bool {
        self.key_ends.is_none_or(|ends| now < ends)
    }

    /// `POST Plugin/authenticate`.
    pub fn authenticate(&mut self, asked: &Asked, era: Era, now: i64) -> Response {
        let find = |name: &str| asked.query.iter().find(|(known, _)| known == name);
        match (find("apiKey"), find("pluginName")) {
            (Some((_, key)), Some(_)) if key == KEY && self.key_lives(now) => self.user(era),
            (Some((_, key)), Some(_)) => {
                // `ApiException`, with whatever a careless version says.
                let said = json!({ "status": 401, "message": "Unauthorized", "details": key });
                with_status(json_of(&said), 401)
            }
            _ => status(400),
        }
    }

    /// `POST Account/login`.
    pub fn login(&mut self, body: &Value, era: Era) -> Response {
        let text = |name: &str| body[name].as_str();
        match (text("username"), text("password"), text("apiKey")) {
            (Some(user), Some(password), Some("")) if user == USER && password == PASSWORD => {
                self.user(era)
            }
            (Some(_), Some(_), Some(_)) => {
                with_status(raw("text/plain", "Your credentials are not correct"), 401)
            }
            _ => status(400),
        }
    }

    /// `GET Plugin/version`.
    pub fn version(&self, asked: &Asked, era: Era, now: i64) -> Response {
        let known = asked
            .query
            .iter()
            .any(|(name, key)| name == "apiKey" && key == KEY);
        match known && self.key_lives(now) {
            true => raw("text/plain; charset=utf-8", version(era)),
            false => status(401),
        }
    }

    /// `UserDto`.
    fn user(&mut self, era: Era) -> Response {
        self.given += 1;
        let token = format!("planted.token.{}", self.given);
        self.tokens.insert(token.clone());
        json_of(&json!({
            "username": USER,
            "email": null,
            "token": token,
            "refreshToken": "planted.refresh.token",
            "apiKey": KEY,
            "kavitaVersion": version(era),
        }))
    }
}
