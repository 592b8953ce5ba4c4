//! Names of the file system as text that is unique, valid UTF-8 and can be turned back; and the names that are never looked at. Pure.

use std::{
    borrow::Cow,
    ffi::{OsStr, OsString},
    fmt::Write,
};

/// What file servers, bins and download clients leave beside the books. Hidden names (leading dot) come on top.
const LEFTOVERS: [&str; 10] = [
    "@eaDir",
    "@Recycle",
    "@Recently-Snapshot",
    "@tmp",
    "#recycle",
    "#snapshot",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
    "__MACOSX",
];

/// What download clients and browsers put behind the name of a file that is not complete.
const UNFINISHED: [&str; 5] = [".!qb", ".part", ".crdownload", ".!ut", ".tmp"];

/// What counts as a book. Half-downloaded files end otherwise (`.!qB`, `.part`, `.crdownload`) and so drop out.
const BOOKS: [&str; 8] = ["cbz", "cbr", "cb7", "zip", "rar", "7z", "pdf", "epub"];

/// Bytes that are not UTF-8 as `\xNN` in lower case, and the backslash itself as `\x5c`: every backslash in the
/// result begins an escape, so two names never give one text, and the name can be had back.
pub fn escape(name: &OsStr) -> Cow<'_, str> {
    if let Some(text) = name.to_str()
        && !text.contains('\\')
    {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        escaped.push_str(&chunk.valid().replace('\\', r"\x5c"));
        for byte in chunk.invalid() {
            write!(escaped, r"\x{byte:02x}").expect("a String takes any text");
        }
    }
    Cow::Owned(escaped)
}

/// The name that was escaped; none when no name escapes to this text.
pub fn unescape(text: &str) -> Option<OsString> {
    let mut parts = text.split('\\');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.strip_prefix('x')?.get(..2)?;
        bytes.extend(hex::decode(digits).ok()?);
        bytes.extend(&part.as_bytes()[3..]);
    }
    #[cfg(unix)]
    let name = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    #[cfg(not(unix))]
    let name = String::from_utf8(bytes).ok()?.into();
    Some(name)
}

/// The path of `name` in the folder `parent`, which is empty for the root.
pub fn below(parent: &str, name: &OsStr) -> String {
    let name = escape(name);
    if parent.is_empty() {
        return name.into_owned();
    }
    let mut path = String::with_capacity(parent.len() + 1 + name.len());
    path.push_str(parent);
    path.push('/');
    path.push_str(&name);
    path
}

/// True for names that are passed over without a word.
pub fn is_leftover(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes.starts_with(b".")
        || bytes.starts_with(b"~$")
        || LEFTOVERS
            .iter()
            .any(|leftover| name.eq_ignore_ascii_case(leftover))
}

/// True when the extension is one of a book.
pub fn is_book(name: &OsStr) -> bool {
    extension(name).is_some()
}

/// The name without a book's extension; bytes that are not UTF-8 become `�`.
pub fn stem(name: &OsStr) -> Cow<'_, str> {
    let cut = extension(name).map_or(0, |extension| extension.len() + 1);
    match name.to_string_lossy() {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..text.len() - cut]),
        Cow::Owned(mut text) => {
            text.truncate(text.len() - cut);
            Cow::Owned(text)
        }
    }
}

/// The name that a half-written file has when it is complete; none for one that is.
pub fn finished(name: &OsStr) -> Option<OsString> {
    let text = name.to_string_lossy();
    let lower = text.to_ascii_lowercase();
    let cut = UNFINISHED.iter().find_map(|end| lower.strip_suffix(end))?;
    Some(text[..cut.len()].into())
}

/// A book's extension in lower case.
pub fn extension(name: &OsStr) -> Option<&'static str> {
    let extension = extension_of(name.as_encoded_bytes());
    BOOKS
        .into_iter()
        .find(|book| extension.eq_ignore_ascii_case(book.as_bytes()))
}

/// What stands behind the last dot; nothing where there is none.
pub fn extension_of(name: &[u8]) -> &[u8] {
    let dot = name.iter().rposition(|byte| *byte == b'.');
    dot.map_or(&[], |dot| &name[dot + 1..])
}

/// The extension stands in the list, which is in lower case.
pub fn is_one_of(extension: &[u8], list: &[&[u8]]) -> bool {
    list.iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn any_bytes_escape_to_one_text_and_can_be_had_back() {
        use std::os::unix::ffi::OsStrExt;
        for (bytes, text) in [
            (b"Naruto".as_slice(), "Naruto"),
            ("Élodie".as_bytes(), "Élodie"),
            (b"\xc9lodie", r"\xc9lodie"),
            (br"\xc9lodie", r"\x5cxc9lodie"),
            (b"a\\b\xff", r"a\x5cb\xff"),
            (b"\xf0\x9f\x92", r"\xf0\x9f\x92"),
        ] {
            let escaped = escape(OsStr::from_bytes(bytes));
            assert_eq!(escaped, text);
            assert_eq!(
                unescape(&escaped).as_deref(),
                Some(OsStr::from_bytes(bytes)),
                "{text}"
            );
        }
        for text in [r"a\", r"\x", r"\x5", r"\xzz", r"\n", r"\xé"] {
            assert_eq!(unescape(text), None, "{text}");
        }
    }

    #[test]
    fn books_are_known_by_their_extension() {
        for (name, book, stem_of_it) in [
            ("Naruto T01.cbz", true, "Naruto T01"),
            ("Naruto T01.CBR", true, "Naruto T01"),
            ("10.5.cb7", true, "10.5"),
            ("roman.epub", true, "roman"),
            ("Naruto T01.cbz.!qB", false, "Naruto T01.cbz.!qB"),
            ("Naruto T01.cbz.part", false, "Naruto T01.cbz.part"),
            ("cover.jpg", false, "cover.jpg"),
            ("cbz", false, "cbz"),
        ] {
            assert_eq!(is_book(name.as_ref()), book, "{name}");
            assert_eq!(stem(name.as_ref()), stem_of_it);
        }
    }

    #[test]
    fn leftovers_of_servers_and_clients_are_passed_over() {
        for name in [
            ".hidden",
            "._Naruto.cbz",
            ".unwanted",
            "@eaDir",
            "#RECYCLE",
            "~$a.cbz",
        ] {
            assert!(is_leftover(name.as_ref()), "{name}");
        }
        for name in ["[Oshi no Ko]", "#DRCL", "@ellie", "Naruto"] {
            assert!(!is_leftover(name.as_ref()), "{name}");
        }
    }
}
