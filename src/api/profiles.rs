//! Resource `profiles`: what is accepted by itself, preferred and never taken.

use std::{collections::HashMap, sync::Arc};

use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::Path,
    types::{ParseFromJSON, ToJSON},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Tag,
    connection::Managed,
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    domain::profile,
    store::{self, profile::StoredProfile},
    taste::{
        DEFAULT,
        profiles::{self, ProfileError},
    },
};

/// What to do with an offer of which something is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Doubt {
    /// It does not matter.
    Pass,
    /// A human has to look.
    Review,
    /// Not this one.
    Refuse,
}

/// One way to compare two offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "camelCase")]
enum Comparer {
    /// What your own rules with a weight add up to.
    Weight,
    /// The collected language, then `fallbackLanguages`, in their order.
    Language,
    /// Official, scan or unknown, fan.
    Origin,
    /// Megabytes of it that nobody wants; fewer are better.
    Waste,
    /// `v2` before `v1`.
    Revision,
    /// `formats`, in their order.
    Format,
    /// A group of `preferredGroups`.
    Group,
    /// Three seeders or more, unknown, one or two, none.
    Availability,
    /// Native pages of 1,600 to 2,600 pixels, unknown or others, upscaled ones.
    Resolution,
    /// Megabytes of a volume off the median of this series, or off the ideal sizes.
    Size,
    /// Seeders.
    Seeders,
    /// The later one.
    Age,
    /// The title itself before an alias.
    Title,
}

/// Sizes of one volume in megabytes, each as large as the one before or larger. What holds several volumes may be as much larger.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct Sizes {
    /// Smaller ones are refused.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    refuse_below: f64,
    /// Smaller ones go to review.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    review_below: f64,
    /// From here on, a size is as it should be.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    ideal_from: f64,
    /// Up to here, a size is as it should be.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    ideal_to: f64,
    /// Larger ones go to review.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    review_above: f64,
    /// Larger ones are refused.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    refuse_above: f64,
}

/// The limits and preferences under which offers are judged; with each field its default.
#[derive(Debug, Object)]
#[oai(
    rename_all = "camelCase",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
struct Profile {
    /// What makes one offer better than another; the first difference decides.
    #[oai(validator(max_items = 13))]
    ranking: Option<Vec<Comparer>>,
    /// Formats, best first; others come behind. `cbz`, `cbr`, `epub`, `pdf`.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    formats: Option<Vec<String>>,
    /// Formats that are never taken. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    refused_formats: Option<Vec<String>>,
    /// Release groups that are preferred. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    preferred_groups: Option<Vec<String>>,
    /// Release groups that are never taken. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    refused_groups: Option<Vec<String>>,
    /// Names of indexers that are never taken from. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    refused_indexers: Option<Vec<String>>,
    /// Release groups whose bare numbers, fan translations, unstated languages and odd sizes need no review. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    trusted_groups: Option<Vec<String>>,
    /// Names of indexers of whose releases the same holds. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    trusted_indexers: Option<Vec<String>>,
    /// Newznab categories that are never taken; 3000 means 3000 to 3999. None.
    #[oai(validator(max_items = 200))]
    refused_categories: Option<Vec<u32>>,
    /// The language (ISO 639-1) of an indexer's releases when they state none, by the indexer's name; else what Prowlarr says of it.
    indexer_languages: Option<HashMap<String, String>>,
    /// Languages (ISO 639-1) that are taken too, best first. None.
    #[oai(validator(max_items = 20, pattern = "^[a-z]{2}$"))]
    fallback_languages: Option<Vec<String>>,
    /// One of these must stand in the name. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    required_words: Option<Vec<String>>,
    /// None of these may stand in the name. None.
    #[oai(validator(max_items = 200, max_length = 100, pattern = "^[^\\x00]*$"))]
    forbidden_words: Option<Vec<String>>,
    /// The language is neither stated nor the indexer's own: `review`.
    unknown_language: Option<Doubt>,
    /// A translation, colouring or scan by fans: `review`.
    fan_translations: Option<Doubt>,
    /// A number without a word or sign that makes it a volume: `review`.
    unmarked_number: Option<Doubt>,
    /// A size that is possible, and not ideal: `review`.
    unusual_size: Option<Doubt>,
    /// A volume beyond those that are out in the collected edition, as you or a catalogue count: `review`.
    beyond_count: Option<Doubt>,
    /// A volume behind the last one on the shelf of which only a file's metadata says that it exists: `review`.
    unconfirmed_volume: Option<Doubt>,
    /// Manga: 10, 20, 50, 250, 400, 900.
    manga: Option<Sizes>,
    /// Albums: 8, 15, 40, 200, 350, 800.
    bd: Option<Sizes>,
    /// Issues of US comics: 3, 8, 15, 150, 300, 600.
    comics: Option<Sizes>,
    /// Text, as EPUB: 0.05, 0.1, 0.2, 80, 150, 400.
    novels: Option<Sizes>,
    /// By how much coloured editions may be larger: 2.
    #[oai(validator(minimum(value = "1"), maximum(value = "20")))]
    colour_factor: Option<f64>,
    /// Torrents with fewer seeders are refused for now: 1.
    #[oai(validator(maximum(value = "100000")))]
    least_seeders: Option<u32>,
    /// Older releases are refused; 0 for no bound, which is the default.
    #[oai(validator(maximum(value = "100000")))]
    oldest_days: Option<u32>,
    /// Younger releases are refused for now: 0.
    #[oai(validator(maximum(value = "100000")))]
    youngest_minutes: Option<u32>,
    /// Percent of a pack's volumes that must be wanted for it to go by itself: 60.
    #[oai(validator(maximum(value = "100")))]
    pack_share: Option<u32>,
    /// Gigabytes above which a pack goes to review: 10.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000")))]
    pack_gigabytes: Option<f64>,
    /// Days for which an official release is waited for before a scan is taken, counted from the scan's publication: 0.
    #[oai(validator(maximum(value = "3650")))]
    official_delay_days: Option<u32>,
    /// Days for which the collected language is waited for before one of `fallbackLanguages` is taken, counted from when the volume was
    /// first missing: 0.
    #[oai(validator(maximum(value = "3650")))]
    fallback_after_days: Option<u32>,
    /// Better releases of what is on the shelf go to review: false.
    upgrades: Option<bool>,
    /// Pixels of the longer side from which a copy is good enough: 1600.
    #[oai(validator(maximum(value = "100000")))]
    upgrade_until_pixels: Option<u32>,
}

/// A profile with its name.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct NamedProfile {
    /// Its name; the one named `default` holds where no other is named.
    name: String,
    /// Who may change it.
    managed: Managed,
    /// Its limits and preferences.
    profile: Profile,
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// The one named `default` has its first values again.
    #[oai(status = 204)]
    Deleted,
}

pub struct ProfilesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Profiles")]
impl ProfilesApi {
    /// List profiles
    ///
    /// What is accepted, preferred and never taken, by name; `default` is the one that holds where no other is named.
    #[oai(path = "/profiles", method = "get", operation_id = "list_profiles")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<NamedProfile>>, Failure<QUERY>> {
        let mut profiles = store::profile::all(&app.db).await?;
        if !profiles.iter().any(|stored| stored.name == DEFAULT) {
            profiles.insert(0, by_api(DEFAULT.into(), profile::Profile::default()));
        }
        Ok(Json(profiles.into_iter().map(named).collect()))
    }

    /// Get a profile
    ///
    /// With every limit, also those that nobody changed.
    #[oai(path = "/profiles/:name", method = "get", operation_id = "get_profile")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name.
        #[oai(validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$"))]
        name: Path<String>,
    ) -> Result<Json<NamedProfile>, Failure<ONE>> {
        let stored = match store::profile::get(&app.db, &name).await? {
            Some(stored) => stored,
            None if name.0 == DEFAULT => by_api(name.0, profile::Profile::default()),
            None => return Err(ProfileError::Unknown(name.0).into()),
        };
        Ok(Json(named(stored)))
    }

    /// Write a profile
    ///
    /// It is made when there is none of this name. What is left out gets its default, also what reviews taught (`trustedGroups`,
    /// `refusedIndexers`…): to change some of it, use PATCH.
    #[oai(path = "/profiles/:name", method = "put", operation_id = "put_profile")]
    async fn put(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name: small letters, digits, `-` and `_`.
        #[oai(validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$"))]
        name: Path<String>,
        body: Json<Profile>,
    ) -> Result<Json<NamedProfile>, Failure<{ BODY | CONFLICT }>> {
        let profile = read(&body.0.to_json().unwrap_or_default())?;
        profiles::write(&app, &name, &profile).await?;
        Ok(Json(named(by_api(name.0, profile))))
    }

    /// Change a profile
    ///
    /// What is left out stays as it is. A list, a table of sizes or of languages is given whole.
    #[oai(
        path = "/profiles/:name",
        method = "patch",
        operation_id = "change_profile"
    )]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name.
        #[oai(validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$"))]
        name: Path<String>,
        body: Json<Profile>,
    ) -> Result<Json<NamedProfile>, Failure<{ ONE | BODY | CONFLICT }>> {
        let given = body.0.to_json().unwrap_or_default();
        read(&given)?;
        let changed = profiles::change(&app, &name, |profile| with(&profile, given)).await?;
        Ok(Json(named(by_api(name.0, changed))))
    }

    /// Remove a profile
    ///
    /// Refused (409) while a library or a series uses it. Of the one named `default`, what was changed is forgotten.
    #[oai(
        path = "/profiles/:name",
        method = "delete",
        operation_id = "delete_profile"
    )]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its name.
        #[oai(validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$"))]
        name: Path<String>,
    ) -> Result<Deleted, Failure<{ ONE | CONFLICT }>> {
        profiles::remove(&app, &name).await?;
        Ok(Deleted::Deleted)
    }
}

fn read(given: &Value) -> Result<profile::Profile, ApiError> {
    profile::Profile::deserialize(given).map_err(|error| ApiError::field("body", error.to_string()))
}

/// A profile with these fields instead of its own.
fn with(profile: &profile::Profile, given: Value) -> profile::Profile {
    let mut value = serde_json::to_value(profile).expect("a profile is plain data");
    if let (Value::Object(fields), Value::Object(given)) = (&mut value, given) {
        fields.extend(given);
    }
    serde_json::from_value(value).expect("each field was read")
}

fn by_api(name: String, profile: profile::Profile) -> StoredProfile {
    StoredProfile {
        name,
        managed: "api".into(),
        profile,
    }
}

fn named(stored: StoredProfile) -> NamedProfile {
    let value = serde_json::to_value(&stored.profile).expect("a profile is plain data");
    NamedProfile {
        name: stored.name,
        managed: Managed::of(&stored.managed),
        profile: Profile::parse_from_json(Some(value))
            .expect("both have the same fields; a test says so"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_and_the_deciding_have_the_same_fields() {
        let ours = serde_json::to_value(profile::Profile::default()).expect("plain data");
        let shown = named(by_api(DEFAULT.into(), profile::Profile::default())).profile;
        assert_eq!(shown.to_json().expect("an object"), ours);
    }

    #[test]
    fn the_defaults_in_the_words_of_the_document_are_true() {
        let default = profile::Profile::default();
        let bounds = |sizes: &profile::Sizes| {
            [
                sizes.refuse_below,
                sizes.review_below,
                sizes.ideal_from,
                sizes.ideal_to,
                sizes.review_above,
                sizes.refuse_above,
            ]
            .map(|bound| bound.to_string())
            .join(", ")
        };
        let document = super::super::document();
        for (name, sizes) in [
            ("Manga", &default.manga),
            ("Albums", &default.bd),
            ("Issues of US comics", &default.comics),
            ("Text, as EPUB", &default.novels),
        ] {
            assert!(
                document.contains(&format!("{name}: {}.", bounds(sizes))),
                "{name}"
            );
        }
    }
}
