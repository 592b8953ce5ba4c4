//! What each route answers, in the form of Kavita's OpenAPI document.

use chrono::DateTime;
use poem::{Request, Response};
use serde_json::{Value, json};

use super::{
    super::reply::{Set, json_of, page, status},
    Asked, Era, Fault, Inner,
    doors::version,
    world::{Book, Library, NONE, SPECIALS, Series, World},
};

pub fn answer(state: &mut Inner, request: &Request, asked: &Asked) -> Response {
    let (era, now) = (state.era, state.world.now);
    let date = DateTime::from_timestamp_millis(now).expect("a time");
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let response = match asked.line().as_str() {
        "POST Plugin/authenticate" => state.doors.authenticate(asked, era, now),
        "POST Account/login" => state.doors.login(&asked.body, era),
        "GET Plugin/version" => state.doors.version(asked, era, now),
        _ if !state.doors.lets_in(request, era, now) => status(401),
        _ => inside(state, request, asked),
    };
    response.set("Date", &date)
}

fn inside(state: &mut Inner, request: &Request, asked: &Asked) -> Response {
    let (era, admin) = (state.era, state.doors.admin);
    let series = asked.number("seriesId");
    match asked.line().as_str() {
        "GET Library/libraries" => {
            let libraries = state.world.libraries.iter().map(library);
            json_of(&libraries.collect())
        }
        "POST Series/v2" => listed(state, asked),
        "POST Series/series-by-ids" => {
            let Some(ids) = asked.body["seriesIds"].as_array() else {
                return status(400);
            };
            let wanted = |series: &&Series| ids.contains(&json!(series.id));
            let found = state.world.series.iter().filter(wanted);
            json_of(
                &found
                    .map(|known| series_of(&state.world, known, era))
                    .collect(),
            )
        }
        "GET Series/metadata" => match state
            .world
            .series
            .iter()
            .find(|known| Some(known.id) == series)
        {
            Some(series) => json_of(&metadata(series)),
            None if era == Era::AuthKeys => status(404),
            None => status(204),
        },
        "GET Series/volumes" => match state
            .world
            .series
            .iter()
            .find(|known| Some(known.id) == series)
        {
            Some(series) => json_of(&volumes(&state.world, series, era)),
            None if era == Era::AuthKeys => status(404),
            None => json_of(&json!([])),
        },
        "POST Series/scan" => {
            let whole = has(
                &asked.body,
                &["libraryId", "seriesId", "forceUpdate", "forceColorscape"],
            );
            match (whole, admin) {
                (_, false) => status(403),
                (false, true) => status(400),
                (true, true) => {
                    state
                        .scans
                        .push(format!("series {}", asked.body["seriesId"]));
                    status(200)
                }
            }
        }
        "POST Library/scan" => match (asked.number("libraryId"), admin) {
            (_, false) => status(403),
            (Some(library @ 1..), true) => {
                state.scans.push(format!("library {library}"));
                status(200)
            }
            _ => status(400),
        },
        "GET Server/server-info-slim" if !admin => status(403),
        "GET Server/server-info-slim" => json_of(&json!({
            "installId": "planted", "isDocker": true, "kavitaVersion": version(era),
            "firstInstallDate": null, "firstInstallVersion": null,
        })),
        "GET Plugin/authkey-expires" if era == Era::AuthKeys => {
            if !state.doors.by_key(request, era, state.world.now) {
                return status(400);
            }
            json_of(&json!({ "expiresAt": state.doors.key_ends.map(utc_z) }))
        }
        "GET Users/get-preferences" => {
            json_of(&json!({ "collapseSeriesRelationships": state.doors.collapsed }))
        }
        _ => page(),
    }
}

fn has(body: &Value, fields: &[&str]) -> bool {
    fields
        .iter()
        .all(|field| body.get(field).is_some_and(|value| !value.is_null()))
}

/// `POST Series/v2`.
fn listed(state: &mut Inner, asked: &Asked) -> Response {
    let body = &asked.body;
    let whole = has(
        body,
        &[
            "id",
            "name",
            "statements",
            "combination",
            "sortOptions",
            "limitTo",
        ],
    ) && has(&body["sortOptions"], &["sortField", "isAscending"]);
    let (Some(number), Some(size), true) =
        (asked.number("PageNumber"), asked.number("PageSize"), whole)
    else {
        return status(400);
    };
    if let Some(mut between) = state.between.take() {
        between(&mut state.world, number);
        state.between = Some(between);
    }
    let mut libraries: Vec<i64> = Vec::new();
    for statement in body["statements"].as_array().expect("a list") {
        assert_eq!(
            (&statement["field"], &statement["comparison"]),
            (&json!(19), &json!(5))
        );
        let ids = statement["value"].as_str().expect("text").split(',');
        libraries.extend(ids.map(|id| id.parse::<i64>().expect("an id")));
    }
    let world = &state.world;
    let mut found: Vec<&Series> = world
        .series
        .iter()
        .filter(|series| libraries.contains(&series.library))
        .collect();
    match body["sortOptions"]["sortField"].as_i64() {
        Some(2) => found.sort_by_key(|series| series.created),
        Some(4) => found.sort_by_key(|series| series.chapter_added),
        _ => return status(400),
    }
    if body["sortOptions"]["isAscending"] == json!(false) {
        found.reverse();
    }
    let (number, size, total) = (number.max(1) as usize, size as usize, found.len());
    let is_all = size == 0 || state.fault == Some(Fault::Everything);
    let size = if is_all { usize::MAX } else { size };
    let shown = found
        .iter()
        .skip((number - 1).saturating_mul(size))
        .take(size);
    let response = json_of(
        &shown
            .map(|series| series_of(world, series, state.era))
            .collect(),
    );
    if state.fault == Some(Fault::NoPagination) {
        return response;
    }
    let pages = total.div_ceil(size);
    let header = json!({ "currentPage": number, "itemsPerPage": size, "totalItems": total, "totalPages": pages });
    response.set("Pagination", &header.to_string())
}

/// `LibraryDto`.
fn library(library: &Library) -> Value {
    json!({
        "id": library.id, "name": library.name, "lastScanned": local(0, 0), "type": 0, "coverImage": null,
        "folderWatching": true, "includeInDashboard": true, "includeInRecommended": true, "manageCollections": true,
        "manageReadingLists": true, "includeInSearch": true, "allowScrobbling": true, "folders": library.folders,
        "collapseSeriesRelationships": false, "libraryFileTypes": [1, 2, 3], "excludePatterns": [],
    })
}

/// `SeriesDto`.
fn series_of(world: &World, series: &Series, era: Era) -> Value {
    let pages: i64 = series.books.iter().map(|book| book.pages).sum();
    let library = world
        .libraries
        .iter()
        .find(|known| known.id == series.library);
    let mut value = json!({
        "id": series.id, "name": series.name, "originalName": series.original, "localizedName": series.localized,
        "sortName": series.name, "pages": pages, "coverImageLocked": false, "pagesRead": 0,
        "latestReadDate": "0001-01-01T00:00:00", "lastChapterAdded": local(series.chapter_added, world.zone),
        "userRating": 0.0, "hasUserRated": false, "format": series.books.first().map_or(2, |book| book.format),
        "created": local(series.created, world.zone), "nameLocked": false, "sortNameLocked": false,
        "localizedNameLocked": false, "wordCount": 0, "libraryId": series.library,
        "libraryName": library.map(|library| &library.name), "minHoursToRead": 1, "maxHoursToRead": 1,
        "avgHoursToRead": 1.0, "folderPath": series.folder, "lowestFolderPath": series.folder,
        "lastFolderScanned": local(series.scanned, world.zone), "coverImage": null, "primaryColor": "",
        "secondaryColor": "",
    });
    if era == Era::AuthKeys {
        value["lastChapterAddedUtc"] = json!(utc_z(series.chapter_added));
        value["aniListId"] = json!(series.ani_list);
        value["malId"] = json!(0);
    }
    value
}

/// `SeriesMetadataDto`.
fn metadata(series: &Series) -> Value {
    let named = |names: &[String]| -> Value {
        let named = names.iter().enumerate();
        named
            .map(|(id, title)| json!({ "id": id + 1, "title": title }))
            .collect()
    };
    json!({
        "id": series.id, "summary": "", "genres": named(&series.genres), "tags": named(&series.tags), "writers": [],
        "ageRating": 0, "releaseYear": 0, "language": series.language, "maxCount": series.books.len(),
        "totalCount": series.total_count, "publicationStatus": series.status, "webLinks": series.web_links,
        "seriesId": series.id,
    })
}

/// Of each volume its chapters, and of these the files; specials are chapters of their own.
fn volumes(world: &World, series: &Series, era: Era) -> Value {
    let mut numbers: Vec<(f64, f64)> = series.books.iter().map(|book| book.volume).collect();
    numbers.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
    numbers.dedup();
    let volumes = numbers.into_iter().map(|number| {
        let of_it = series.books.iter().filter(|book| book.volume == number);
        let mut chapters: Vec<Vec<&Book>> = Vec::new();
        for book in of_it {
            let same = |known: &&mut Vec<&Book>| known[0].chapter == book.chapter && !book.special;
            match chapters.iter_mut().find(same) {
                Some(known) => known.push(book),
                None => chapters.push(vec![book]),
            }
        }
        let created = chapters.iter().flatten().map(|book| book.created).min();
        let created = created.unwrap_or_default();
        let chapters: Vec<Value> = chapters
            .iter()
            .map(|books| chapter(world, series, books, era))
            .collect();
        json!({
            "id": series.id * 1_000, "minNumber": number.0, "maxNumber": number.1, "name": name_of(number),
            "number": number.0 as i64, "pages": 190, "pagesRead": 0, "lastModifiedUtc": utc(created, era),
            "createdUtc": utc(created, era), "created": local(created, world.zone),
            "lastModified": local(created, world.zone), "seriesId": series.id, "chapters": chapters,
            "minHoursToRead": 1, "maxHoursToRead": 1, "avgHoursToRead": 1.0, "wordCount": 0,
        })
    });
    volumes.collect()
}

/// `ChapterDto`.
fn chapter(world: &World, series: &Series, books: &[&Book], era: Era) -> Value {
    let first = books[0];
    let files: Vec<Value> = books.iter().map(|book| file(world, series, book)).collect();
    let pages: i64 = books.iter().map(|book| book.pages).sum();
    json!({
        "id": series.id * 1_000, "range": name_of(first.chapter), "number": first.chapter.0.to_string(),
        "minNumber": first.chapter.0, "maxNumber": first.chapter.1, "sortOrder": first.chapter.0, "pages": pages,
        "isSpecial": first.special, "title": first.name, "files": files, "pagesRead": 0, "volumeId": series.id * 1_000,
        "createdUtc": utc(first.created, era), "lastModifiedUtc": utc(first.created, era),
        "created": local(first.created, world.zone), "releaseDate": "0001-01-01T00:00:00", "titleName": null,
        "ageRating": 0, "wordCount": 0, "webLinks": "", "isbn": "", "publicationStatus": 0,
        "language": first.language, "count": 0, "totalCount": first.count,
    })
}

/// `MangaFileDto`.
fn file(world: &World, series: &Series, book: &Book) -> Value {
    json!({
        "id": 1, "filePath": format!("{}/{}", series.folder, book.name), "pages": book.pages, "bytes": book.bytes,
        "format": book.format, "created": local(book.created, world.zone), "extension": null,
    })
}

fn name_of((min, max): (f64, f64)) -> String {
    match min {
        NONE | SPECIALS => min.to_string(),
        _ if min == max => min.to_string(),
        _ => format!("{min}-{max}"),
    }
}

/// `DateTime.Now`: the server's own time, without an offset.
fn local(at: i64, zone: i64) -> String {
    let at = DateTime::from_timestamp_millis(at + zone).expect("a time");
    at.format("%Y-%m-%dT%H:%M:%S%.3f0000").to_string()
}

/// `DateTime.UtcNow`, which v0.8.3.2 reads from its database without remembering that it is UTC.
fn utc(at: i64, era: Era) -> String {
    match era {
        Era::Tokens => local(at, 0),
        Era::AuthKeys => utc_z(at),
    }
}

fn utc_z(at: i64) -> String {
    format!("{}Z", local(at, 0))
}
