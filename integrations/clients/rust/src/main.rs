//! What is missing and, of one series, why: `cargo run -- [TITLE]`. The address stands in `LACUNARR_URL`, the key in `LACUNARR_API_KEY`.

use std::{collections::BTreeMap, env, process::ExitCode};

use futures_util::StreamExt;
use lacunarr_missing::{
    Client, Error,
    types::{CheckRequest, Problem},
};
use reqwest::header::{HeaderMap, HeaderValue};

const PAGE_SIZE: u32 = 50;

type Result<T> = std::result::Result<T, Error<Problem>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let url = env::var("LACUNARR_URL").unwrap_or("http://localhost:9797".to_owned());
    let key = env::var("LACUNARR_API_KEY").unwrap_or_default();
    let title = env::args().nth(1);
    match run(&url, &key, title.as_deref()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::ErrorResponse(problem)) => {
            eprintln!("{}: {}", problem.title, problem.detail);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(url: &str, key: &str, title: Option<&str>) -> Result<()> {
    let mut key = HeaderValue::from_str(key)
        .map_err(|_| Error::InvalidRequest("LACUNARR_API_KEY is no key".to_owned()))?;
    key.set_sensitive(true);
    let http = reqwest::Client::builder()
        .default_headers(HeaderMap::from_iter([(
            "x-api-key".parse().expect("a name"),
            key,
        )]))
        .build()?;
    let client = Client::new_with_client(url, http);
    show_missing(&client).await?;
    if let Some(title) = title {
        show_why(&client, title).await?;
    }
    Ok(())
}

/// The records of all pages; `ask` gives those of one, and how many there are in all.
async fn every<T>(ask: impl AsyncFn(u32) -> Result<(Vec<T>, i64)>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for number in 1.. {
        let (records, total) = ask(number).await?;
        let last = records.is_empty();
        all.extend(records);
        if last || all.len() as i64 >= total {
            break;
        }
    }
    Ok(all)
}

async fn show_missing(client: &Client) -> Result<()> {
    let series = every(async |number| {
        let list = client.list_series().missing(true);
        let page = list
            .page(number)
            .page_size(PAGE_SIZE)
            .send()
            .await?
            .into_inner();
        Ok((page.records, page.total_records))
    });
    println!("Series with missing volumes:");
    for series in series.await? {
        println!(
            "  {}: {} (owned: {})",
            series.title, series.missing, series.owned
        );
    }
    let wants = every(async |number| {
        let list = client.list_wanted();
        let page = list
            .page(number)
            .page_size(PAGE_SIZE)
            .send()
            .await?
            .into_inner();
        Ok((page.records, page.total_records))
    });
    let mut states = BTreeMap::new();
    for want in wants.await? {
        *states.entry(want.state.to_string()).or_insert(0) += 1;
    }
    let counts: Vec<String> = states
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    println!(
        "Volumes: {}",
        if counts.is_empty() {
            "none missing".to_owned()
        } else {
            counts.join(", ")
        }
    );
    Ok(())
}

/// Searches, sends nothing, and says what became of each offer.
async fn show_why(client: &Client, title: &str) -> Result<()> {
    let found = client.list_series().title(title).send().await?.into_inner();
    let Some(series) = found.records.first() else {
        return Err(Error::InvalidRequest(format!(
            "no series is called {title}"
        )));
    };
    let request = CheckRequest::builder()
        .series_ids(vec![series.id])
        .dry_run(true);
    let check = client.start_check().body(request).send().await?.id;
    // The stream of its events ends with the check.
    let mut events = client.follow_check().id(check).send().await?.into_inner();
    while let Some(part) = events.next().await {
        part.map_err(Error::ResponseBodyError)?;
    }
    let stats = client
        .get_check()
        .id(check)
        .send()
        .await?
        .into_inner()
        .stats;
    println!(
        "{}: {} offers, {} would be sent",
        series.title, stats.offers, stats.would_send
    );
    let why = client
        .explain_series()
        .id(series.id)
        .send()
        .await?
        .into_inner();
    println!("{}", why.line);
    for offer in why.offers {
        println!("  {}: {}", offer.decision, offer.title);
        for reason in offer.reasons {
            println!("    {}", reason.message);
        }
    }
    Ok(())
}
