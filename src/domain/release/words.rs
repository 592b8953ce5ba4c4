//! Tokens of a name, and the words that say language, format, completeness or "not a book". Pure.

use super::{NotABook, Release};

/// A run of letters, digits or both, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// As written.
    pub text: &'a str,
    /// Byte offset of its first letter.
    pub start: usize,
    /// Depth of brackets around it.
    pub depth: u8,
}

impl Token<'_> {
    /// Byte offset behind its last letter.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Without regard to ASCII case.
    pub fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    /// Any of these words.
    pub fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}

const FORMATS: [&str; 9] = [
    "cbz", "cbr", "cb7", "zip", "rar", "7z", "pdf", "epub", "mobi",
];
const LANGUAGES: [(&str, &[&str]); 7] = [
    (
        "fr",
        &["fr", "french", "français", "francais", "vf", "truefrench"],
    ),
    ("en", &["en", "eng", "english", "anglais"]),
    ("ja", &["jp", "jap", "japonais", "japanese", "raw"]),
    ("it", &["ita", "italian", "italiano"]),
    ("de", &["german", "deutsch"]),
    ("es", &["spanish", "español", "castellano"]),
    ("pt", &["portuguese", "ptbr", "português"]),
];
const VIDEO: [&str; 15] = [
    "1080p", "720p", "2160p", "480p", "x264", "x265", "h264", "h265", "hevc", "bluray", "webrip",
    "vostfr", "mkv", "mp4", "avi",
];
const AUDIO: [&str; 6] = ["flac", "mp3", "ost", "soundtrack", "audiobook", "m4b"];
const GAME: [&str; 6] = ["nsp", "xci", "ps4", "repack-fitgirl", "codex", "goty"];
const COMPLETE: [&str; 5] = ["complet", "complete", "intégrale", "integrale", "intégral"];
const SPECIAL: [&str; 9] = [
    "hs",
    "artbook",
    "artbooks",
    "guidebook",
    "fanbook",
    "annual",
    "série",
    "serie",
    "gaiden",
];

/// The name without a known extension, and the format that the extension says.
pub fn split_extension(name: &str) -> (&str, Option<&'static str>) {
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return (name, None);
    };
    let format = FORMATS
        .iter()
        .find(|format| extension.trim_end().eq_ignore_ascii_case(format));
    format.map_or((name, None), |format| (stem, Some(*format)))
}

/// Splits a name; brackets only change the depth.
pub fn tokens(name: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut start, mut depth) = (Vec::new(), None, 0u8);
    let mut push = |start: &mut Option<usize>, end: usize, depth: u8| {
        if let Some(start) = start.take() {
            tokens.push(Token {
                text: &name[start..end],
                start,
                depth,
            });
        }
    };
    for (at, letter) in name.char_indices() {
        if letter.is_alphanumeric() {
            start.get_or_insert(at);
            continue;
        }
        push(&mut start, at, depth);
        match letter {
            '(' | '[' | '{' => depth = depth.saturating_add(1),
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    push(&mut start, name.len(), depth);
    tokens
}

/// Fills in what single words say.
pub fn read_tags(tokens: &[Token<'_>], release: &mut Release<'_>) {
    for (index, token) in tokens.iter().enumerate() {
        if let Some(format) = FORMATS
            .iter()
            .find(|format| token.is(format))
            .filter(|format| !release.formats.contains(format))
        {
            release.formats.push(format);
        }
        // Two letters are a language only in brackets, in capitals, or at the end: "En" and "It" begin many titles.
        let plain = token.text.len() > 2
            || token.depth > 0
            || token.text.chars().all(char::is_uppercase)
            || index + 1 == tokens.len();
        let lower = token.text.to_lowercase();
        if let Some((code, _)) = LANGUAGES
            .iter()
            .find(|(_, words)| plain && words.contains(&lower.as_str()))
            && !release.languages.contains(code)
        {
            release.languages.push(code);
        }
        if let Some(year) = year(token.text).filter(|_| token.depth > 0) {
            release.year = Some(year);
        }
        release.complete |= COMPLETE.contains(&lower.as_str());
        release.special |= SPECIAL.contains(&lower.as_str())
            && (!lower.starts_with("s") || index > 0 && tokens[index - 1].is("hors"));
        release.not_a_book = release.not_a_book.or_else(|| not_a_book(token));
    }
}

fn not_a_book(token: &Token<'_>) -> Option<NotABook> {
    let bytes = token.text.as_bytes();
    let episode = bytes.len() == 6
        && bytes[0].eq_ignore_ascii_case(&b's')
        && bytes[3].eq_ignore_ascii_case(&b'e')
        && [1, 2, 4, 5].iter().all(|&at| bytes[at].is_ascii_digit());
    match token {
        token if episode || token.is_one_of(&VIDEO) => Some(NotABook::Video),
        token if token.is_one_of(&AUDIO) => Some(NotABook::Audio),
        token if token.is_one_of(&GAME) => Some(NotABook::Game),
        _ => None,
    }
}

/// A plausible year of publication.
pub fn year(text: &str) -> Option<u32> {
    let year = (text.len() == 4).then(|| text.parse().ok()).flatten()?;
    (1900..=2099).contains(&year).then_some(year)
}
