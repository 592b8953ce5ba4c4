//! Which series of which catalogue a web address means. Pure.

use url::{Url, form_urlencoded};

/// An address longer than this is none of a catalogue; bytes.
const LONGEST_URL: usize = 2000;

/// The longest id of a catalogue that is kept; characters.
pub const LONGEST_ID: usize = 100;

/// MangaUpdates' numbers from here on are those that its addresses spell in base 36; below are those of its first site.
const MANGAUPDATES_SPELT: u64 = 36_u64.pow(4);

/// Who knows a series by an id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Catalogue {
    /// anilist.co.
    AniList,
    /// myanimelist.net.
    MyAnimeList,
    /// mangaupdates.com.
    MangaUpdates,
    /// mangadex.org.
    MangaDex,
    /// mangabaka.org.
    MangaBaka,
    /// kitsu.app, kitsu.io before.
    Kitsu,
    /// anime-planet.com.
    AnimePlanet,
    /// animenewsnetwork.com.
    AnimeNewsNetwork,
    /// bgm.tv.
    Bangumi,
    /// nautiljon.com.
    Nautiljon,
    /// manga-news.com.
    MangaNews,
    /// manga-sanctuary.com.
    MangaSanctuary,
    /// bedetheque.com.
    Bedetheque,
    /// The ARK of a record of the Bibliothèque nationale de France.
    Bnf,
    /// comicvine.gamespot.com; its volumes are series.
    ComicVine,
    /// metron.cloud.
    Metron,
    /// comics.org, the Grand Comics Database.
    Gcd,
    /// leagueofcomicgeeks.com.
    LeagueOfComicGeeks,
    /// opentomedb.com; its ids are those of lines of volumes.
    OpenTome,
}

const WORDS: [(Catalogue, &str); 19] = [
    (Catalogue::AniList, "anilist"),
    (Catalogue::MyAnimeList, "myanimelist"),
    (Catalogue::MangaUpdates, "mangaupdates"),
    (Catalogue::MangaDex, "mangadex"),
    (Catalogue::MangaBaka, "mangabaka"),
    (Catalogue::Kitsu, "kitsu"),
    (Catalogue::AnimePlanet, "anime-planet"),
    (Catalogue::AnimeNewsNetwork, "anime-news-network"),
    (Catalogue::Bangumi, "bangumi"),
    (Catalogue::Nautiljon, "nautiljon"),
    (Catalogue::MangaNews, "manga-news"),
    (Catalogue::MangaSanctuary, "manga-sanctuary"),
    (Catalogue::Bedetheque, "bedetheque"),
    (Catalogue::Bnf, "bnf"),
    (Catalogue::ComicVine, "comicvine"),
    (Catalogue::Metron, "metron"),
    (Catalogue::Gcd, "gcd"),
    (Catalogue::LeagueOfComicGeeks, "league-of-comic-geeks"),
    (Catalogue::OpenTome, "opentome"),
];

/// The words of all.
pub fn words() -> Vec<&'static str> {
    WORDS.iter().map(|(_, word)| *word).collect()
}

impl Catalogue {
    /// As it is stored and shown.
    pub fn word(self) -> &'static str {
        let known = WORDS.iter().find(|(catalogue, _)| *catalogue == self);
        known.map(|(_, word)| *word).expect("each has its word")
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = WORDS.iter().find(|(_, known)| *known == word);
        known.map(|(catalogue, _)| *catalogue)
    }
}

/// A series, as a catalogue knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Which one.
    pub catalogue: Catalogue,
    /// Its own id, in one spelling: a number, a UUID or the name in its addresses, in lower case; at most 100 characters.
    pub id: String,
}

impl Identity {
    /// From the address of a series' page. None for any other address: a volume's, a person's, a shop's.
    pub fn from_url(url: &str) -> Option<Self> {
        if url.len() > LONGEST_URL {
            return None;
        }
        let url = Url::parse(url.trim()).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        let path: Vec<&str> = url
            .path_segments()?
            .filter(|part| !part.is_empty())
            .collect();
        let (catalogue, id) = read(host, &path, &url)?;
        (id.len() <= LONGEST_ID).then_some(Self { catalogue, id })
    }

    /// The address of its page, from which [`Identity::from_url`] reads the same.
    pub fn url(&self) -> String {
        let id = &self.id;
        let is_number = number(id).is_some();
        match self.catalogue {
            Catalogue::AniList => format!("https://anilist.co/manga/{id}"),
            Catalogue::MyAnimeList => format!("https://myanimelist.net/manga/{id}"),
            Catalogue::MangaUpdates => match spelt(id) {
                Some(spelt) => format!("https://www.mangaupdates.com/series/{spelt}"),
                None => format!("https://www.mangaupdates.com/series.html?id={id}"),
            },
            Catalogue::MangaDex => format!("https://mangadex.org/title/{id}"),
            Catalogue::MangaBaka => format!("https://mangabaka.org/{id}"),
            Catalogue::Kitsu => format!("https://kitsu.app/manga/{id}"),
            Catalogue::AnimePlanet => format!("https://www.anime-planet.com/manga/{id}"),
            Catalogue::AnimeNewsNetwork => {
                format!("https://www.animenewsnetwork.com/encyclopedia/manga.php?id={id}")
            }
            Catalogue::Bangumi => format!("https://bgm.tv/subject/{id}"),
            Catalogue::Nautiljon => format!("https://www.nautiljon.com/mangas/{id}.html"),
            Catalogue::MangaNews => format!("https://www.manga-news.com/index.php/serie/{id}"),
            Catalogue::MangaSanctuary => format!("https://www.manga-sanctuary.com/bdd/manga/{id}/"),
            Catalogue::Bedetheque => format!("https://www.bedetheque.com/serie-{id}-BD-.html"),
            Catalogue::Bnf => format!("https://catalogue.bnf.fr/ark:/12148/{id}"),
            Catalogue::ComicVine => format!("https://comicvine.gamespot.com/volume/4050-{id}/"),
            Catalogue::Metron if is_number => format!("https://metron.cloud/api/series/{id}/"),
            Catalogue::Metron => format!("https://metron.cloud/series/{id}/"),
            Catalogue::Gcd => format!("https://www.comics.org/series/{id}/"),
            Catalogue::LeagueOfComicGeeks => {
                format!("https://leagueofcomicgeeks.com/comics/series/{id}")
            }
            // It has no page of its own for a line, but lists where it stands.
            Catalogue::OpenTome => format!("https://opentomedb.com/browse/#{id}"),
        }
    }
}

fn read(host: &str, path: &[&str], url: &Url) -> Option<(Catalogue, String)> {
    let query = || {
        let id = url.query_pairs().find(|(key, _)| key == "id")?.1;
        number(&id)
    };
    let (catalogue, id) = match (host, path) {
        ("anilist.co", ["manga", id, ..]) => (Catalogue::AniList, number(id)),
        ("myanimelist.net", ["manga", id, ..]) => (Catalogue::MyAnimeList, number(id)),
        ("myanimelist.net", ["manga.php"]) => (Catalogue::MyAnimeList, query()),
        ("mangaupdates.com", ["series.html"]) => (Catalogue::MangaUpdates, query()),
        ("mangaupdates.com", ["series", id, ..]) => (Catalogue::MangaUpdates, from_spelt(id)),
        ("api.mangaupdates.com", ["v1", "series", id]) => (Catalogue::MangaUpdates, number(id)),
        ("mangadex.org", ["title" | "manga", id, ..]) => (Catalogue::MangaDex, uuid(id)),
        ("mangabaka.org" | "mangabaka.dev", [id] | [id, _]) => (Catalogue::MangaBaka, number(id)),
        ("kitsu.app" | "kitsu.io", ["manga", id, ..]) => (Catalogue::Kitsu, slug(id)),
        ("anime-planet.com", ["manga", id]) => (Catalogue::AnimePlanet, slug(id)),
        ("animenewsnetwork.com", ["encyclopedia", "manga.php"]) => {
            (Catalogue::AnimeNewsNetwork, query())
        }
        ("bgm.tv" | "bangumi.tv" | "chii.in", ["subject", id]) => (Catalogue::Bangumi, number(id)),
        ("nautiljon.com", ["mangas", page]) => (
            Catalogue::Nautiljon,
            slug(page.strip_suffix(".html").unwrap_or(page)),
        ),
        ("manga-news.com", ["index.php", "serie", id, ..]) => (Catalogue::MangaNews, slug(id)),
        ("manga-sanctuary.com", ["bdd", "manga", page, ..]) => {
            (Catalogue::MangaSanctuary, number_before(page, '-'))
        }
        ("bedetheque.com", ["serie", "index", "s", id]) => (Catalogue::Bedetheque, number(id)),
        ("bedetheque.com", [page]) => {
            let page = page.strip_prefix("serie-")?;
            (Catalogue::Bedetheque, number_before(page, '-'))
        }
        ("catalogue.bnf.fr" | "data.bnf.fr" | "ark.bnf.fr", path) => (Catalogue::Bnf, ark(path)),
        ("comicvine.gamespot.com" | "comicvine.com", [.., page]) => {
            (Catalogue::ComicVine, number(page.strip_prefix("4050-")?))
        }
        ("metron.cloud", ["series", id]) => (Catalogue::Metron, slug(id)),
        ("metron.cloud", ["api", "series", id]) => (Catalogue::Metron, number(id)),
        ("comics.org", ["series", id, ..]) => (Catalogue::Gcd, number(id)),
        ("leagueofcomicgeeks.com", ["comics", "series", id, ..]) => {
            (Catalogue::LeagueOfComicGeeks, number(id))
        }
        ("opentomedb.com", ["browse", ..]) => (Catalogue::OpenTome, line(url.fragment()?)),
        _ => return None,
    };
    Some((catalogue, id?))
}

/// A number without leading zeros, above 0.
fn number(text: &str) -> Option<String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = text.parse().ok().filter(|_| digits)?;
    (number > 0).then(|| number.to_string())
}

fn number_before(text: &str, end: char) -> Option<String> {
    number(text.split(end).next()?)
}

/// The name that an address ends with, in lower case; spaces are written `+`.
fn slug(text: &str) -> Option<String> {
    if text.contains(['&', '=']) {
        return None;
    }
    let decoded = form_urlencoded::parse(text.as_bytes()).next()?.0;
    let name = decoded.to_lowercase().replace(' ', "+");
    let is_plain = |letter: char| letter.is_alphanumeric() || "+-_.!'()~*,:".contains(letter);
    (name.chars().any(char::is_alphanumeric) && name.chars().all(is_plain)).then_some(name)
}

fn uuid(text: &str) -> Option<String> {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    let is_hex = text
        .bytes()
        .all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    (parts == [8, 4, 4, 4, 12] && is_hex).then(|| text.to_ascii_lowercase())
}

/// `rl_` and twelve hexadecimal digits, as docs/id-scheme.md of OpenTome says.
fn line(text: &str) -> Option<String> {
    let digits = text.strip_prefix("rl_")?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (digits.len() == 12 && is_hex).then(|| text.to_ascii_lowercase())
}

/// `cb38889090p` of `ark:/12148/cb38889090p`; 12148 is the library's own number.
fn ark(path: &[&str]) -> Option<String> {
    let name = match path {
        ["ark:", "12148", name, ..] | ["ark:12148", name, ..] => name,
        _ => return None,
    };
    let rest = name.strip_prefix("cb")?;
    let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && (2..=20).contains(&rest.len())).then(|| name.to_ascii_lowercase())
}

/// The number that an address of MangaUpdates spells in base 36.
fn from_spelt(text: &str) -> Option<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let number = u64::from_str_radix(text, 36).ok().filter(|_| plain)?;
    (number >= MANGAUPDATES_SPELT).then(|| number.to_string())
}

/// The other way round; none for a number of its first site.
fn spelt(id: &str) -> Option<String> {
    let mut number: u64 = id.parse().ok()?;
    if number < MANGAUPDATES_SPELT {
        return None;
    }
    let mut letters = Vec::new();
    while number > 0 {
        let digit = u32::try_from(number % 36).expect("below 36");
        letters.push(char::from_digit(digit, 36).expect("a digit of base 36"));
        number /= 36;
    }
    Some(letters.iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_read_into_catalogue_and_id() {
        for (url, word, id) in [
            (
                "https://anilist.co/manga/30013/ONE-PIECE/",
                "anilist",
                "30013",
            ),
            ("http://www.anilist.co/manga/30013", "anilist", "30013"),
            (
                "https://myanimelist.net/manga/13/One_Piece",
                "myanimelist",
                "13",
            ),
            (
                "https://myanimelist.net/manga.php?id=13",
                "myanimelist",
                "13",
            ),
            (
                "https://www.mangaupdates.com/series/pb8uwds/one-piece",
                "mangaupdates",
                "55099564912",
            ),
            (
                "https://api.mangaupdates.com/v1/series/55099564912",
                "mangaupdates",
                "55099564912",
            ),
            (
                "https://www.mangaupdates.com/series.html?id=33",
                "mangaupdates",
                "33",
            ),
            (
                "https://mangadex.org/title/A1C7C817-4e59-43b7-9365-09675a149a6f/one-piece",
                "mangadex",
                "a1c7c817-4e59-43b7-9365-09675a149a6f",
            ),
            ("https://mangabaka.org/1690", "mangabaka", "1690"),
            ("https://kitsu.io/manga/one-piece", "kitsu", "one-piece"),
            ("https://kitsu.app/manga/38", "kitsu", "38"),
            (
                "https://www.anime-planet.com/manga/one-piece",
                "anime-planet",
                "one-piece",
            ),
            (
                "https://www.animenewsnetwork.com/encyclopedia/manga.php?id=1223",
                "anime-news-network",
                "1223",
            ),
            ("https://bgm.tv/subject/2622", "bangumi", "2622"),
            (
                "https://www.nautiljon.com/mangas/one+piece.html",
                "nautiljon",
                "one+piece",
            ),
            (
                "https://www.nautiljon.com/mangas/One%2BPiece.html",
                "nautiljon",
                "one+piece",
            ),
            (
                "https://www.manga-news.com/index.php/serie/One-Piece",
                "manga-news",
                "one-piece",
            ),
            (
                "https://www.manga-sanctuary.com/bdd/manga/22-one-piece/",
                "manga-sanctuary",
                "22",
            ),
            (
                "https://www.bedetheque.com/serie-59-BD-Asterix.html",
                "bedetheque",
                "59",
            ),
            (
                "https://www.bedetheque.com/serie-59-BD-Asterix__10000.html#reed",
                "bedetheque",
                "59",
            ),
            (
                "https://www.bedetheque.com/serie/index/s/59",
                "bedetheque",
                "59",
            ),
            (
                "https://catalogue.bnf.fr/ark:/12148/cb38889090p",
                "bnf",
                "cb38889090p",
            ),
            (
                "https://data.bnf.fr/ark:/12148/cb38889090p",
                "bnf",
                "cb38889090p",
            ),
            (
                "https://comicvine.gamespot.com/the-amazing-spider-man/4050-2127/",
                "comicvine",
                "2127",
            ),
            (
                "https://metron.cloud/series/the-amazing-spider-man-1963/",
                "metron",
                "the-amazing-spider-man-1963",
            ),
            ("https://metron.cloud/api/series/61/", "metron", "61"),
            ("https://www.comics.org/series/1570/", "gcd", "1570"),
            (
                "https://leagueofcomicgeeks.com/comics/series/100096/batman",
                "league-of-comic-geeks",
                "100096",
            ),
            (
                "https://opentomedb.com/browse/fr.html#rl_88E0d2114f6a",
                "opentome",
                "rl_88e0d2114f6a",
            ),
        ] {
            let read = Identity::from_url(url);
            let read = read.as_ref();
            let found = read.map(|identity| (identity.catalogue.word(), &*identity.id));
            assert_eq!(found, Some((word, id)), "{url}");
            let again = Identity::from_url(&read.expect("it was read").url());
            assert_eq!(again.as_ref(), read, "{url}");
        }
    }

    #[test]
    fn what_is_no_page_of_a_series_is_none() {
        let long = format!("https://kitsu.app/manga/{}", "a".repeat(101));
        let longer = format!("https://anilist.co/manga/1/{}", "a".repeat(2000));
        for url in [
            "",
            "30013",
            "anilist.co/manga/30013",
            "ftp://anilist.co/manga/30013",
            "https://anilist.co/anime/30013",
            "https://anilist.co/manga/",
            "https://anilist.co/manga/0",
            "https://anilist.co/manga/-1",
            "https://anilist.co.example.org/manga/30013",
            "https://evil.example/anilist.co/manga/30013",
            "https://anilist.co/manga/99999999999999999999999",
            "https://www.mangaupdates.com/series/33",
            "https://www.mangaupdates.com/author.html?id=33",
            "https://mangadex.org/chapter/a1c7c817-4e59-43b7-9365-09675a149a6f",
            "https://mangadex.org/title/39",
            "https://comicvine.gamespot.com/amazing-spider-man-1/4000-6422/",
            "https://www.bedetheque.com/BD-Asterix-Tome-1-Asterix-le-Gaulois-22943.html",
            "https://catalogue.bnf.fr/ark:/12149/cb38889090p",
            "https://catalogue.bnf.fr/ark:12148/cb38889090p.public",
            "https://www.nautiljon.com/mangas/one+piece/volume-1,2.html",
            "https://www.nautiljon.com/mangas/a&b.html",
            "https://opentomedb.com/browse/fr.html#w_88e0d2114f6a",
            "https://opentomedb.com/browse/fr.html",
            "https://www.amazon.fr/dp/2723488527",
            &long,
            &longer,
        ] {
            assert_eq!(Identity::from_url(url), None, "{url}");
        }
    }

    #[test]
    fn each_catalogue_has_a_word() {
        for (catalogue, word) in WORDS {
            assert_eq!(catalogue.word(), word);
            assert_eq!(Catalogue::from_word(word), Some(catalogue));
        }
        assert_eq!(Catalogue::from_word("tracker"), None);
    }

    proptest! {
        #[test]
        fn no_address_panics(url in "(https?://)?(www\\.)?(anilist\\.co|bedetheque\\.com|mangaupdates\\.com|data\\.bnf\\.fr|kitsu\\.app)?\\PC{0,60}") {
            if let Some(identity) = Identity::from_url(&url) {
                prop_assert_eq!(Identity::from_url(&identity.url()), Some(identity));
            }
        }
    }
}
