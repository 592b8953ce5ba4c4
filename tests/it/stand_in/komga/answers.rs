//! `SeriesDto`, `BookDto`, `LibraryDto` with every field that the OpenAPI document requires.

use chrono::DateTime;
use serde_json::{Value, json};

use super::shelves::{Book, Library, Series, Shelves};

/// `yyyy-MM-dd'T'HH:mm:ss'Z'`.
fn time(millis: i64) -> String {
    let at = DateTime::from_timestamp_millis(millis).expect("a time");
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whoever is no administrator is not told the folder.
pub fn library(id: &str, library: &Library, is_admin: bool) -> Value {
    let root = if is_admin { library.root.as_str() } else { "" };
    json!({
        "id": id, "name": library.name, "root": root, "unavailable": library.unavailable,
        "importComicInfoBook": true, "importComicInfoSeries": true, "importComicInfoCollection": true,
        "importComicInfoReadList": true, "importComicInfoSeriesAppendVolume": true, "importEpubBook": true,
        "importEpubSeries": true, "importMylarSeries": true, "importLocalArtwork": true, "importBarcodeIsbn": true,
        "scanForceModifiedTime": false, "scanInterval": "EVERY_6H", "scanOnStartup": false, "scanCbx": true,
        "scanPdf": true, "scanEpub": true, "scanDirectoryExclusions": ["#recycle", "@eaDir", "@Recycle"],
        "repairExtensions": false, "convertToCbz": false, "emptyTrashAfterScan": false, "seriesCover": "FIRST",
        "hashFiles": true, "hashPages": false, "hashKoreader": false, "analyzeDimensions": true,
        "oneshotsDirectory": "_oneshots",
    })
}

/// The folder of a series, or the file of a one-shot.
fn place(shelves: &Shelves, series: &Series) -> String {
    let root = &shelves.libraries[&series.library].root;
    match series.oneshot {
        true => format!("{root}/_oneshots"),
        false => format!("{root}/{}", series.name),
    }
}

pub fn series(shelves: &Shelves, id: &str, series: &Series, is_admin: bool) -> Value {
    let mut url = place(shelves, series);
    if series.oneshot {
        let file = series.books.values().next().map(|book| book.file.as_str());
        url = format!("{url}/{}", file.unwrap_or_default());
    }
    let (created, modified) = (time(series.created), time(series.modified));
    let count = series.books.len();
    let mut metadata = json!({
        "status": "ONGOING", "statusLock": false, "title": series.name, "titleLock": false,
        "titleSort": series.name, "titleSortLock": false, "summary": "", "summaryLock": false,
        "readingDirection": "", "readingDirectionLock": false, "publisher": "", "publisherLock": false,
        "ageRating": null, "ageRatingLock": false, "language": "", "languageLock": false,
        "genres": [], "genresLock": false, "tags": [], "tagsLock": false,
        "totalBookCount": null, "totalBookCountLock": false, "sharingLabels": [], "sharingLabelsLock": false,
        "links": [], "linksLock": false, "alternateTitles": [], "alternateTitlesLock": false,
        "created": created, "lastModified": modified,
    });
    for (name, value) in series.metadata.as_object().expect("an object") {
        metadata[name] = value.clone();
    }
    json!({
        "id": id, "libraryId": series.library, "name": series.name, "url": if is_admin { url } else { String::new() },
        "created": created, "lastModified": modified, "fileLastModified": modified,
        "booksCount": count, "booksReadCount": 0, "booksUnreadCount": count, "booksInProgressCount": 0,
        "metadata": metadata, "deleted": series.deleted, "oneshot": series.oneshot,
        "booksMetadata": {
            "authors": [], "tags": [], "releaseDate": null, "summary": "", "summaryNumber": "",
            "created": created, "lastModified": modified,
        },
    })
}

/// Written by hand: there may be a hundred thousand of them.
pub fn book(
    shelves: &Shelves,
    (series_id, series): (&str, &Series),
    (id, book): (&str, &Book),
    is_admin: bool,
) -> String {
    let url = match is_admin {
        true => format!("{}/{}", place(shelves, series), book.file),
        false => book.file.clone(),
    };
    let name = book
        .file
        .rsplit_once('.')
        .map_or(book.file.as_str(), |parts| parts.0);
    let quoted = |text: &str| serde_json::to_string(text).expect("a text");
    let title = series.metadata["title"].as_str().unwrap_or(&series.name);
    let (url, name, title) = (quoted(&url), quoted(name), quoted(title));
    let (created, modified) = (time(book.created), time(book.modified));
    let (library, position, size) = (&series.library, book.position, book.size);
    let (status, comment) = (book.status, book.comment);
    let (number, sort, locked) = (
        quoted(&book.number()),
        book.number_sort(),
        book.locked.is_some(),
    );
    let (megabytes, deleted, oneshot) = (size / 1024 / 1024, book.deleted, series.oneshot);
    format!(
        r#"{{"id":"{id}","seriesId":"{series_id}","libraryId":"{library}","name":{name},"url":{url},"seriesTitle":{title},
"number":{position},"created":"{created}","lastModified":"{modified}","fileLastModified":"{created}","sizeBytes":{size},
"size":"{megabytes} MiB","media":{{"status":"{status}","mediaType":"application/zip","pagesCount":180,"comment":"{comment}",
"epubDivinaCompatible":false,"epubIsKepub":false,"mediaProfile":"DIVINA"}},"metadata":{{"title":{name},"titleLock":false,
"summary":"","summaryLock":false,"number":{number},"numberLock":{locked},"numberSort":{sort:?},"numberSortLock":{locked},
"releaseDate":null,"releaseDateLock":false,"authors":[],"authorsLock":false,"tags":[],"tagsLock":false,"isbn":"",
"isbnLock":false,"links":[],"linksLock":false,"created":"{created}","lastModified":"{modified}"}},"readProgress":null,
"deleted":{deleted},"fileHash":"","oneshot":{oneshot}}}"#
    )
}
