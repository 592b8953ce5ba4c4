//! A second opinion on a qBittorrent, real or not: a small client that shares nothing with the program's own.

use reqwest::multipart::{Form, Part};
use serde_json::Value;
use url::Url;

use super::qbittorrent::{PASSWORD, USER};

/// Logged in to one qBittorrent.
pub struct WebApi {
    client: reqwest::Client,
    url: Url,
}

impl WebApi {
    /// Logs in.
    pub async fn login(url: Url) -> Self {
        super::install_tls();
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .build()
            .expect("a client");
        let api = Self { client, url };
        api.post("auth/login", &[("username", USER), ("password", PASSWORD)])
            .await;
        api
    }

    /// What it lists under a hash.
    pub async fn torrent(&self, hash: &str) -> Option<Value> {
        let listed = self.get(&format!("torrents/info?hashes={hash}")).await;
        listed.as_array().expect("a list").first().cloned()
    }

    /// Any GET that answers JSON.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self
            .client
            .get(self.at(path))
            .send()
            .await
            .expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Any POST with a form, which has to succeed.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) {
        self.send(path, self.client.post(self.at(path)).form(form))
            .await;
    }

    /// Adds a torrent file, with these fields beside it.
    pub async fn add(&self, torrent: &[u8], fields: &[(&str, &str)]) {
        let file = Part::bytes(torrent.to_vec()).file_name("a.torrent");
        let mut form = Form::new().part("torrents", file);
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let path = "torrents/add";
        self.send(path, self.client.post(self.at(path)).multipart(form))
            .await;
    }

    async fn send(&self, path: &str, request: reqwest::RequestBuilder) {
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(
            status.is_success() && text != "Fails.",
            "{path}: {status} {text}"
        );
    }

    fn at(&self, path: &str) -> Url {
        self.url.join(&format!("/api/v2/{path}")).expect("a URL")
    }
}
