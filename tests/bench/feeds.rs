//! How many pages of a feed are served in a second: `cargo bench --bench feeds`. Prints figures; asserts nothing.
//!
//! 100,000 offers, pages of 100, 16 clients with queries of their own, over HTTP and on the machine that also makes the load. They ask as fast as
//! they are answered, all of them and four of them; then all of them at the rate of the bar, whatever the answers take.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use lacunarr::{app::App, clock::Clock, config, store};

#[path = "../it/stand_in/offers.rs"]
mod offers;

const OFFERS: u32 = 100_000;
const CLIENTS: usize = 16;
const FEW_CLIENTS: usize = 4;
/// Pages per second that the design asks for.
const RATE: usize = 1_000;
const KEY: &str = "the-api-key-of-the-bench";
/// For so long the load is made.
const SPAN: Duration = Duration::from_secs(10);

fn main() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("it is installed once");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let variables = [
        ("LACUNARR__SERVER__API_KEY", KEY),
        ("LACUNARR__SERVER__PORT", "0"),
        ("LACUNARR__CATALOGUES__BNF__ENABLED", "false"),
        ("LACUNARR__CATALOGUES__MANGAUPDATES__ENABLED", "false"),
        ("LACUNARR__CATALOGUES__ANILIST__ENABLED", "false"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = config::load(folder.path(), None, variables.into_iter().collect());
    let app = App::open(config.expect("a configuration"), Clock::System).await;
    let app = app.expect("it opens");
    let series = made(&app).await;
    let name = |number: u32| {
        let title = ["Naruto", "One Piece", "Berserk", "Dragon Ball"][number as usize % 4];
        format!(
            "{title} T{:03} FRENCH CBZ-Team{} {number}",
            number / 4 % 120,
            number % 50
        )
    };
    offers::offered(&app, series, (0..OFFERS).map(name)).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let served = tokio::spawn(lacunarr::serve::run(app.clone(), listener));
    let before = anonymous();
    let first = Instant::now();
    let page = asked(&reqwest::Client::new(), &url, "").await;
    println!(
        "{:.0} ms: the first page, which reads all offers; {} KiB; {} MiB of memory before it, {} MiB behind it",
        first.elapsed().as_secs_f64() * 1e3,
        page / 1024,
        before / 1024,
        anonymous() / 1024
    );
    load(&url, CLIENTS, None).await;
    load(&url, FEW_CLIENTS, None).await;
    load(&url, CLIENTS, Some(RATE)).await;
    app.stop.cancel();
    served.await.expect("it ends").expect("it ends well");
}

async fn made(app: &Arc<App>) -> i64 {
    let series = lacunarr::domain::series::Series {
        title: "Naruto".into(),
        aliases: vec!["One Piece".into(), "Berserk".into(), "Dragon Ball".into()],
        language: "fr".into(),
        monitored: true,
        ..<_>::default()
    };
    let mut tx = app.db.begin().await.expect("a transaction");
    let id = store::series::insert(&mut tx, &series, 0)
        .await
        .expect("made");
    tx.commit().await.expect("committed");
    id
}

async fn asked(client: &reqwest::Client, url: &str, text: &str) -> usize {
    let url = format!("{url}/torznab/fresh/api?t=search&extended=1&apikey={KEY}&q={text}");
    let answer = client.get(url).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.bytes().await.expect("a body").len()
}

/// Each query is asked once: a word of the names, or two, and a page.
fn query(number: usize) -> String {
    let title = ["naruto", "one+piece", "berserk", "dragon+ball"][number % 4];
    match number % 3 {
        0 => format!("{title}&offset={}", number % 200 * 100),
        1 => format!("{title}+team{}", number % 50),
        _ => format!("{title}+{}", number % 120),
    }
}

/// So many clients ask as fast as they are answered; or at a rate, and then what is asked too late counts from when it was due.
async fn load(url: &str, clients: usize, rate: Option<usize>) {
    let (begun, worked) = (Instant::now(), processor());
    let tasks = (0..clients).map(|client| {
        let url = url.to_owned();
        tokio::spawn(async move {
            let http = reqwest::Client::new();
            let mut took = Vec::new();
            for round in 0.. {
                if begun.elapsed() > SPAN {
                    break;
                }
                let number = round * clients + client;
                let at = match rate {
                    Some(rate) => begun + Duration::from_secs(number as u64) / rate as u32,
                    None => Instant::now(),
                };
                tokio::time::sleep_until(at.into()).await;
                std::hint::black_box(asked(&http, &url, &query(number)).await);
                took.push(at.elapsed());
            }
            took
        })
    });
    let mut took = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        took.extend(task.await.expect("a client"));
    }
    let span = begun.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "{:.0} pages/s by {clients} clients{}; median {:.1} ms, 99 of 100 within {:.1} ms, the slowest {:.1} ms; {:.2} ms of a processor for each, \
        the load included",
        took.len() as f64 / span,
        rate.map_or(String::new(), |rate| format!(", {rate} asked for")),
        at(0.5),
        at(0.99),
        at(1.0),
        (processor() - worked).as_secs_f64() * 1e3 / took.len() as f64
    );
}

/// What this process has worked.
fn processor() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    // Behind the name, which may hold anything; `utime` and `stime` are the 14th and 15th field, in hundredths of a second.
    let fields = stat.rsplit(')').next().expect("a name").split(' ');
    let hundredths: u64 = fields
        .skip(12)
        .take(2)
        .map(|field| field.parse::<u64>().expect("a number"))
        .sum();
    Duration::from_millis(hundredths * 10)
}

/// Kibibytes of this process that are no file's.
fn anonymous() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    kibibytes
        .and_then(|number| number.parse().ok())
        .expect("a number")
}
