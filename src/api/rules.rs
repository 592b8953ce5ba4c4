//! Resources `rules` and `blocked`: what the user refuses, asks for or weighs by rules of one's own.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    types::{ParseFromJSON, ToJSON},
};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, NOTHING, ONE, VALUES},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    clock::utc,
    domain::decide,
    store::{
        self,
        profile::{Scope, StoredRule},
    },
    taste::{self, RuleError},
};

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Field {
    /// The whole name of the release.
    Name,
    /// The title that was read in it.
    Series,
    /// The release group.
    Group,
    /// The publisher.
    Publisher,
    /// The authors.
    Authors,
    /// `official`, `scan` or `fan`.
    Origin,
    /// `standard`, `deluxe`, `omnibus:3`…
    Edition,
    /// `hors_serie`, `artbook`…
    Special,
    /// ISO 639-1 of each language that it states.
    Language,
    /// `cbz`, `pdf`… of each format that it states.
    Format,
    /// The name of the connection that offered it.
    Source,
    /// The indexer behind that.
    Indexer,
    /// `true` when it says that it is the whole series.
    Complete,
    /// `true` when it holds more than one volume.
    Pack,
    /// Its size in megabytes.
    Megabytes,
    /// Its size divided by the volumes that it holds.
    MegabytesPerVolume,
    /// Seeders.
    Seeders,
    /// Days since it was published.
    AgeDays,
    /// How many volumes it holds.
    Volumes,
    /// The year that it states; of several the first.
    Year,
    /// Pixels of the longer side.
    Pixels,
    /// 0 to 100: how sure the reading of its name is.
    Confidence,
}

/// How it is compared. Nothing but `isUnknown` holds of what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Test {
    /// It is one of the values, without regard to case.
    Is,
    /// It is none of the values.
    IsNot,
    /// It is above the value, a number.
    Above,
    /// It is below the value, a number.
    Below,
    /// One of the values, a regular expression without regard to case, is found in it.
    Matches,
    /// None of them is.
    MatchesNot,
    /// It is known.
    IsKnown,
    /// It is not known.
    IsUnknown,
}

/// One condition of a rule.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct Condition {
    /// What is looked at.
    field: Field,
    /// How it is compared.
    test: Test,
    /// With what; numbers are written as text.
    #[oai(
        default,
        validator(max_items = 100, max_length = 500, pattern = "^[^\\x00]*$")
    )]
    values: Vec<String>,
}

/// What a rule does when all its conditions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Then {
    /// Not this one.
    Refuse,
    /// A human has to look.
    Review,
    /// It is better or worse than others, by `weight`.
    Weigh,
}

/// A rule to be made, or tried.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct RuleBody {
    /// Shown with what it refuses.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: String,
    /// All of them must hold.
    #[oai(validator(min_items = 1, max_items = 20))]
    when: Vec<Condition>,
    /// What it does then.
    then: Then,
    /// For `weigh`: by how much it makes an offer better; below 0 worse.
    #[oai(
        default,
        validator(minimum(value = "-1000000"), maximum(value = "1000000"))
    )]
    weight: i32,
    /// Only series of this library.
    library_id: Option<i64>,
    /// Only this series.
    series_id: Option<i64>,
    /// It is asked.
    #[oai(default = "yes")]
    enabled: bool,
}

/// A rule.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Rule {
    /// Its number.
    id: i64,
    /// Shown with what it refuses.
    name: String,
    /// All of them must hold.
    when: Vec<Condition>,
    /// What it does then.
    then: Then,
    /// For `weigh`.
    weight: i32,
    /// Only series of this library.
    library_id: Option<i64>,
    /// Only this series.
    series_id: Option<i64>,
    /// It is asked.
    enabled: bool,
    /// What is wrong with it: until that is mended, nothing is sent where it is asked.
    error: Option<String>,
}

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
    /// A stored offer.
    offer_id: Option<i64>,
    /// A rule to be asked besides those that there are; of the same name, instead of it.
    rule: Option<RuleBody>,
}

/// What an offer would get now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct TrialVerdict {
    /// `accepted`, `review` or `refused`.
    decision: String,
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
    /// `review` or `refused`.
    decision: String,
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

/// An offer of which a rule changes the decision.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Changed {
    /// Its number.
    offer_id: i64,
    /// Release name.
    name: String,
    /// For this series.
    series_id: i64,
    /// Without the rule.
    before: String,
    /// With it.
    after: String,
}

/// A release that is never sent again.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct BlockedRelease {
    /// Its number.
    id: i64,
    /// For this series.
    series_id: i64,
    /// Release name.
    name: String,
    /// Its identity, when it was known.
    infohash: Option<String>,
    /// Why.
    reason: String,
    /// Since when.
    created_at: DateTime<Utc>,
}

impl From<store::profile::Blocked> for BlockedRelease {
    fn from(row: store::profile::Blocked) -> Self {
        Self {
            id: row.id,
            series_id: row.series_id,
            name: row.title,
            infohash: row.infohash,
            reason: row.reason,
            created_at: utc(row.created_at),
        }
    }
}

/// A release to be blocked.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct BlockRequest {
    /// The stored offer.
    offer_id: i64,
    /// Why, for whoever looks at it later.
    #[oai(validator(
        max_length = 300,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    reason: String,
}

/// It is blocked.
#[derive(ApiResponse)]
enum BlockMade {
    /// It is refused from now on.
    #[oai(status = 201)]
    Created(Json<BlockedRelease>),
}

/// It was made.
#[derive(ApiResponse)]
enum RuleMade {
    /// The rule, which is in force from now on.
    #[oai(status = 201)]
    Created(Json<Rule>),
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// It is not asked any more.
    #[oai(status = 204)]
    Deleted,
}

fn yes() -> bool {
    true
}

pub struct RulesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Profiles")]
impl RulesApi {
    /// List your rules
    #[oai(path = "/rules", method = "get", operation_id = "list_rules")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Rule>>, Failure<NOTHING>> {
        let rules = store::profile::rules(&app.db).await?;
        Ok(Json(rules.into_iter().map(view).collect()))
    }

    /// Make a rule
    #[oai(path = "/rules", method = "post", operation_id = "create_rule")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<RuleBody>,
    ) -> Result<RuleMade, Failure<{ BODY | CONFLICT }>> {
        let stored = taste::put_rule(&app, stored(0, body.0)?).await?;
        Ok(RuleMade::Created(Json(view(stored))))
    }

    /// Get a rule
    #[oai(path = "/rules/:id", method = "get", operation_id = "get_rule")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Rule>, Failure<ONE>> {
        let stored = store::profile::rule(&app.db, id.0).await?;
        Ok(Json(view(stored.ok_or(RuleError::Unknown(id.0))?)))
    }

    /// Write a rule anew
    #[oai(path = "/rules/:id", method = "put", operation_id = "put_rule")]
    async fn put(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<RuleBody>,
    ) -> Result<Json<Rule>, Failure<{ ONE | BODY | CONFLICT }>> {
        if store::profile::rule(&app.db, id.0).await?.is_none() {
            return Err(RuleError::Unknown(id.0).into());
        }
        let stored = taste::put_rule(&app, stored(id.0, body.0)?).await?;
        Ok(Json(view(stored)))
    }

    /// Remove a rule
    #[oai(path = "/rules/:id", method = "delete", operation_id = "delete_rule")]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Deleted, Failure<ONE>> {
        taste::remove_rule(&app, id.0).await?;
        Ok(Deleted::Deleted)
    }

    /// Judge a name or a stored offer
    ///
    /// Says what it would get now, with every reason. Nothing is asked, stored or sent.
    #[oai(path = "/judge", method = "post", operation_id = "judge_offer")]
    async fn test(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<Trial>,
    ) -> Result<Json<TrialVerdict>, Failure<{ ONE | BODY }>> {
        let trial = body.0;
        let rule = trial.rule.map(rule_of).transpose()?;
        let subject = match (trial.offer_id, trial.name) {
            (Some(id), None) => taste::Subject::Stored(id),
            (None, Some(name)) => taste::Subject::Name {
                name,
                size: trial.size,
                seeders: trial.seeders,
            },
            _ => return Err(ApiError::field("name", "give either a name or an offerId").into()),
        };
        let verdict = taste::try_out(&app, trial.series_id, subject, rule).await?;
        Ok(Json(shown(&verdict)))
    }

    /// See what a rule would have changed
    ///
    /// Judges the offers of the last 30 days again, without the rule and with it. Nothing is changed.
    #[oai(path = "/judge/rule", method = "post", operation_id = "preview_rule")]
    async fn preview(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<RuleBody>,
    ) -> Result<Json<Preview>, Failure<BODY>> {
        let preview = taste::preview(&app, &stored(0, body.0)?).await?;
        let changed = |changed: taste::Changed| Changed {
            offer_id: changed.offer,
            name: changed.title,
            series_id: changed.series,
            before: changed.before.word().into(),
            after: changed.after.word().into(),
        };
        Ok(Json(Preview {
            judged: preview.judged,
            truncated: preview.truncated,
            changed_count: preview.changed_count,
            changed: preview.changed.into_iter().map(changed).collect(),
        }))
    }

    /// List blocked releases
    #[oai(path = "/blocked", method = "get", operation_id = "list_blocked")]
    async fn blocked(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Only those of this series.
        #[oai(name = "seriesId")]
        series_id: Query<Option<i64>>,
    ) -> Result<Json<Vec<BlockedRelease>>, Failure<VALUES>> {
        let rows = store::profile::blocked(&app.db, series_id.0).await?;
        Ok(Json(rows.into_iter().map(Into::into).collect()))
    }

    /// Block a release
    ///
    /// The offer is never sent for its series again, under whatever name, when its identity is known.
    #[oai(path = "/blocked", method = "post", operation_id = "block_release")]
    async fn block(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<BlockRequest>,
    ) -> Result<BlockMade, Failure<{ ONE | BODY }>> {
        let row = taste::block(&app, body.0.offer_id, &body.0.reason).await?;
        Ok(BlockMade::Created(Json(row.into())))
    }

    /// Unblock a release
    #[oai(
        path = "/blocked/:id",
        method = "delete",
        operation_id = "unblock_release"
    )]
    async fn unblock(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Deleted, Failure<ONE>> {
        let mut tx = app.db.begin().await?;
        if !store::profile::unblock(&mut tx, id.0).await? {
            return Err(ApiError::not_found(format!(
                "no release is blocked under the number {}",
                id.0
            ))
            .into());
        }
        tx.commit().await?;
        Ok(Deleted::Deleted)
    }
}

fn rule_of(body: RuleBody) -> Result<decide::CustomRule, ApiError> {
    Ok(stored(0, body)?.rule)
}

fn stored(id: i64, body: RuleBody) -> Result<StoredRule, ApiError> {
    let scope = match (body.library_id, body.series_id) {
        (Some(_), Some(_)) => {
            return Err(ApiError::field(
                "libraryId",
                "give either a library or a series, not both",
            ));
        }
        (Some(library), None) => Scope::Library(library),
        (None, Some(series)) => Scope::Series(series),
        (None, None) => Scope::All,
    };
    let conditions = body.when.to_json().unwrap_or_default();
    Ok(StoredRule {
        id,
        enabled: body.enabled,
        scope,
        rule: decide::CustomRule {
            name: body.name,
            when: serde_json::from_value(conditions)
                .map_err(|error| ApiError::field("when", error.to_string()))?,
            then: match body.then {
                Then::Refuse => decide::custom::Then::Refuse,
                Then::Review => decide::custom::Then::Review,
                Then::Weigh => decide::custom::Then::Weight(body.weight),
            },
        },
    })
}

fn view(stored: StoredRule) -> Rule {
    let error = stored.rule.compile().error().map(str::to_owned);
    let conditions = serde_json::to_value(&stored.rule.when).expect("conditions are plain data");
    let (library_id, series_id) = match stored.scope {
        Scope::All => (None, None),
        Scope::Library(library) => (Some(library), None),
        Scope::Series(series) => (None, Some(series)),
    };
    let (then, weight) = match stored.rule.then {
        decide::custom::Then::Refuse => (Then::Refuse, 0),
        decide::custom::Then::Review => (Then::Review, 0),
        decide::custom::Then::Weight(weight) => (Then::Weigh, weight),
    };
    Rule {
        id: stored.id,
        name: stored.rule.name,
        when: Vec::parse_from_json(Some(conditions))
            .expect("both have the same words; a test says so"),
        then,
        weight,
        library_id,
        series_id,
        enabled: stored.enabled,
        error,
    }
}

fn shown(verdict: &decide::Verdict) -> TrialVerdict {
    let reason = |(decision, reason): &(decide::Decision, decide::Reason)| TrialReason {
        decision: decision.word().into(),
        code: reason.code().into(),
        message: reason.to_string(),
        temporary: reason.is_temporary(),
    };
    let figure = |(comparer, figure): &(decide::rank::Comparer, i64)| Figure {
        comparer: comparer.word().into(),
        figure: *figure,
    };
    TrialVerdict {
        decision: verdict.decision.word().into(),
        volumes: verdict.volumes.to_string(),
        useful: verdict.useful.to_string(),
        reasons: verdict.reasons.iter().map(reason).collect(),
        ranking: verdict.rank.figures().iter().map(figure).collect(),
    }
}
