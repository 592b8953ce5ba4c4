//! Resource `judge`: what an offer would get, and what a rule would have changed.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi};

use super::{
    Tag,
    error::{ApiError, BODY, Failure, ONE},
    guard::Key,
    json::Json,
    offers::Network,
    report::Decision,
    rules::{RuleBody, stored},
};
use crate::{
    app::App,
    domain::{decide, link},
    taste::tried::{self, Subject},
};

/// A name, or a stored offer, to be judged.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct Trial {
    /// For this series.
    series_id: i64,
    /// A release name; or else say `offerId`.
    #[oai(validator(min_length = 1, max_length = 4096, pattern = "^[^\\x00]*$"))]
    name: Option<String>,
    /// Bytes, with a name.
    size: Option<u64>,
    /// Seeders, with a name.
    seeders: Option<u32>,
    /// From where it would come, with a name; `torrent` when left out.
    network: Option<Network>,
    /// A stored offer.
    offer_id: Option<i64>,
    /// A rule to be asked besides those that there are; of the same name, instead of it.
    rule: Option<RuleBody>,
}

/// What an offer would get now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct TrialVerdict {
    /// What the rules say.
    decision: Decision,
    /// The volumes that it promises.
    volumes: String,
    /// Those of them that are missing and free.
    useful: String,
    /// Every reason against it.
    reasons: Vec<TrialReason>,
    /// What it is ranked by, in this order; a higher figure is better.
    ranking: Vec<Figure>,
}

/// One reason against an offer.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct TrialReason {
    /// What it leads to: `review` or `refused`.
    decision: Decision,
    /// Stable, for programs.
    code: String,
    /// A sentence.
    message: String,
    /// Time alone may undo it.
    temporary: bool,
}

/// One figure of a ranking.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Figure {
    /// What was compared.
    comparer: String,
    /// A higher one is better.
    figure: i64,
}

/// What a rule would have changed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Preview {
    /// Offers of the last 30 days that were judged again, the latest first.
    judged: u64,
    /// There were more, and only the latest were looked at.
    truncated: bool,
    /// Of these, those that the rule changes; at most 200 of them.
    changed: Vec<Changed>,
    /// How many it changes.
    changed_count: u64,
}

/// An offer of which a rule changes the decision, or the weight where it is not refused.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Changed {
    /// Its number.
    offer_id: i64,
    /// Release name.
    name: String,
    /// For this series.
    series_id: i64,
    /// Under the rules that there are.
    before: Decision,
    /// With this one.
    after: Decision,
    /// What the rules that there are weigh it; 0 where the profile's `ranking` leaves `weight` out.
    before_weight: i64,
    /// What they weigh it with this one.
    after_weight: i64,
}

pub struct JudgeApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Profiles")]
impl JudgeApi {
    /// Judge a name or a stored offer
    ///
    /// Says what it would get now, with every reason. Nothing is asked, stored or sent.
    #[oai(path = "/judge", method = "post", operation_id = "judge_offer")]
    async fn judge(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<Trial>,
    ) -> Result<Json<TrialVerdict>, Failure<{ ONE | BODY }>> {
        let trial = body.0;
        let rule = trial.rule.map(|rule| stored(0, rule)).transpose()?;
        let subject = match (trial.offer_id, trial.name) {
            (Some(id), None) => Subject::Stored(id),
            (None, Some(name)) => Subject::Name {
                name,
                size: trial.size,
                seeders: trial.seeders,
                network: trial.network.map_or(link::Network::Torrent, Into::into),
            },
            _ => return Err(ApiError::field("name", "give either a name or an offerId").into()),
        };
        let verdict = tried::try_out(
            &app,
            trial.series_id,
            subject,
            rule.map(|stored| stored.rule),
        )
        .await?;
        Ok(Json(shown(&verdict)))
    }

    /// See what a rule would have changed
    ///
    /// Judges the offers of the last 30 days again: under the rules that there are, and with this one instead of the one of its name, if
    /// there is one. Each is judged as when it was first seen, as if nothing had been sent for its series or blocked since. Nothing is
    /// changed.
    #[oai(path = "/judge/rule", method = "post", operation_id = "preview_rule")]
    async fn preview(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<RuleBody>,
    ) -> Result<Json<Preview>, Failure<{ ONE | BODY }>> {
        let preview = tried::preview(&app, &stored(0, body.0)?).await?;
        let changed = |changed: tried::Changed| Changed {
            offer_id: changed.offer,
            name: changed.title,
            series_id: changed.series,
            before: changed.before.decision.into(),
            after: changed.after.decision.into(),
            before_weight: changed.before.weight,
            after_weight: changed.after.weight,
        };
        Ok(Json(Preview {
            judged: preview.judged,
            truncated: preview.truncated,
            changed_count: preview.changed_count,
            changed: preview.changed.into_iter().map(changed).collect(),
        }))
    }
}

fn shown(verdict: &decide::Verdict) -> TrialVerdict {
    let reason = |(decision, reason): &(decide::Decision, decide::Reason)| TrialReason {
        decision: (*decision).into(),
        code: reason.code().into(),
        message: reason.to_string(),
        temporary: reason.is_temporary(),
    };
    let figure = |(comparer, figure): &(decide::rank::Comparer, i64)| Figure {
        comparer: comparer.word().into(),
        figure: *figure,
    };
    TrialVerdict {
        decision: verdict.decision.into(),
        volumes: verdict.volumes.to_string(),
        useful: verdict.useful.to_string(),
        reasons: verdict.reasons.iter().map(reason).collect(),
        ranking: verdict.rank.figures().iter().map(figure).collect(),
    }
}
