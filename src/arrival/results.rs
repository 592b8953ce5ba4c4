//! What became of each volume, in one transaction: right, in doubt, or wrong, blocked and free again.

use crate::{
    app::App,
    domain::{event::Event, grab::GrabState, volume::VolumeSet},
    pipeline::sending,
    store::{
        self, StoreError,
        grab::Grab,
        grab_volume::Became,
        review::{ARRIVED, Question},
    },
    verification::{Outcome, Verified},
};

/// Writes it down for the volumes that it still reserves. True when some are free again; none when the grab was over meanwhile.
pub async fn write(
    app: &App,
    grab: &Grab,
    verified: &Verified,
) -> Result<Option<bool>, StoreError> {
    let now = app.clock.now();
    let offer = store::offer::get(&app.db, grab.offer_id).await?;
    let mut tx = app.db.begin().await?;
    let Some(stored) = store::series::get_in(&mut tx, grab.series_id).await? else {
        return Ok(None);
    };
    let current = store::grab::get_in(&mut tx, grab.id).await?;
    let is_here = |grab: &Grab| matches!(grab.state, GrabState::Done | GrabState::Verified);
    if !current.as_ref().is_some_and(is_here) {
        return Ok(None);
    }
    let reserved = store::grab_volume::live_of(&mut tx, grab.id).await?;
    let (mut wrong, mut doubtful) = (VolumeSet::default(), VolumeSet::default());
    let (mut why, mut question) = (None, None);
    let results = verified.volumes.iter();
    for (volume, result) in results.filter(|(volume, _)| reserved.contains(*volume)) {
        let sentence = result.as_ref().err().map(ToString::to_string);
        let (state, live) = match result.as_ref().err().map(|fault| fault.outcome()) {
            None => ("verified", true),
            Some(Outcome::Fails) => {
                wrong.insert(*volume);
                why = why.or_else(|| sentence.clone());
                ("wrong", false)
            }
            Some(Outcome::Review | Outcome::Later) => {
                doubtful.insert(*volume);
                question = question.or_else(|| sentence.clone());
                ("review", true)
            }
        };
        let became = Became {
            state,
            code: result.as_ref().err().map(|fault| fault.code()),
            reason: sentence.as_deref(),
            live,
        };
        store::grab_volume::became(&mut tx, grab.id, *volume, became).await?;
    }
    if !wrong.is_empty() {
        store::want::free(&mut tx, grab.series_id, &wrong).await?;
        sending::block(&mut tx, grab, offer, &why.unwrap_or_default(), now).await?;
    }
    if let Some(message) = question {
        let question = Question {
            cause: ARRIVED.into(),
            volumes: doubtful.clone(),
            candidates: vec![grab.offer_id],
            message: format!("{}: {message}", grab.title),
        };
        let reason = question.message.clone();
        let asked = store::review::ask_also(&mut tx, &stored, question, now).await?;
        if let Some(review) = asked {
            let event = Event::ReviewNeeded {
                series: stored.series.named(),
                volumes: doubtful,
                release: grab.title.clone(),
                reasons: vec![reason],
                grab: Some(grab.id),
                review: Some(review),
                source: grab.source.clone(),
                indexer: grab.indexer.clone(),
                bytes: grab.size.map(i64::unsigned_abs),
            };
            store::event::append(&mut tx, &[event], now).await?;
        }
    }
    tx.commit().await?;
    Ok(Some(!wrong.is_empty()))
}
