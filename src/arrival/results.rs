//! What became of each volume, in one transaction: right, in doubt, or wrong, blocked and free again.

use crate::{
    app::App,
    domain::volume::VolumeSet,
    pipeline::sending,
    store::{
        self, StoreError,
        grab::Grab,
        grab_volume::Became,
        review::{ARRIVED, Question},
    },
    verification::{Outcome, Verified},
};

/// Writes it down. True when some are free again.
pub async fn write(app: &App, grab: &Grab, verified: &Verified) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let offer = store::offer::get(&app.db, grab.offer_id).await?;
    let mut tx = app.db.begin().await?;
    let Some(stored) = store::series::get_in(&mut tx, grab.series_id).await? else {
        return Ok(false);
    };
    let (mut wrong, mut doubtful) = (VolumeSet::default(), VolumeSet::default());
    let (mut why, mut question) = (None, None);
    for (volume, result) in &verified.volumes {
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
            volumes: doubtful,
            candidates: vec![grab.offer_id],
            message: format!("{}: {message}", grab.title),
        };
        store::review::ask_also(&mut tx, &stored, question, now).await?;
    }
    tx.commit().await?;
    Ok(!wrong.is_empty())
}
