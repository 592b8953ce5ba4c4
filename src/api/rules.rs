//! Resource `rules`: what the user refuses, asks for or weighs by rules of one's own.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::Path,
    types::{ParseFromJSON, ToJSON},
};
use serde::Serialize;

use super::{
    Tag,
    connection::Managed,
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    domain::decide::custom,
    store::{
        self,
        rule::{Scope, StoredRule},
    },
    taste::rules::{self, RuleError},
};

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Field {
    /// The whole name of the release.
    Name,
    /// The title that was read in it.
    Series,
    /// The other title, of a name with two.
    OtherTitle,
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
    /// Each Newznab category that it is in; 7000 stands for 7000 to 7999.
    Category,
    /// `true` when it says that it is the whole series.
    Complete,
    /// `true` when it holds more than one volume.
    Pack,
    /// `true` when specials or bonus come beside the volumes.
    Extras,
    /// `true` when its volumes stand behind a word or sign that says so, as in `T03`.
    Marked,
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
    /// Any of the volumes that it holds, by its number.
    Volume,
    /// Any of the chapters or issues that it states, by its number.
    Chapter,
    /// How many volumes its name counts: the 9 of `9 tomes`, the 12 of `T03/12`.
    Count,
    /// 2 for `v2`.
    Revision,
    /// The year that it states; of several the first.
    Year,
    /// Pixels of the longer side.
    Pixels,
    /// 0 to 100: how sure the reading of its name is.
    Confidence,
}

/// How it is compared: texts and words by `is`, `isNot`, `matches` and `matchesNot`, numbers by `is`, `isNot`, `above` and `below`, what is
/// true or false and categories by `is` and `isNot`. Nothing but `isUnknown` holds of what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Test {
    /// It is one of the values, without regard to case.
    Is,
    /// It is none of the values.
    IsNot,
    /// It is above the value, a number; of several volumes, one is.
    Above,
    /// It is below the value, a number; of several volumes, one is.
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
    /// With what; numbers are written as text. Volumes and chapters are numbers or ranges of them, such as `3`, `10.5` or `1-12`.
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
pub struct RuleBody {
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
    /// For `weigh`, and only there: by how much it makes an offer better; below 0 worse.
    #[oai(validator(minimum(value = "-1000000"), maximum(value = "1000000")))]
    weight: Option<i32>,
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
    /// Who may change it.
    managed: Managed,
    /// Shown with what it refuses.
    name: String,
    /// All of them must hold.
    when: Vec<Condition>,
    /// What it does then.
    then: Then,
    /// For `weigh`: by how much.
    weight: Option<i32>,
    /// Only series of this library.
    library_id: Option<i64>,
    /// Only this series.
    series_id: Option<i64>,
    /// It is asked.
    enabled: bool,
    /// What is wrong with it: until that is mended, nothing is sent where it is asked.
    error: Option<String>,
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
    ///
    /// By their numbers, which is the order in which they are asked.
    #[oai(path = "/rules", method = "get", operation_id = "list_rules")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Rule>>, Failure<QUERY>> {
        let rules = store::rule::all(&app.db).await?;
        Ok(Json(rules.into_iter().map(view).collect()))
    }

    /// Make a rule
    ///
    /// It is asked of every offer from then on. `POST /api/v1/judge/rule` says first what it would have done.
    #[oai(path = "/rules", method = "post", operation_id = "create_rule")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<RuleBody>,
    ) -> Result<RuleMade, Failure<{ ONE | BODY | CONFLICT }>> {
        let stored = rules::make(&app, stored(0, body.0)?).await?;
        Ok(RuleMade::Created(Json(view(stored))))
    }

    /// Get a rule
    ///
    /// With its conditions, and what it leads to.
    #[oai(path = "/rules/:id", method = "get", operation_id = "get_rule")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Rule>, Failure<ONE>> {
        let stored = store::rule::get(&app.db, id.0).await?;
        Ok(Json(view(stored.ok_or(RuleError::Unknown(id.0))?)))
    }

    /// Write a rule anew
    ///
    /// All of it is replaced by the body.
    #[oai(path = "/rules/:id", method = "put", operation_id = "put_rule")]
    async fn put(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<RuleBody>,
    ) -> Result<Json<Rule>, Failure<{ ONE | BODY | CONFLICT }>> {
        let stored = rules::change(&app, stored(id.0, body.0)?).await?;
        Ok(Json(view(stored)))
    }

    /// Remove a rule
    ///
    /// What it led to before stays as it was.
    #[oai(path = "/rules/:id", method = "delete", operation_id = "delete_rule")]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Deleted, Failure<{ ONE | CONFLICT }>> {
        rules::remove(&app, id.0).await?;
        Ok(Deleted::Deleted)
    }
}

/// Reads a rule; 0 for one that has no number yet.
pub fn stored(id: i64, body: RuleBody) -> Result<StoredRule, ApiError> {
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
    let word = match body.then {
        Then::Refuse => "refuse",
        Then::Review => "review",
        Then::Weigh => "weigh",
    };
    let then = custom::Then::of(word, body.weight)
        .map_err(|(field, problem)| ApiError::field(field, problem))?;
    let conditions = body.when.to_json().unwrap_or_default();
    Ok(StoredRule {
        id,
        managed: "api".into(),
        enabled: body.enabled,
        scope,
        rule: custom::CustomRule {
            name: body.name,
            when: serde_json::from_value(conditions)
                .map_err(|error| ApiError::field("when", error.to_string()))?,
            then,
        },
    })
}

/// Of a broken rule as well, whose values may be more than would be taken here.
fn condition(stored: custom::Condition) -> Condition {
    Condition {
        field: shown(&stored.field),
        test: shown(&stored.test),
        values: stored.values,
    }
}

fn shown<T: ParseFromJSON + std::fmt::Debug>(word: &impl Serialize) -> T {
    T::parse_from_json(serde_json::to_value(word).ok())
        .expect("both have the same words; a test says so")
}

fn view(stored: StoredRule) -> Rule {
    let error = stored.rule.compile().error().map(str::to_owned);
    let (library_id, series_id) = match stored.scope {
        Scope::All => (None, None),
        Scope::Library(library) => (Some(library), None),
        Scope::Series(series) => (None, Some(series)),
    };
    let (then, weight) = match stored.rule.then {
        custom::Then::Refuse => (Then::Refuse, None),
        custom::Then::Review => (Then::Review, None),
        custom::Then::Weight(weight) => (Then::Weigh, Some(weight)),
    };
    Rule {
        id: stored.id,
        managed: Managed::of(&stored.managed),
        name: stored.rule.name,
        when: stored.rule.when.into_iter().map(condition).collect(),
        then,
        weight,
        library_id,
        series_id,
        enabled: stored.enabled,
        error,
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::{registry::Registry, types::Type};
    use serde_json::Value;

    use super::*;

    /// Every word of a type, as its document says.
    fn words<T: Type>() -> Vec<Value> {
        let mut registry = Registry::new();
        T::register(&mut registry);
        let schema = registry.schemas.values().next().expect("its schema");
        schema.enum_items.clone()
    }

    #[test]
    fn the_document_and_the_deciding_have_the_same_words() {
        for word in words::<Field>() {
            let known: custom::Field = serde_json::from_value(word.clone()).expect("a field");
            let back: Field = shown(&known);
            assert_eq!(back.to_json(), Some(word));
        }
        for word in words::<Test>() {
            let known: custom::Test = serde_json::from_value(word.clone()).expect("a test");
            let back: Test = shown(&known);
            assert_eq!(back.to_json(), Some(word));
        }
        assert_eq!((words::<Field>().len(), words::<Test>().len()), (30, 8));
    }
}
