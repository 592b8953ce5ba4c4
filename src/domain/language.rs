//! Language tags of all spellings (`fr-FR`, `fra`, `French`) as ISO 639-1. Pure.

/// The two-letter codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en \
     eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj \
     kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc \
     oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to \
     tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// ISO 639-2 codes, names, and habits (`jp`) of the languages that books of these libraries come in.
const NAMES: [(&str, &[&str]); 20] = [
    ("fr", &["fra", "fre", "french", "français", "francais"]),
    ("en", &["eng", "english", "anglais"]),
    ("ja", &["jpn", "jp", "japanese", "japonais", "日本語"]),
    ("de", &["deu", "ger", "german", "deutsch", "allemand"]),
    ("es", &["spa", "spanish", "español", "espagnol"]),
    ("it", &["ita", "italian", "italiano", "italien"]),
    ("pt", &["por", "portuguese", "português", "portugais"]),
    (
        "nl",
        &[
            "nld",
            "dut",
            "dutch",
            "nederlands",
            "néerlandais",
            "flemish",
        ],
    ),
    ("ko", &["kor", "korean", "coréen"]),
    ("zh", &["zho", "chi", "cn", "chinese", "chinois", "中文"]),
    ("ru", &["rus", "russian", "russe"]),
    ("pl", &["pol", "polish", "polonais"]),
    ("sv", &["swe", "swedish"]),
    ("da", &["dan", "danish"]),
    ("no", &["nor", "norwegian"]),
    ("fi", &["fin", "finnish"]),
    ("cs", &["ces", "cze", "czech"]),
    ("tr", &["tur", "turkish"]),
    ("ca", &["cat", "catalan"]),
    ("br", &["bre", "breton"]),
];

/// A language as its place in [`CODES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(u8);

impl Code {
    /// From its two letters; what is no code does not compile.
    pub const fn of(letters: &str) -> Self {
        let (codes, letters) = (CODES.as_bytes(), letters.as_bytes());
        let mut at = 0;
        while codes[3 * at] != letters[0] || codes[3 * at + 1] != letters[1] {
            at += 1;
        }
        Self(at as u8)
    }

    /// From its two letters.
    pub fn from_word(letters: &str) -> Option<Self> {
        let place = CODES.split(' ').position(|code| code == letters)?;
        Some(Self(place as u8))
    }

    /// Its two letters.
    pub fn as_str(self) -> &'static str {
        let at = 3 * usize::from(self.0);
        &CODES[at..at + 2]
    }
}

/// The language that a tag means; nothing for `und`, `mul` and whatever is no language.
pub fn iso_639_1(tag: &str) -> Option<&'static str> {
    let word = tag
        .split(|letter: char| !letter.is_alphabetic())
        .find(|word| !word.is_empty())?
        .to_lowercase();
    let code = CODES.split(' ').find(|code| *code == word);
    code.or_else(|| {
        NAMES
            .iter()
            .find(|(_, names)| names.contains(&word.as_str()))
            .map(|(code, _)| *code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_gives_the_two_letters() {
        for (tag, code) in [
            ("fr", Some("fr")),
            ("FR", Some("fr")),
            ("fr-FR", Some("fr")),
            ("fr_BE", Some("fr")),
            ("fra", Some("fr")),
            (" French ", Some("fr")),
            ("Français (France)", Some("fr")),
            ("en-US", Some("en")),
            ("jp", Some("ja")),
            ("zh-Hant", Some("zh")),
            ("und", None),
            ("xx", None),
            ("1234", None),
            ("", None),
        ] {
            assert_eq!(iso_639_1(tag), code, "{tag}");
        }
    }
}
