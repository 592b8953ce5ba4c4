//! Reads what a consumer of a feed asks, as tolerantly as its known ones need (each rule was seen with a real program). Pure.

use super::{category::Categories, fault::Fault};

/// Items of a page at most, and when nothing is said.
pub const PAGE: usize = 100;
/// Letters of a text that are read.
const LONGEST_TEXT: usize = 300;
/// Numbers of categories that are read.
const MOST_CATEGORIES: usize = 200;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Function {
    /// `t=caps`.
    Caps,
    /// `t=indexers`, of the Jackett plugin.
    Indexers,
    /// `t=search` or `t=book`.
    Search(Asked),
}

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Asked {
    /// What has to stand in the name; empty asks for everything.
    pub text: String,
    /// Names that state another year are left out.
    pub year: Option<u32>,
    /// Of these; none for all.
    pub categories: Option<Categories>,
    /// 1 to [`PAGE`].
    pub limit: usize,
    /// Items that are left out at the beginning.
    pub offset: usize,
    /// Days since it was published, at least.
    pub least_age: Option<u64>,
    /// Days since it was published, at most.
    pub most_age: Option<u64>,
    /// Bytes, at least.
    pub least_size: Option<u64>,
    /// Bytes, at most.
    pub most_size: Option<u64>,
}

/// Functions that others have.
const OF_OTHERS: [&str; 15] = [
    "tvsearch",
    "tv-search",
    "movie",
    "movies",
    "music",
    "audio",
    "details",
    "getnfo",
    "get",
    "cartadd",
    "cartdel",
    "cart-add",
    "cart-del",
    "comments",
    "user",
];

/// What was given, by name; names are read without regard to case, and empty values are as good as none: Prowlarr sends such.
struct Given<'a>(&'a [(String, String)]);

impl Given<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        let given = self.0.iter();
        let mut values = given.filter(|(given, _)| given.eq_ignore_ascii_case(name));
        values
            .find(|(_, value)| !value.trim().is_empty())
            .map(|(_, value)| value.trim())
    }

    fn number(&self, name: &'static str) -> Result<Option<u64>, Fault> {
        let number = self.text(name).map(|text| {
            let is_number = text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number
                .then(|| text.parse().unwrap_or(u64::MAX))
                .ok_or(Fault::Incorrect(name))
        });
        number.transpose()
    }
}

/// Reads the pairs of a query. The plugin of Jackett sends no `t` at all: where something is looked for, that is a search.
///
/// # Errors
/// With what is to be answered instead.
pub fn read(pairs: &[(String, String)]) -> Result<Function, Fault> {
    let given = Given(pairs);
    let function = given.text("t").map(str::to_ascii_lowercase);
    let is_book = function.as_deref() == Some("book");
    match function.as_deref() {
        Some("caps") => return Ok(Function::Caps),
        Some("indexers") => return Ok(Function::Indexers),
        Some("search" | "book") => {}
        None if pairs.iter().any(|(name, _)| name.eq_ignore_ascii_case("q")) => {}
        None => return Err(Fault::Missing("t")),
        Some(known) if OF_OTHERS.contains(&known) => {
            return Err(Fault::function(Fault::NotAvailable, known));
        }
        Some(unknown) => return Err(Fault::function(Fault::NoSuchFunction, unknown)),
    }
    flag(&given, "extended")?;
    attributes(&given)?;
    let mut asked = Asked {
        text: text(&given, is_book),
        year: match is_book {
            true => given.number("year")?.and_then(|year| year.try_into().ok()),
            false => None,
        },
        categories: categories(&given)?,
        limit: match given.number("limit")? {
            // Prowlarr's own search sends 0 when nothing was said.
            None | Some(0) => PAGE,
            Some(limit) => limit.min(PAGE as u64) as usize,
        },
        offset: given
            .number("offset")?
            .unwrap_or(0)
            .try_into()
            .unwrap_or(usize::MAX),
        least_age: given.number("minage")?,
        most_age: given.number("maxage")?,
        least_size: given.number("minsize")?,
        most_size: given.number("maxsize")?,
    };
    asked.mend();
    Ok(Function::Search(asked))
}

impl Asked {
    /// It asks for more than words.
    pub(super) fn has_bounds(&self) -> bool {
        let numbers = [
            self.least_age,
            self.most_age,
            self.least_size,
            self.most_size,
        ];
        self.year.is_some() || self.categories.is_some() || numbers.iter().any(Option::is_some)
    }

    /// What is of an unknown size is of any.
    pub(super) fn fits_size(&self, size: Option<u64>) -> bool {
        size.is_none_or(|size| {
            self.least_size.is_none_or(|least| size >= least)
                && self.most_size.is_none_or(|most| size <= most)
        })
    }

    /// What states no year is of any.
    pub(super) fn fits_year(&self, stated: Option<u16>) -> bool {
        match (self.year, stated) {
            (Some(asked), Some(stated)) => asked == u32::from(stated),
            _ => true,
        }
    }

    /// Prowlarr fills `minage`, `minsize` and `maxsize` with its `maxage`: what is the same in all of them is that.
    fn mend(&mut self) {
        let days = self.most_age;
        let others = [self.least_age, self.least_size, self.most_size];
        if days.is_some() && others.iter().all(|other| *other == days) {
            (self.least_age, self.least_size, self.most_size) = (None, None, None);
        }
    }
}

/// Of a book its title; its author hardly stands in the name of a release, so that it is looked for only where nothing else is.
fn text(given: &Given<'_>, is_book: bool) -> String {
    let named = |name: &str| given.text(name);
    let text = match is_book {
        true => named("title").or(named("q")).or(named("author")),
        false => named("q"),
    };
    text.unwrap_or_default()
        .chars()
        .take(LONGEST_TEXT)
        .collect()
}

fn flag(given: &Given<'_>, name: &'static str) -> Result<(), Fault> {
    let known = ["0", "1", "true", "false", "yes", "no"];
    let text = given.text(name);
    let fits = text.is_none_or(|text| known.iter().any(|word| word.eq_ignore_ascii_case(text)));
    fits.then_some(()).ok_or(Fault::Incorrect(name))
}

/// Every item has all of its attributes, whatever is asked for.
fn attributes(given: &Given<'_>) -> Result<(), Fault> {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let text = given.text("attrs");
    let fits = text.is_none_or(|text| text.split(',').all(is_name));
    fits.then_some(()).ok_or(Fault::Incorrect("attrs"))
}

fn categories(given: &Given<'_>) -> Result<Option<Categories>, Fault> {
    let Some(text) = given.text("cat") else {
        return Ok(None);
    };
    let mut all = Categories::default();
    for number in text.split(',').take(MOST_CATEGORIES) {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err(Fault::Incorrect("cat"));
        }
        // Who asks for what there is not gets nothing of it.
        if let Ok(number) = number.parse() {
            all = all.with(Categories::asked(number));
        }
    }
    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_query(query: &str) -> Result<Function, Fault> {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let pairs: Vec<(String, String)> = pairs.into_owned().collect();
        read(&pairs)
    }

    fn asked(query: &str) -> Asked {
        match read_query(query) {
            Ok(Function::Search(asked)) => asked,
            other => panic!("{query}: {other:?}"),
        }
    }

    fn all() -> Asked {
        Asked {
            limit: PAGE,
            ..Asked::default()
        }
    }

    #[test]
    fn the_functions_are_known_by_name() {
        for (query, code) in [
            ("", 200),
            ("apikey=k", 200),
            ("t=", 200),
            ("t=tvsearch&q=x", 203),
            ("t=movies&q=x", 203),
            ("t=getnfo", 203),
            ("t=everything", 202),
            ("t=search&cat=comics", 201),
            ("t=search&cat=7000,,7030", 201),
            ("t=search&cat=-1", 201),
            ("t=search&limit=-1", 201),
            ("t=search&offset=ten", 201),
            ("t=search&extended=maybe", 201),
            ("t=search&attrs=a;b", 201),
            ("t=search&maxage=1.5", 201),
            ("t=book&year=MMXX", 201),
        ] {
            let fault = read_query(query).expect_err(query);
            assert_eq!(fault.code(), code, "{query}");
        }
        assert_eq!(read_query("t=caps"), Ok(Function::Caps));
        assert_eq!(read_query("T=CAPS&apikey=k"), Ok(Function::Caps));
        assert_eq!(
            read_query("apikey=k&t=indexers&configured=true"),
            Ok(Function::Indexers)
        );
    }

    #[test]
    fn a_search_is_read_as_its_consumers_write_it() {
        let text = |text: &str| Asked {
            text: text.into(),
            ..all()
        };
        for (query, expected) in [
            ("t=search", all()),
            ("t=search&q=&apikey=k&o=xml", all()),
            (
                "apikey=k&q=One+Piece&cat=8000",
                Asked {
                    categories: Some(Categories::ALL),
                    ..text("One Piece")
                },
            ),
            ("T=Search&Q=%20Berserk%2042%20", text("Berserk 42")),
            ("t=search&limit=0&offset=0", all()),
            (
                "t=search&limit=7&offset=300",
                Asked {
                    limit: 7,
                    offset: 300,
                    ..all()
                },
            ),
            ("t=search&limit=5000", all()),
            (
                "t=search&offset=99999999999999999999",
                Asked {
                    offset: usize::MAX,
                    ..all()
                },
            ),
            (
                "t=search&minage=&maxage=&minsize=&maxsize=&extended=1",
                all(),
            ),
            (
                "t=search&minage=30&maxage=30&minsize=30&maxsize=30",
                Asked {
                    most_age: Some(30),
                    ..all()
                },
            ),
            (
                "t=search&minsize=10&maxsize=20&minage=1&maxage=2",
                Asked {
                    least_size: Some(10),
                    most_size: Some(20),
                    least_age: Some(1),
                    most_age: Some(2),
                    ..all()
                },
            ),
            (
                "t=search&cat=5040,5030",
                Asked {
                    categories: Some(Categories::default()),
                    ..all()
                },
            ),
            (
                "t=book&title=Monster&author=Naoki+Urasawa&cat=7000",
                Asked {
                    categories: Some(Categories::ALL),
                    ..text("Monster")
                },
            ),
            ("t=book&author=Naoki+Urasawa", text("Naoki Urasawa")),
            (
                "t=book&q=Monster&year=2001",
                Asked {
                    year: Some(2001),
                    ..text("Monster")
                },
            ),
            (
                "t=search&q=x&year=2001&tag=a,-b&attrs=size,seeders",
                text("x"),
            ),
        ] {
            assert_eq!(asked(query), expected, "{query}");
        }
    }

    #[test]
    fn what_is_far_too_long_is_cut() {
        let query = format!("t=search&q={}", "a".repeat(5_000));
        assert_eq!(asked(&query).text.len(), LONGEST_TEXT);
    }
}
