//! Lists with conditions, in an order, in pages.

use std::cmp::{Ordering, Reverse};

use poem::{Request, Response};
use serde_json::{Value, json};

use super::{
    super::reply::{parameters, raw, status},
    answers,
    shelves::{Book, Series, Shelves},
};

/// Spring's largest page.
const LARGEST: usize = 2_000;

/// Who asks.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Sees paths.
    pub is_admin: bool,
    /// The libraries that are shared with it; none for all.
    pub sees: Option<Vec<String>>,
}

impl Asker {
    /// May see it.
    pub fn may_see(&self, library: &str) -> bool {
        self.sees
            .as_ref()
            .is_none_or(|ids| ids.iter().any(|id| id == library))
    }
}

/// A book with its series.
type Copy<'a> = ((&'a str, &'a Series), (&'a str, &'a Book));

/// Of a search by POST; none for a body that Jackson does not read.
fn condition(body: &[u8]) -> Option<Value> {
    let search: Value = serde_json::from_slice(body).ok()?;
    let known = |name: &String| matches!(name.as_str(), "condition" | "fullTextSearch");
    search
        .as_object()?
        .keys()
        .all(known)
        .then(|| search["condition"].clone())
}

pub fn series_list(shelves: &Shelves, asker: &Asker, request: &Request, body: &[u8]) -> Response {
    let Some(condition) = condition(body) else {
        return status(400);
    };
    let mut found = Vec::new();
    for (id, series) in &shelves.series {
        match matches(&condition, series, None) {
            None => return status(400),
            Some(true) if asker.may_see(&series.library) => found.push((id.as_str(), series)),
            Some(_) => {}
        }
    }
    sort(&mut found, request, |(_, a), (_, b), by| match by {
        "created" | "createdDate" => a.created.cmp(&b.created),
        "lastModified" | "lastModifiedDate" => a.modified.cmp(&b.modified),
        "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        _ => Ordering::Equal,
    });
    page(request, &found, |(id, series)| {
        answers::series(shelves, id, series, asker.is_admin).to_string()
    })
}

pub fn series_latest(
    shelves: &Shelves,
    asker: &Asker,
    request: &Request,
    new_ones: bool,
) -> Response {
    let query = parameters(request);
    let given = |wanted: &str| {
        let values = query.iter().filter(move |(name, _)| name == wanted);
        values.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    let (libraries, deleted) = (given("library_id"), given("deleted"));
    let mut found: Vec<_> = shelves
        .series
        .iter()
        .filter(|(_, series)| asker.may_see(&series.library))
        .filter(|(_, series)| libraries.is_empty() || libraries.contains(&series.library.as_str()))
        .filter(|(_, series)| {
            deleted
                .iter()
                .all(|wanted| *wanted == series.deleted.to_string())
        })
        .filter(|(_, series)| new_ones || series.created != series.modified)
        .collect();
    found.sort_by_key(|(_, series)| Reverse(series.modified));
    page(request, &found, |(id, series)| {
        answers::series(shelves, id, series, asker.is_admin).to_string()
    })
}

pub fn books_list(shelves: &Shelves, asker: &Asker, request: &Request, body: &[u8]) -> Response {
    let Some(condition) = condition(body) else {
        return status(400);
    };
    let mut found: Vec<Copy<'_>> = Vec::new();
    match series_ids(&condition) {
        Some(ids) => {
            let series = ids.iter().filter_map(|id| shelves.series.get_key_value(id));
            found.extend(series.flat_map(of_series));
        }
        None => {
            for copy in shelves.series.iter().flat_map(of_series) {
                let ((id, series), (_, book)) = copy;
                match matches(&condition, series, Some((id, book))) {
                    None => return status(400),
                    Some(true) => found.push(copy),
                    Some(false) => {}
                }
            }
        }
    }
    found.retain(|((_, series), _)| asker.may_see(&series.library));
    sort(
        &mut found,
        request,
        |(of_a, (_, a)), (of_b, (_, b)), by| match by {
            "created" | "createdDate" => a.created.cmp(&b.created),
            "lastModified" | "lastModifiedDate" => a.modified.cmp(&b.modified),
            "url" => (&of_a.1.name, &a.file).cmp(&(&of_b.1.name, &b.file)),
            _ => Ordering::Equal,
        },
    );
    books_page(shelves, asker, request, &found)
}

pub fn books_latest(shelves: &Shelves, asker: &Asker, request: &Request) -> Response {
    let mut found: Vec<Copy<'_>> = shelves
        .series
        .iter()
        .filter(|(_, series)| asker.may_see(&series.library))
        .flat_map(of_series)
        .collect();
    found.sort_by_key(|(_, (_, book))| Reverse(book.modified));
    books_page(shelves, asker, request, &found)
}

fn books_page(shelves: &Shelves, asker: &Asker, request: &Request, found: &[Copy<'_>]) -> Response {
    page(request, found, |(series, book)| {
        answers::book(shelves, *series, *book, asker.is_admin)
    })
}

/// The books of a series.
fn of_series<'a>((id, series): (&'a String, &'a Series)) -> impl Iterator<Item = Copy<'a>> {
    let books = series.books.iter();
    books.map(move |(book_id, book)| ((id.as_str(), series), (book_id.as_str(), book)))
}

/// The series of a condition that asks for the books of some and nothing else: large shelves are not walked for it.
fn series_ids(condition: &Value) -> Option<Vec<String>> {
    let id = |condition: &Value| {
        let given = &condition["seriesId"];
        let is = given["operator"] == "is" && condition.as_object()?.len() == 1;
        given["value"].as_str().filter(|_| is).map(str::to_owned)
    };
    match condition["anyOf"].as_array() {
        Some(any) => any.iter().map(id).collect(),
        None => id(condition).map(|id| vec![id]),
    }
}

/// None for what is no condition of such a search.
fn matches(condition: &Value, series: &Series, book: Option<(&str, &Book)>) -> Option<bool> {
    if condition.is_null() {
        return Some(true);
    }
    let fields = condition.as_object().filter(|fields| fields.len() == 1)?;
    let (name, given) = fields.iter().next()?;
    let each = || {
        let parts = given.as_array()?.iter();
        parts
            .map(|part| matches(part, series, book))
            .collect::<Option<Vec<bool>>>()
    };
    let is = |actual: &str| match given["operator"].as_str()? {
        "is" => Some(given["value"].as_str()? == actual),
        "isNot" => Some(given["value"].as_str()? != actual),
        _ => None,
    };
    match name.as_str() {
        "allOf" => Some(each()?.into_iter().all(|part| part)),
        "anyOf" => Some(each()?.into_iter().any(|part| part)),
        "libraryId" => is(&series.library),
        "seriesId" => is(book?.0),
        "deleted" => {
            let deleted = book.map_or(series.deleted, |(_, book)| book.deleted);
            match given["operator"].as_str()? {
                "isTrue" => Some(deleted),
                "isFalse" => Some(!deleted),
                _ => None,
            }
        }
        _ => None,
    }
}

/// By each `sort` of the request; what cannot be sorted by is passed over.
fn sort<T>(found: &mut [T], request: &Request, by: impl Fn(&T, &T, &str) -> Ordering) {
    let query = parameters(request);
    let orders: Vec<(&str, bool)> = query
        .iter()
        .filter(|(name, _)| name == "sort")
        .map(|(_, value)| match value.split_once(',') {
            Some((property, direction)) => (property, direction.eq_ignore_ascii_case("desc")),
            None => (value.as_str(), false),
        })
        .collect();
    found.sort_by(|a, b| {
        orders
            .iter()
            .fold(Ordering::Equal, |order, (property, down)| {
                let next = by(a, b, property);
                order.then(if *down { next.reverse() } else { next })
            })
    });
}

fn page<T>(request: &Request, found: &[T], record: impl Fn(&T) -> String) -> Response {
    let query = parameters(request);
    let number = |wanted: &str| {
        let mut values = query.iter().filter(|(name, _)| name == wanted);
        values
            .next()
            .and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let unpaged = query
        .iter()
        .any(|(name, value)| name == "unpaged" && value == "true");
    let total = found.len();
    let (page, size) = match unpaged {
        true => (0, total.max(20)),
        false => (
            number("page").unwrap_or(0),
            number("size").unwrap_or(20).clamp(1, LARGEST),
        ),
    };
    let content: Vec<String> = found
        .iter()
        .skip(page * size)
        .take(size)
        .map(record)
        .collect();
    let pages = total.div_ceil(size);
    let sort = json!({"sorted": true, "unsorted": false, "empty": false});
    let mut answer = json!({
        "numberOfElements": content.len(), "empty": content.is_empty(), "totalElements": total, "totalPages": pages,
        "first": page == 0, "last": page + 1 >= pages, "number": page, "size": size, "sort": sort,
        "pageable": {
            "pageNumber": page, "pageSize": size, "offset": page * size, "paged": true, "unpaged": false, "sort": sort,
        },
    })
    .to_string();
    answer.pop();
    let content = content.join(",");
    raw(
        "application/json",
        format!("{answer},\"content\":[{content}]}}"),
    )
}
