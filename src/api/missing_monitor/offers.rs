//! `search` and `download`: what sources offer for a volume, and sending it.

use std::{collections::HashMap, sync::Arc};

use poem::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Refusal, body::Body, number, series::Sources, time};
use crate::{
    app::App,
    domain::{
        link::{Given, NotTaken},
        title::fold,
        volume::VolumeNumber,
    },
    pipeline::{
        searching::{self, Found, TitleError},
        sending,
    },
    store::{self, grab::Grab, offer::StoredOffer, series::Stored},
};

/// Results of one answer.
const MOST_RESULTS: usize = 20;
/// Characters of a title.
const LONGEST_TITLE: usize = 300;
/// Characters of a link; a magnet with many trackers has some thousands.
const LONGEST_LINK: usize = 16_384;
/// Clients by the names that the old program knew.
const CLIENTS: [&str; 4] = ["qbittorrent", "auto", "amule", "emule"];

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
    let Some(stored) = searching::series_called(app, &title, volume).await? else {
        return Ok(nothing(unknown(&title)).into());
    };
    let sources = Sources::load(app).await?;
    let (chosen, _) = sources.chosen(&named);
    if chosen.is_empty() && !named.is_empty() {
        return Ok(nothing(sources.none_of(&named)).into());
    }
    let found = searching::search_volume(app, stored.series.id, volume, chosen).await?;
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

/// Sends what a search found, or a magnet, for one volume.
pub async fn download(app: &Arc<App>, body: &Body) -> Result<Answer, Refusal> {
    let link = body.needed("link", LONGEST_LINK)?;
    let title = body.needed("title", LONGEST_TITLE)?;
    let volume = body.volume("volume_num")?;
    check_client(body)?;
    let said = |refusal: Refusal| {
        let message = refusal.error.clone();
        refusal
            .with("message", message)
            .with("title", title.clone())
            .with("volume", number(volume))
    };
    let grab = send(app, &link, &title, volume).await.map_err(said)?;
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
    link: &str,
    title: &str,
    volume: VolumeNumber,
) -> Result<Grab, Refusal> {
    match Given::read(link) {
        Ok(Given::Offer(id)) => {
            belongs(app, id, title).await?;
            Ok(sending::grab_offer_for(app, id, volume).await?)
        }
        Ok(Given::Magnet(magnet)) => {
            let stored = named(app, title, volume).await?;
            Ok(sending::grab_magnet_for(app, stored.series.id, magnet, volume).await?)
        }
        // It would be taken if there were a client for it.
        Err(error @ NotTaken::Ed2k) => Err(Refusal::new(StatusCode::CONFLICT, error.to_string())),
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

/// A magnet says nothing sure of its series: the title has to.
async fn named(app: &App, title: &str, volume: VolumeNumber) -> Result<Stored, Refusal> {
    searching::series_called(app, title, volume)
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

fn check_client(body: &Body) -> Result<(), Refusal> {
    let client = body.text("client", 60)?.unwrap_or_else(|| "auto".into());
    match CLIENTS
        .iter()
        .position(|known| client.eq_ignore_ascii_case(known))
    {
        Some(0 | 1) => Ok(()),
        Some(_) => Err(Refusal::invalid(format!(
            "there is no client {client} yet, only qBittorrent: send \"client\": \"qbittorrent\", or leave it out"
        ))),
        None => Err(Refusal::invalid(
            "client must be qbittorrent, or be left out",
        )),
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
