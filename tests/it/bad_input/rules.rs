//! Input of the right shape that a rule refuses: a sentence that names it, and not half of it is done.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::openapi::Operation;

/// Method, path, body, status, and words of the sentence.
type Row = (&'static str, String, Value, u16, &'static str);

fn rows(scene: &Scene) -> Vec<Row> {
    let own = |word: &str| format!("{word}/{}", scene.id(word));
    let rule = |field: &str, test: &str, values: &[&str]| json!({"name": "new", "then": "refuse", "when": [{"field": field, "test": test, "values": values}]});
    let of = |scope: Value| {
        let mut rule = rule("group", "is", &["papa"]);
        let scope = scope.as_object().expect("an object").clone();
        rule.as_object_mut().expect("an object").extend(scope);
        rule
    };
    let name = |name: &str, kind: &str| json!({"name": name, "kind": kind, "url": "http://127.0.0.1:1", "apiKey": "k"});
    vec![
        (
            "PATCH",
            own("series"),
            json!({"title": "!!!"}),
            400,
            "title: it must hold a letter or a digit",
        ),
        (
            "PATCH",
            own("series"),
            json!({"monitored": false, "aliases": ["Boruto", "?!"]}),
            400,
            "'?!' holds neither letter nor digit",
        ),
        (
            "PATCH",
            own("series"),
            json!({"wantedFrom": "5", "wantedTo": "3.5"}),
            400,
            "5 is above wantedTo, which is 3.5",
        ),
        (
            "PATCH",
            own("series"),
            json!({"title": "Other", "ignored": "5-3"}),
            400,
            "ignored: '5-3' is not a set of volumes",
        ),
        (
            "PATCH",
            own("series"),
            json!({"ignored": "0-9999"}),
            400,
            "at most 3000 volumes",
        ),
        (
            "POST",
            own("series") + "/want-again",
            json!({"volumes": "9-1"}),
            400,
            "volumes: '9-1'",
        ),
        (
            "POST",
            own("series") + "/want-again",
            json!({"volumes": "1-2"}),
            400,
            "volumes: volume 1 is on the shelf",
        ),
        (
            "PATCH",
            own("series"),
            json!({"title": "Other", "total": 1}),
            400,
            "total: volume 6 is on the shelf, so at least 6 exist",
        ),
        (
            "POST",
            "checks".into(),
            json!({"seriesIds": [1, 987654321]}),
            404,
            "no series with the number 987654321",
        ),
        (
            "POST",
            "checks".into(),
            json!({"seriesIds": [i64::MAX]}),
            404,
            "9223372036854775807",
        ),
        (
            "POST",
            "checks".into(),
            json!({"seriesIds": [i64::MIN]}),
            404,
            "-9223372036854775808",
        ),
        (
            "POST",
            own("checks") + "/stop",
            Value::Null,
            409,
            "already over",
        ),
        (
            "POST",
            "grabs".into(),
            json!({"offerId": 987654321}),
            404,
            "no offer with the number 987654321",
        ),
        (
            "POST",
            "grabs".into(),
            json!({"offerId": i64::MIN}),
            404,
            "no offer",
        ),
        (
            "POST",
            "grabs".into(),
            json!({"offerId": scene.id("offers")}),
            409,
            "already on its way",
        ),
        (
            "POST",
            "sources".into(),
            name("closed", "prowlarr"),
            409,
            "already a source named 'closed'",
        ),
        (
            "POST",
            "sources".into(),
            json!({"name": "x", "kind": "prowlarr", "apiKey": "k", "url": "http://me:secret@host"}),
            400,
            "url: it must not hold a name or password",
        ),
        (
            "POST",
            "sources".into(),
            json!({"name": "x", "kind": "prowlarr", "apiKey": "k", "url": "http://host/?apikey=secret"}),
            400,
            "neither spaces nor '?'",
        ),
        (
            "PATCH",
            own("sources"),
            json!({"timeoutSeconds": 5, "url": "https://["}),
            400,
            "url: it is no URL",
        ),
        (
            "PATCH",
            "sources/2".into(),
            json!({"enabled": false}),
            409,
            "stands in the configuration file",
        ),
        (
            "DELETE",
            "sources/2".into(),
            Value::Null,
            409,
            "stands in the configuration file",
        ),
        (
            "PATCH",
            own("clients"),
            json!({"name": "Other", "password": "alone"}),
            400,
            "password: name and password are given both or not at all",
        ),
        (
            "PATCH",
            own("clients"),
            json!({"tags": ["a,b"]}),
            400,
            "tags: a tag can be neither empty nor hold a comma",
        ),
        (
            "PATCH",
            "clients/3".into(),
            json!({"paused": true}),
            409,
            "stands in the configuration file",
        ),
        (
            "DELETE",
            "clients/3".into(),
            Value::Null,
            409,
            "stands in the configuration file",
        ),
        (
            "POST",
            "libraries".into(),
            json!({"name": "x", "path": "manga"}),
            400,
            "path: it must be an absolute path",
        ),
        (
            "POST",
            "libraries".into(),
            json!({"name": "x", "path": "/.."}),
            400,
            "path: it must be an absolute path below the root",
        ),
        (
            "POST",
            "libraries".into(),
            json!({"name": "x", "kind": "kavita", "url": "http://127.0.0.1:1", "apiKey": "k", "username": "u", "password": "p"}),
            400,
            "apiKey: there are two ways in, the API key and a name with a password; keep one",
        ),
        (
            "POST",
            "series/bulk".into(),
            json!({"where": {"libraryId": 987_654_321}, "set": {"monitored": false}}),
            404,
            "there is no library with the number 987654321",
        ),
        (
            "PUT",
            own("series") + "/identities",
            json!({"urls": ["https://example.org/manga/1"]}),
            422,
            "is no page of a series in a catalogue that is known: anilist, myanimelist",
        ),
        (
            "PATCH",
            own("libraries"),
            json!({"monitor": true, "path": "/../."}),
            400,
            "path: it must be an absolute path below the root",
        ),
        (
            "PATCH",
            "libraries/1".into(),
            json!({"monitor": false}),
            409,
            "stands in the configuration file",
        ),
        (
            "DELETE",
            "libraries/1".into(),
            Value::Null,
            409,
            "stands in the configuration file",
        ),
        (
            "PATCH",
            "settings".into(),
            json!({"queriesPerDay": 7, "timeZone": "Mars/Base"}),
            400,
            "timeZone: 'Mars/Base' is no time zone",
        ),
        (
            "PATCH",
            "settings".into(),
            json!({"autoSend": false, "scanSchedule": "* * *"}),
            400,
            "scanSchedule: '* * *' is no schedule",
        ),
        (
            "PATCH",
            "settings".into(),
            json!({"queriesPerDay": 0, "timeZone": "Mars/Base", "checkSchedule": "0 0 30 2 *", "checkUntil": "6h"}),
            400,
            "queriesPerDay: it must be a whole number from 1 to 100000; checkSchedule: '0 0 30 2 *' never comes: there is no such day; checkUntil: '6h' is no time of day; write it as 06:30, or nothing for no end; timeZone: 'Mars/Base' is no time zone",
        ),
        (
            "PATCH",
            "settings".into(),
            json!({"autoSend": false, "enabled": true}),
            409,
            "enabled is set by the environment",
        ),
        (
            "POST",
            "rules".into(),
            rule("format", "above", &["1"]),
            400,
            "when: format: it is not compared by above; there are: is,",
        ),
        (
            "PUT",
            own("rules"),
            rule("origin", "is", &["offical"]),
            400,
            "when: origin: 'offical' is none of: official, scan, fan",
        ),
        (
            "POST",
            "judge/rule".into(),
            rule("language", "is", &["french"]),
            400,
            "when: language: 'french' is no language of two letters (ISO 639-1): write fr",
        ),
        (
            "POST",
            "judge/rule".into(),
            of(json!({"seriesId": 987654321})),
            404,
            "there is no series with the number 987654321",
        ),
        (
            "POST",
            "judge/rule".into(),
            of(json!({"libraryId": scene.id("sources")})),
            404,
            "there is no library with the number",
        ),
        (
            "POST",
            "rules".into(),
            of(json!({"seriesId": 987654321})),
            404,
            "there is no series with the number 987654321",
        ),
        (
            "POST",
            "judge".into(),
            json!({"seriesId": 1, "name": "Naruto T02", "rule": rule("volumes", "is", &["3-5"])}),
            400,
            "when: volumes: '3-5' is no number",
        ),
        (
            "POST",
            "rules".into(),
            rule("group", "isUnknown", &["papa"]),
            400,
            "when: group: isUnknown takes no values",
        ),
        (
            "POST",
            "rules".into(),
            json!({"name": "new", "then": "weigh", "when": [{"field": "pack", "test": "is", "values": ["true"]}]}),
            400,
            "weight: it is missing: by how much does the rule weigh?",
        ),
        (
            "PUT",
            own("rules"),
            json!({"name": "new", "then": "review", "weight": 0, "when": [{"field": "pack", "test": "is", "values": ["true"]}]}),
            400,
            "weight: only a rule that says weigh has one",
        ),
        (
            "PUT",
            "profiles/default".into(),
            json!({"formats": ["cbz", "xyz"]}),
            400,
            "formats: 'xyz' is none of: cbz, cbr,",
        ),
        (
            "PATCH",
            "profiles/default".into(),
            json!({"leastSeeders": 3, "fallbackLanguages": ["xx"]}),
            400,
            "fallbackLanguages: each language is two letters of ISO 639-1",
        ),
        (
            "PATCH",
            "profiles/nobody".into(),
            json!({"leastSeeders": 3}),
            404,
            "there is no profile named 'nobody'",
        ),
        (
            "POST",
            "reviews/answer".into(),
            json!({"filter": {"cause": "bogus"}, "answer": "reject"}),
            400,
            "filter.cause: 'bogus' is none of: weak_title,",
        ),
    ]
}

#[tokio::test]
async fn what_a_rule_refuses_is_not_half_done() {
    let scene = Scene::new().await;
    let before = scene.everything().await;
    for (method, path, body, status, words) in rows(&scene) {
        let method: Method = method.parse().expect("a method");
        let path = format!("/api/v1/{path}");
        let known = scene.operations().find(|known| {
            let (ours, theirs) = (path.split('/'), known.path.split('/'));
            let fits = theirs.clone().count() == ours.clone().count()
                && ours
                    .zip(theirs)
                    .all(|(ours, theirs)| ours == theirs || theirs.starts_with('{'));
            known.method == method && fits
        });
        let operation: Operation = known.unwrap_or_else(|| panic!("{method} {path}"));
        let mut request = scene.at(&operation, &path);
        if !body.is_null() {
            request = request.json(&body);
        }
        let problem = scene
            .refused(&operation, request, status, &body.to_string())
            .await;
        assert!(
            problem.contains(words),
            "{path} {body}: '{words}' is not in: {problem}"
        );
        assert!(!problem.contains("secret"), "{problem}");
    }
    scene.is_unchanged(before).await;
}
