//! Where a path of another program is for us: prefixes, in their order. Pure.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A folder as one program sees it, and as another does: `D:\dl\` and `/downloads`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Absolute, as it stands in the path.
    pub from: String,
    /// Absolute, written instead of it.
    pub to: String,
}

/// As one line: `D:\dl -> /downloads`.
impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once("->")
            .ok_or_else(|| format!("'{text}' must be written as 'folder there -> folder here'"))?;
        let mapping = Self {
            from: from.trim().to_owned(),
            to: to.trim().to_owned(),
        };
        match wrong(
            &mapping,
            ["what stands before '->'", "what stands behind '->'"],
        ) {
            None => Ok(mapping),
            Some(mistake) => Err(mistake),
        }
    }
}

/// How a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `/downloads/a`: the backslash is a letter.
    Unix,
    /// `D:\dl\a`, `D:/dl/a`, `\\nas\dl\a`: either slash, and case does not count.
    Windows,
}

/// The path as the other side sees it, by the first mapping whose `from` it lies in. Without one it is the same for both.
///
/// None when it is not absolute, when it climbs out with `..`, or when it is a Windows path that no mapping knows: it would mean
/// nothing here.
pub fn map(mappings: &[Mapping], path: &str) -> Option<String> {
    let style = Style::of(path)?;
    if style.parts(path).any(|part| part == "..") {
        return None;
    }
    let mapped = mappings.iter().find_map(|mapping| {
        let rest = style.behind(&mapping.from, path)?;
        Some(join(&mapping.to, &rest))
    });
    mapped.or_else(|| (style == Style::Unix).then(|| path.to_owned()))
}

/// What is wrong with a mapping, in a sentence.
pub fn mistake(mapping: &Mapping) -> Option<String> {
    wrong(mapping, ["'from'", "'to'"])
}

/// [`mistake`], with what its two folders are called where it is written.
fn wrong(mapping: &Mapping, [from, to]: [&str; 2]) -> Option<String> {
    let absolute = |path: &str| {
        Style::of(path).is_some_and(|style| style.parts(path).all(|part| part != ".."))
    };
    if !absolute(&mapping.from) {
        return Some(format!(
            "{from} must be an absolute path as the other program shows it, for example /downloads or D:\\downloads"
        ));
    }
    (!absolute(&mapping.to)).then(|| {
        format!("{to} must be the same folder as an absolute path, for example /data/downloads")
    })
}

impl Style {
    /// None for a relative path.
    fn of(path: &str) -> Option<Self> {
        let bytes = path.as_bytes();
        let is_slash = |at: usize| bytes.get(at).is_some_and(|byte| b"/\\".contains(byte));
        match bytes {
            [b'/', ..] => Some(Self::Unix),
            [b'\\', b'\\', ..] => Some(Self::Windows),
            [drive, b':', ..] if drive.is_ascii_alphabetic() && is_slash(2) => Some(Self::Windows),
            _ => None,
        }
    }

    fn parts(self, path: &str) -> impl Iterator<Item = &str> {
        let is_slash = move |letter| letter == '/' || (self == Self::Windows && letter == '\\');
        path.split(is_slash)
            .filter(|part| !part.is_empty() && *part != ".")
    }

    fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Unix => one == other,
            Self::Windows => one.to_lowercase() == other.to_lowercase(),
        }
    }

    /// The parts of `path` behind `folder`, when it lies in it.
    fn behind<'a>(self, folder: &str, path: &'a str) -> Option<Vec<&'a str>> {
        if Self::of(folder)? != self {
            return None;
        }
        let mut parts = self.parts(path);
        self.parts(folder)
            .all(|part| parts.next().is_some_and(|other| self.same(part, other)))
            .then(|| parts.collect())
    }
}

/// With the separator of `folder`.
fn join(folder: &str, rest: &[&str]) -> String {
    let separator = if Style::of(folder) == Some(Style::Windows) && !folder.contains('/') {
        "\\"
    } else {
        "/"
    };
    let bare = folder.trim_end_matches(['/', '\\']);
    // The root, and that of a drive, keep their slash.
    if rest.is_empty() {
        return if bare.is_empty() || bare.ends_with(':') {
            format!("{bare}{separator}")
        } else {
            bare.to_owned()
        };
    }
    format!("{bare}{separator}{}", rest.join(separator))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mappings(pairs: &[(&str, &str)]) -> Vec<Mapping> {
        let mapping = |(from, to): &(&str, &str)| Mapping {
            from: (*from).into(),
            to: (*to).into(),
        };
        pairs.iter().map(mapping).collect()
    }

    #[test]
    fn the_first_prefix_that_fits_is_written_anew() {
        let known = mappings(&[
            ("/downloads/manga/", "/data/manga"),
            ("/downloads", "/data/dl/"),
            ("D:\\dl\\", "/data/win"),
            ("e:/", "/data/e"),
            ("\\\\nas\\dl", "/data/nas"),
            ("/komga", "C:\\library"),
            ("/root", "/"),
        ]);
        for (path, expected) in [
            ("/downloads/manga/a b.cbz", Some("/data/manga/a b.cbz")),
            ("/downloads/a/b.cbz", Some("/data/dl/a/b.cbz")),
            ("/downloads//a/./b.cbz", Some("/data/dl/a/b.cbz")),
            ("/downloads", Some("/data/dl")),
            ("/downloads2/a.cbz", Some("/downloads2/a.cbz")),
            ("/Downloads/a.cbz", Some("/Downloads/a.cbz")),
            (
                "D:\\dl\\One Piece\\T01.cbz",
                Some("/data/win/One Piece/T01.cbz"),
            ),
            ("d:/DL/T01.cbz", Some("/data/win/T01.cbz")),
            ("D:\\dlx\\T01.cbz", None),
            ("E:\\Élodie\\é.cbz", Some("/data/e/Élodie/é.cbz")),
            ("\\\\NAS\\dl\\T01.cbz", Some("/data/nas/T01.cbz")),
            (
                "/komga/One Piece/T01.cbz",
                Some("C:\\library\\One Piece\\T01.cbz"),
            ),
            ("/root/a.cbz", Some("/a.cbz")),
            ("/root", Some("/")),
            ("/downloads/a\\b.cbz", Some("/data/dl/a\\b.cbz")),
            ("/downloads/../etc/passwd", None),
            ("D:\\dl\\..\\x", None),
            ("downloads/a.cbz", None),
            ("D:a.cbz", None),
            ("C:\\other\\a.cbz", None),
            ("", None),
        ] {
            assert_eq!(map(&known, path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn without_mappings_both_see_the_same() {
        assert_eq!(
            map(&[], "/downloads/a.cbz").as_deref(),
            Some("/downloads/a.cbz")
        );
        assert_eq!(map(&[], "C:\\a.cbz"), None);
    }

    #[test]
    fn mappings_are_absolute() {
        for (from, to, good) in [
            ("/downloads", "/data", true),
            ("D:\\dl", "/data", true),
            ("\\\\nas\\dl", "/data", true),
            ("downloads", "/data", false),
            ("/downloads", "data", false),
            ("/downloads", "/data/../etc", false),
            ("D:dl", "/data", false),
        ] {
            let [mapping] = &mappings(&[(from, to)])[..] else {
                unreachable!("one")
            };
            assert_eq!(mistake(mapping).is_none(), good, "{from} {to}");
        }
    }
}
