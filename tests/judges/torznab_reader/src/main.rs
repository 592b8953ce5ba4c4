//! Reads our feeds with the crate `torznab`: torznab-reader URL KEY.

use std::{env, error::Error};

use torznab::{Client, Torrent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments.next().ok_or("URL")?;
    let key = arguments.next().ok_or("KEY")?;
    for feed in ["found", "fresh", "ebdz"] {
        let items = search(&url, feed, &key, None).await?;
        assert!(!items.is_empty(), "{feed} is empty at first sight");
        println!("{feed} {} {:?}", items.len(), items[0]);
    }

    let found = search(&url, "found", &key, Some("eveil t02")).await?;
    let [item] = found.as_slice() else {
        return Err(format!("one item, not {found:?}").into());
    };
    assert_eq!(item.name, "L'Éveil T02 FRENCH CBZ");
    assert_eq!(item.size, 90_000_004);
    assert_eq!(item.seeders, Some(40));
    assert!(item.categories.contains(&7030), "{:?}", item.categories);
    let file = reqwest::get(&item.link).await?.error_for_status()?;
    let file = file.bytes().await?;
    assert!(
        file.starts_with(b"d8:announce"),
        "no torrent file: {file:?}"
    );

    match search(&url, "found", "wrong", None).await {
        Err(torznab::Error::Reqwest(refusal)) if refusal.status().is_some_and(|it| it == 401) => {
            println!("a wrong key is told: {refusal}");
        }
        other => return Err(format!("a wrong key is not told: {other:?}").into()),
    }

    // What it asks of its own, in the place where an indexer without series is asked for some.
    let client = Client::new(format!("{url}/torznab/found/api"), &key)?;
    match client
        .tvsearch(Some("eveil"), None, None, None, None, None)
        .await
    {
        Err(torznab::Error::Reqwest(refusal)) if refusal.status().is_some_and(|it| it == 400) => {
            println!("there is no tvsearch: {refusal}");
            Ok(())
        }
        other => Err(format!("tvsearch is not refused: {other:?}").into()),
    }
}

/// It knows no other searches than those for TV and films, and puts `?t=tvsearch&…` after any address, also after one that asks already.
async fn search(
    url: &str,
    feed: &str,
    key: &str,
    words: Option<&str>,
) -> Result<Vec<Torrent>, torznab::Error> {
    let client = Client::new(format!("{url}/torznab/{feed}/api?t=search&instead="), key)?;
    let items = client.tvsearch(words, None, None, None, None, None).await?;
    items.into_iter().collect()
}
