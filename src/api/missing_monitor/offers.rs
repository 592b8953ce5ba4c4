//! `search` and `download`: what sources offer for a volume, and sending it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use poem::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Refusal, body::Body, number, series::Sources, time};
use crate::{
    app::App,
    domain::{
        link::{Given, Network, NotTaken},
        title::fold,
        volume::VolumeNumber,
    },
    pipeline::{
        searching::{self, Found, TitleError},
        sending,
    },
    ports::Purpose,
    store::{self, grab::Grab, offer::StoredOffer, series::Stored},
};

/// Results of one answer.
const MOST_RESULTS: usize = 20;
/// Characters of a title.
const LONGEST_TITLE: usize = 300;
/// Characters of a link; a magnet with many trackers has some thousands.
const LONGEST_LINK: usize = 16_384;
/// Clients by the names that the old program knew, and from where each downloads.
const CLIENTS: [(&str, Option<Network>); 4] = [
    ("auto", None),
    ("qbittorrent", Some(Network::Torrent)),
    ("amule", Some(Network::Ed2k)),
    ("emule", Some(Network::Ed2k)),
];

impl From<TitleError> for Refusal {
    fn from(error: TitleError) -> Self {
        match error {
            TitleError::Store(error) => error.into(),
            error @ TitleError::Ambiguous(_) => Self::new(StatusCode::CONFLICT, error.to_string()),
        }
    }
}

/// Asks the sources for one volume of a known series. Nothing is sent.
pub async fn search(app: &Arc<App>, body: &Body) -> Result<Answer, Refusal> {
    let title = body.needed("title", LONGEST_TITLE)?;
    let volume = body.volume("volume_num")?;
    let named = body.list("sources")?.unwrap_or_default();
    let query = format!("{title} Vol {volume}");
    let nothing = |message: String| json!({"success": true, "query": query, "results_count": 0, "results": [], "message": message});
    let Some(stored) = searching::series_called(app, &title, Some(volume)).await? else {
        return Ok(nothing(unknown(&title)).into());
    };
    let sources = Sources::load(app).await?;
    let (chosen, _) = sources.chosen(&named);
    if chosen.is_empty() && !named.is_empty() {
        return Ok(nothing(sources.none_of(&named)).into());
    }
    let id = stored.series.id;
    let patience = Duration::from_secs(u64::from(app.config.lease_seconds) * 2);
    let search = searching::search_volume(app, id, volume, &chosen, Purpose::Asked, patience);
    let found = search.await?;
    let kinds = sources.kinds();
    let results: Vec<Value> = found
        .offers
        .iter()
        .take(MOST_RESULTS)
        .map(|offer| result(offer, volume, &kinds))
        .collect();
    if results.is_empty() {
        could_be_asked(&found)?;
        return Ok(nothing(why_nothing(&found)).into());
    }
    let mut answer = json!({"success": true, "query": query, "results_count": found.offers.len(), "results": results});
    let errors: Vec<&String> = errors(&found).collect();
    if !errors.is_empty() {
        answer["errors"] = json!(errors);
    }
    Ok(answer.into())
}

/// Sends what a search found, or a link, for one volume.
pub async fn download(app: &Arc<App>, body: &Body) -> Result<Answer, Refusal> {
    let link = body.needed("link", LONGEST_LINK)?;
    let title = body.needed("title", LONGEST_TITLE)?;
    let volume = body.volume("volume_num")?;
    let given = Given::read(&link);
    check_client(body, &given)?;
    let said = |refusal: Refusal| {
        let message = refusal.error.clone();
        refusal
            .with("message", message)
            .with("title", title.clone())
            .with("volume", number(volume))
    };
    let grab = send(app, given, &title, volume).await.map_err(said)?;
    Ok(json!({
        "success": true,
        "message": sending::status(&grab),
        "title": title,
        "volume": number(volume),
        "grab_id": grab.id,
    })
    .into())
}

async fn send(
    app: &Arc<App>,
    given: Result<Given, NotTaken>,
    title: &str,
    volume: VolumeNumber,
) -> Result<Grab, Refusal> {
    match given {
        Ok(Given::Offer(id)) => {
            belongs(app, id, title).await?;
            Ok(sending::grab_offer_for(app, id, volume).await?)
        }
        Ok(Given::Link(payload)) => {
            let stored = named(app, title, volume).await?;
            Ok(sending::grab_link_for(app, stored.series.id, payload, volume).await?)
        }
        Err(error) => Err(Refusal::invalid(error.to_string())),
    }
}

/// The title has to be that of the offer's series, or the offer's own; otherwise one of the two is a slip.
async fn belongs(app: &App, offer: i64, title: &str) -> Result<(), Refusal> {
    let Some(offer) = store::offer::get(&app.db, offer).await? else {
        return Ok(());
    };
    let Some(Stored { series, .. }) = store::series::get(&app.db, offer.series_id).await? else {
        return Ok(());
    };
    if series.is_named(title) || fold(&offer.offer.title) == fold(title) {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "link and title do not agree: the offer is for '{}'; send that title, or the link of a search for '{}'",
        series.title,
        shown(title)
    )))
}

/// A link says nothing sure of its series: the title has to.
async fn named(app: &App, title: &str, volume: VolumeNumber) -> Result<Stored, Refusal> {
    searching::series_called(app, title, Some(volume))
        .await?
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, unknown(title)))
}

fn unknown(title: &str) -> String {
    format!(
        "no series is called '{}'; GET /api/missing-monitor/series lists those with missing volumes",
        shown(title)
    )
}

fn shown(title: &str) -> String {
    title.chars().take(80).collect()
}

/// Which client takes it follows from the link; one that takes no such links is a slip.
fn check_client(body: &Body, link: &Result<Given, NotTaken>) -> Result<(), Refusal> {
    let client = body.text("client", 60)?.unwrap_or_else(|| "auto".into());
    let known = |known: &&(&str, Option<Network>)| client.eq_ignore_ascii_case(known.0);
    let Some((_, serves)) = CLIENTS.iter().find(known) else {
        return Err(Refusal::invalid(
            "client must be qbittorrent, amule or auto, or be left out",
        ));
    };
    let network = match link {
        Ok(Given::Link(payload)) => Some(payload.id().network()),
        _ => None,
    };
    match (serves, network) {
        (Some(serves), Some(network)) if *serves != network => Err(Refusal::invalid(format!(
            "{client} does not take such links; leave client out, and {} gets it",
            network.usual_client()
        ))),
        _ => Ok(()),
    }
}

fn result(offer: &StoredOffer, volume: VolumeNumber, kinds: &HashMap<i64, String>) -> Value {
    let found = &offer.offer;
    let link = Given::offer(offer.id);
    json!({
        "source": kinds.get(&found.source_id).unwrap_or(&found.source),
        "title": found.title,
        "link": link,
        "guid": link,
        "size": found.size,
        "seeders": found.seeders,
        "peers": null,
        "publish_date": found.published_at.map(time),
        "indexer": found.indexer,
        "volume": number(volume),
        "volumes": super::numbers(&offer.volumes),
        "score": offer.relevance.total(),
        "decision": offer.decision,
        "reasons": offer.reasons.iter().map(|(_, _, message)| message).collect::<Vec<_>>(),
    })
}

fn errors(found: &Found) -> impl Iterator<Item = &String> {
    found
        .report
        .asked
        .iter()
        .filter_map(|asked| asked.error.as_ref())
}

/// "Found nothing" and "could not ask" are different answers.
fn could_be_asked(found: &Found) -> Result<(), Refusal> {
    let asked = &found.report.asked;
    if asked.is_empty()
        || asked
            .iter()
            .any(|asked| asked.error.is_none() || asked.offers > 0)
    {
        return Ok(());
    }
    let errors: Vec<&str> = errors(found).map(String::as_str).collect();
    Err(Refusal::new(StatusCode::BAD_GATEWAY, errors.join("; ")))
}

fn why_nothing(found: &Found) -> String {
    // A search is a check that sends nothing; that is no news here.
    let mut sentences: Vec<String> = found
        .report
        .notes
        .iter()
        .filter(|note| !note.contains("dry run"))
        .chain(errors(found))
        .cloned()
        .collect();
    let offers = found.report.offers.len();
    if found.refused > 0 {
        sentences.push(format!(
            "{} of {offers} offers hold the volume and were refused; GET /api/v1/offers?seriesId={} says why",
            found.refused, found.report.series_id
        ));
    } else if !found.report.asked.is_empty() {
        sentences.push(format!("none of {offers} offers holds the volume"));
    }
    sentences.join("; ")
}
