//! Our own program, as a user runs it: a child process with a data directory, configured by variables, driven through its API.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::Connection;
use tempfile::TempDir;

/// Its API key.
pub const KEY: &str = "the-api-key-of-the-tests";

/// What it is started with; lives longer than one process.
pub struct Home {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    /// An empty data directory, and a database of its own when the stories run on PostgreSQL.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut home = Self {
            folder,
            variables: Vec::new(),
        };
        home.set("SERVER__HOST", "127.0.0.1")
            .set("SERVER__PORT", "0")
            .set("SERVER__API_KEY", KEY)
            .set("WORK__LEASE_SECONDS", "2")
            .set("WORK__DOUBT_SECONDS", "3");
        // Disk and budgets of the machine that runs the tests are not what they are about.
        home.set("SETTINGS__KEEP_FREE_GIGABYTES", "0")
            .set("SETTINGS__ACTIVE_TORRENTS", "1000")
            .set("SETTINGS__FRESH_MINUTES", "0")
            .set("SETTINGS__GRABS_PER_NIGHT_FIRST_WEEK", "50");
        // Nobody outside is asked.
        for catalogue in ["BNF", "MANGAUPDATES", "ANILIST"] {
            home.set(&format!("CATALOGUES__{catalogue}__ENABLED"), "false");
        }
        home.set("SETTINGS__SECONDS_BETWEEN_QUERIES", "0")
            .set("LOG__LEVEL", "info,lacunarr=debug");
        if let Ok(server) = std::env::var("LACUNARR_TEST_POSTGRES") {
            let url = new_database(&server).await;
            home.set("DATABASE__URL", &url)
                .set("SECRETS__KEY", &"ab".repeat(32));
        }
        home
    }

    /// Sets `LACUNARR__` and this name.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes one, so that the program's own default counts.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// A folder library, monitored.
    pub fn library(&mut self, path: &Path) -> &mut Self {
        let path = path.to_str().expect("UTF-8").to_owned();
        self.set("LIBRARIES__MANGA__KIND", "folder")
            .set("LIBRARIES__MANGA__PATH", &path)
    }

    /// A Prowlarr.
    pub fn source(&mut self, url: &url::Url, key: &str) -> &mut Self {
        self.set("SOURCES__PROWLARR__KIND", "prowlarr")
            .set("SOURCES__PROWLARR__URL", url.as_str())
            .set("SOURCES__PROWLARR__API_KEY", key);
        self.set("SOURCES__PROWLARR__TIMEOUT_SECONDS", "3")
    }

    /// A forum of ed2k links, read without a pause.
    pub fn forum(&mut self, url: &url::Url, user: &str, password: &str) -> &mut Self {
        self.set("SOURCES__EBDZ__KIND", "ebdz")
            .set("SOURCES__EBDZ__URL", url.as_str())
            .set("SOURCES__EBDZ__USERNAME", user)
            .set("SOURCES__EBDZ__PASSWORD", password);
        self.set("SOURCES__EBDZ__PACE_SECONDS", "0")
    }

    /// A qBittorrent.
    pub fn client(&mut self, url: &url::Url, user: &str, password: &str) -> &mut Self {
        self.set("CLIENTS__QBITTORRENT__KIND", "qbittorrent")
            .set("CLIENTS__QBITTORRENT__URL", url.as_str());
        self.set("CLIENTS__QBITTORRENT__USERNAME", user)
            .set("CLIENTS__QBITTORRENT__PASSWORD", password);
        self.set("CLIENTS__QBITTORRENT__PAUSED", "true")
            .set("CLIENTS__QBITTORRENT__TIMEOUT_SECONDS", "5")
    }

    /// Takes volumes from 100 kB on, so that a story downloads what it sends in a moment. Written into the configuration file.
    pub fn takes_small_volumes(&mut self) -> &mut Self {
        let sizes = "[profiles.default.manga]\nrefuse_below = 0.05\nreview_below = 0.1\nideal_from = 0.1\n\
            ideal_to = 50\nreview_above = 100\nrefuse_above = 200\n";
        std::fs::create_dir_all(self.data()).expect("a folder");
        std::fs::write(self.data().join("lacunarr.toml"), sizes).expect("a file");
        self
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where everything that the program printed is kept.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The database, when it is PostgreSQL.
    pub fn database(&self) -> Option<&str> {
        self.variables
            .iter()
            .find(|(name, _)| name == "DATABASE__URL")
            .map(|(_, url)| url.as_str())
    }

    /// The same as variables of the environment, for whoever opens the program's parts itself.
    pub fn environment(&self) -> std::collections::BTreeMap<String, String> {
        let named = |(name, value): &(String, String)| (format!("LACUNARR__{name}"), value.clone());
        self.variables.iter().map(named).collect()
    }

    /// A command of the program in this home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lacunarr"));
        command
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .stdin(Stdio::null());
        for (name, value) in &self.variables {
            command.env(format!("LACUNARR__{name}"), value);
        }
        command
    }

    /// Starts the service and waits until it answers.
    pub async fn start(&self) -> Program {
        super::install_tls();
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("a log");
        let mut child = self
            .command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let first = lines
            .next()
            .unwrap_or_else(|| panic!("it ended at once: {}", self.printed()))
            .expect("a line");
        let place = first
            .split("localhost:")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .unwrap_or_else(|| panic!("no address in: {first}"));
        let url = format!("http://127.0.0.1:{}", place.trim_end_matches('/'));
        // Its output has to be read on, or it would wait for us.
        let said = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .for_each(|line| heard.lock().expect("a lock").push_str(&(line + "\n")))
        });
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        let program = Program {
            child: Arc::new(Mutex::new(child)),
            url,
            client,
            said,
        };
        super::eventually("the program answers", 20, async || {
            program
                .client
                .get(format!("{}/ping", program.url))
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        program
    }

    /// Everything that it logged, over all its lives.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

async fn new_database(server: &str) -> String {
    let name = format!("lacunarr_{}", hex::encode(lacunarr::secret::random::<6>()));
    let mut connection = sqlx::PgConnection::connect(&format!("{server}/postgres"))
        .await
        .expect("the PostgreSQL of LACUNARR_TEST_POSTGRES");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("a database");
    format!("{server}/{name}")
}

/// A running service. Dropping it kills it.
pub struct Program {
    child: Arc<Mutex<Child>>,
    /// With its URL base, without a slash at its end.
    pub url: String,
    client: reqwest::Client,
    said: Arc<Mutex<String>>,
}

impl Program {
    /// Kills it at once, as a power cut would; can be called from another thread while a request waits.
    pub fn killer(&self) -> impl FnOnce() + Send + 'static {
        let child = Arc::clone(&self.child);
        move || {
            let mut child = child.lock().expect("a lock");
            child.kill().expect("our child");
            child.wait().expect("our child");
        }
    }

    /// Whether it still runs.
    pub fn is_alive(&self) -> bool {
        self.child
            .lock()
            .expect("a lock")
            .try_wait()
            .expect("our child")
            .is_none()
    }

    /// Asks it to stop (SIGTERM) and says how long that took.
    pub fn stop(&self) -> Duration {
        let begin = Instant::now();
        let mut child = self.child.lock().expect("a lock");
        Command::new("kill")
            .arg(child.id().to_string())
            .status()
            .expect("kill");
        while child.try_wait().expect("our child").is_none() {
            assert!(
                begin.elapsed() < Duration::from_secs(25),
                "it does not stop"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        begin.elapsed()
    }

    /// What it printed on standard output.
    pub fn said(&self) -> String {
        self.said.lock().expect("a lock").clone()
    }

    /// Any request to its API; status and JSON (null when there is none).
    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self
            .client
            .request(method, format!("{}/api/v1/{path}", self.url))
            .header("X-Api-Key", KEY);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// A GET that has to succeed.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A POST that has to succeed.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.ask("POST", path, Some(body)).await;
        assert!((200..300).contains(&status), "{path}: {status} {body}");
        body
    }

    /// A GET as text.
    pub async fn text(&self, path: &str) -> String {
        let answer = self
            .client
            .get(format!("{}/{path}", self.url))
            .header("X-Api-Key", KEY)
            .send()
            .await
            .expect("an answer");
        answer.text().await.expect("a body")
    }

    /// Waits until the libraries were scanned.
    pub async fn scanned(&self) {
        super::eventually("the libraries are scanned", 30, async || {
            let libraries = self.get("libraries").await;
            libraries
                .as_array()
                .expect("a list")
                .iter()
                .all(|library| library["scannedAt"].is_string() && library["scanning"].is_null())
        })
        .await;
    }

    /// Arms the first library.
    pub async fn arm(&self) {
        let libraries = self.get("libraries").await;
        self.post(&format!("libraries/{}/arm", libraries[0]["id"]), json!({}))
            .await;
    }

    /// Scans the first library and waits for its end.
    pub async fn scan(&self) {
        let libraries = self.get("libraries").await;
        let before = libraries[0]["scannedAt"].clone();
        self.post(&format!("libraries/{}/scan", libraries[0]["id"]), json!({}))
            .await;
        super::eventually("the library is scanned again", 30, async || {
            self.get("libraries").await[0]["scannedAt"] != before
        })
        .await;
    }

    /// Checks everything and waits for the end; the check, and what came of each series by title.
    pub async fn check(&self, request: Value) -> (Value, Reports) {
        let id = self.post("checks", request).await["id"].clone();
        super::eventually("the check is over", 120, async || {
            self.get(&format!("checks/{id}")).await["state"] == "finished"
        })
        .await;
        let reports = self.get(&format!("checks/{id}/series?pageSize=200")).await;
        (
            self.get(&format!("checks/{id}")).await,
            Reports(reports["records"].as_array().expect("records").clone()),
        )
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let mut child = self
            .child
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        drop(child.kill());
        drop(child.wait());
    }
}

/// What came of each series of a check.
pub struct Reports(pub Vec<Value>);

impl Reports {
    /// Of one series.
    pub fn of(&self, title: &str) -> &Value {
        self.0
            .iter()
            .find(|report| report["title"] == title)
            .unwrap_or_else(|| panic!("no report of {title}"))
    }

    /// The verdict on an offer, and its reasons in one line.
    pub fn verdict(&self, series: &str, offer: &str) -> (String, String) {
        let offers = self.of(series)["offers"]
            .as_array()
            .expect("offers")
            .clone();
        let found = offers
            .iter()
            .find(|found| found["title"] == offer)
            .unwrap_or_else(|| panic!("{offer} was not judged: {offers:#?}"));
        let reasons: Vec<&str> = found["reasons"]
            .as_array()
            .expect("reasons")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        (
            found["decision"].as_str().expect("a decision").to_owned(),
            reasons.join("; "),
        )
    }

    /// Outcome of each pick of a series, as `title: outcome`.
    pub fn picks(&self, series: &str) -> Vec<String> {
        let picks = self.of(series)["picks"].as_array().expect("picks").clone();
        picks
            .iter()
            .map(|pick| {
                format!(
                    "{}: {}",
                    pick["title"].as_str().expect("a title"),
                    pick["outcome"].as_str().expect("an outcome")
                )
            })
            .collect()
    }
}

/// Writes volumes of a series into a library, as `Series/Series T01.cbz`.
pub fn shelve(library: &Path, series: &str, volumes: &[u32]) {
    let folder = library.join(series);
    std::fs::create_dir_all(&folder).expect("a folder");
    for volume in volumes {
        let file = File::create(folder.join(format!("{series} T{volume:02}.cbz"))).expect("a file");
        let mut zip = zip::ZipWriter::new(file);
        zip.start_file("001.jpg", zip::write::SimpleFileOptions::default())
            .expect("an entry");
        std::io::Write::write_all(&mut zip, format!("{series} {volume}").as_bytes())
            .expect("a page");
        zip.finish().expect("a zip");
    }
}
