//! How fast a library of Komga is read: `cargo bench --bench import`. Prints figures; asserts only that all of it is there.
//!
//! 10,000 series of 15 volumes, from the stand-in that the tests use, in a process of its own: first all of it, once more, and then one
//! series of which a volume came.

#[expect(dead_code, reason = "the stories use more of it")]
#[path = "../it/stand_in"]
mod stand_in {
    pub mod komga;
    pub mod reply;
    pub mod server;
}

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use lacunarr::{app::App, clock::Clock, config, shelving, store, worker::scan};
use stand_in::komga::{ADMIN_KEY, Komga};

const SERIES: usize = 10_000;
const VOLUMES: usize = 15;
/// As the argument of the process that is Komga.
const AS_KOMGA: &str = "--as-komga";

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("it is installed once");
    if std::env::args().any(|argument| argument == AS_KOMGA) {
        return be_komga();
    }
    let mut komga = Other::start();
    let folder = tempfile::tempdir().expect("a folder");
    let of_library = |name: &str, value: &str| {
        (
            format!("LACUNARR__LIBRARIES__KOMGA__{name}"),
            value.to_owned(),
        )
    };
    let environment = BTreeMap::from([
        of_library("KIND", "komga"),
        of_library("URL", &komga.url),
        of_library("API_KEY", ADMIN_KEY),
        of_library("MONITOR", "false"),
    ]);
    let config = config::load(&folder.path().join("data"), None, environment);
    let app = App::open(config.expect("a configuration"), Clock::System).await;
    let app = app.expect("it opens");
    println!("{} MiB resident before", status("VmRSS:"));
    for what in ["first import", "read again, unchanged"] {
        let began = Instant::now();
        let outcomes = scan::step(&app).await.expect("the database");
        let took = began.elapsed();
        let outcome = &outcomes.first().expect("it was read").1;
        assert_eq!(outcome.series as usize, SERIES);
        assert_eq!(outcome.volumes as usize, SERIES * VOLUMES);
        println!(
            "{:.1} s: {what} of {SERIES} series, {} books; {} MiB resident, {} MiB at most",
            took.as_secs_f64(),
            SERIES * VOLUMES,
            status("VmRSS:"),
            status("VmHWM:")
        );
    }
    let row = &store::connection::list(&app.db, "library")
        .await
        .expect("the database")[0];
    let key = komga.add_a_volume();
    let began = Instant::now();
    let outcome = shelving::look(&app, row, &[key]).await.expect("it is read");
    assert_eq!(outcome.arrived, 1);
    println!(
        "{:.0} ms: one series of which a volume came",
        began.elapsed().as_secs_f64() * 1e3
    );
}

/// Fills itself, says where it is, and adds a volume for each line that it reads.
fn be_komga() {
    let komga = Komga::start();
    let library = komga.add_library("manga", "/data/manga");
    let mut last = String::new();
    for series in 0..SERIES {
        let title = format!("Series of the bench {series:05}");
        let files: Vec<String> = (1..=VOLUMES)
            .map(|volume| format!("{title} T{volume:02}.cbz"))
            .collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        last = komga.add_series(&library, &title, &files);
    }
    println!("{}", komga.url());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        komga.change(|shelves| shelves.add_book(&last, &line));
        println!("{last}");
    }
}

/// Komga, in a process of its own, so that its memory is not counted.
struct Other {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    url: String,
}

impl Other {
    fn start() -> Self {
        let itself = std::env::current_exe().expect("this program");
        let mut child = Command::new(itself)
            .arg(AS_KOMGA)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program once more");
        let answers = child.stdout.take().expect("its output");
        let mut other = Self {
            asks: child.stdin.take().expect("its input"),
            child,
            answers: BufReader::new(answers),
            url: String::new(),
        };
        other.url = other.line();
        other
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    /// The key of its series.
    fn add_a_volume(&mut self) -> String {
        writeln!(self.asks, "One more T16.cbz").expect("it listens");
        self.line()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Mebibytes of this process.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) / 1024
}
