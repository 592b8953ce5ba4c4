//! The letters of a title, each brought to one spelling before the title is cut into words. Pure.

use std::borrow::Cow;

use unicode_normalization::{
    UnicodeNormalization,
    char::{decompose_canonical, is_combining_mark},
};

/// What U+00C0 to U+017F become; a dot is for the long way round. A test holds it against that.
const LATIN: &[u8; 192] = b"aaaaaa.ceeeeiiiidnooooo ouuuuy..aaaaaa.ceeeeiiiidnooooo ouuuuy.y\
aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.llllll..\
llnnnnnn...oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// Lower case, without accents and invisible signs, in characters of full width; every apostrophe is `'`, every dash `-`, every
/// bracket of the East one of ours. A character beyond ASCII in the answer belongs to a word.
pub fn plain(title: &str) -> String {
    if title.is_ascii() {
        return title.to_ascii_lowercase();
    }
    western(title).unwrap_or_else(|| any_script(title))
}

/// The quick way for what most French titles hold, or nothing when there is anything else in it.
fn western(title: &str) -> Option<String> {
    let mut plain = String::with_capacity(title.len());
    for letter in title.chars() {
        match letter {
            '\0'..='\x7f' => plain.push(letter.to_ascii_lowercase()),
            'œ' | 'Œ' => plain.push_str("oe"),
            'æ' | 'Æ' => plain.push_str("ae"),
            'ß' => plain.push_str("ss"),
            '×' => plain.push_str(" x "),
            '’' | '‘' => plain.push('\''),
            '–' | '—' => plain.push('-'),
            '\u{a0}' | '«' | '»' | '…' | '☆' | '★' | '♥' | '♡' => plain.push(' '),
            'À'..='ſ' => {
                let folded = LATIN[letter as usize - 0xc0];
                if folded == b'.' {
                    return None;
                }
                plain.push(char::from(folded));
            }
            _ => return None,
        }
    }
    Some(plain)
}

/// NFKC, so that width and ligatures go while the marks of kana and the syllables of Hangul stay whole; accents go after that.
fn any_script(title: &str) -> String {
    let mut plain = String::with_capacity(title.len());
    for letter in with_signs_spelt(title).nfkc() {
        match letter {
            letter if letter.is_ascii() => plain.push(letter.to_ascii_lowercase()),
            '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ꞌ' => plain.push('\''),
            '×' | '✕' | '✖' | '⨯' => plain.push_str(" x "),
            '♯' => plain.push('#'),
            '【' | '〔' | '〖' | '「' | '『' | '〈' | '《' => plain.push('['),
            '】' | '〕' | '〗' | '」' | '』' | '〉' | '》' => plain.push(']'),
            letter if is_accent(letter) => {}
            // A mark that is no accent (a dakuten, a vowel of Hindi) is part of its word; alone it is nothing.
            letter if is_combining_mark(letter) => {
                if plain.ends_with(|before: char| !before.is_ascii() || before.is_alphanumeric()) {
                    plain.push(letter);
                }
            }
            letter if letter.is_alphanumeric() => push_folded(&mut plain, letter),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            _ => plain.push(' '),
        }
    }
    plain
}

/// With those signs replaced that NFKC would lose, or glue to the word beside them.
fn with_signs_spelt(title: &str) -> String {
    let mut spelt = String::with_capacity(title.len() + 8);
    for letter in title.chars() {
        let replacement: Cow<'static, str> = match letter {
            // NFKC would make a space and an accent of it.
            '´' | '\u{1ffd}' => "'".into(),
            '№' => " no ".into(),
            // `n°8` is `No. 8`; any other degree sign says nothing.
            '°' | 'º' if is_number_sign(&spelt) => "o ".into(),
            '°' => " ".into(),
            // Typed as signs of their own, these are still the marks of the kana before them.
            '゛' => "\u{3099}".into(),
            '゜' => "\u{309a}".into(),
            // Fractions, Roman numerals and numbers in circles are words: `2½` is not 21/2.
            '¼' | '½' | '¾' | '\u{2150}'..='\u{2188}' | '\u{2460}'..='\u{249b}' => {
                format!(" {letter} ").into()
            }
            // Invisible: soft hyphens, joiners, directions, byte order marks.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => continue,
            _ => {
                spelt.push(letter);
                continue;
            }
        };
        spelt.push_str(&replacement);
    }
    spelt
}

/// True when the text ends with the word `n`.
fn is_number_sign(text: &str) -> bool {
    let before = text.strip_suffix(['n', 'N']);
    before.is_some_and(|before| {
        !before.ends_with(|letter: char| letter.is_alphanumeric() || is_combining_mark(letter))
    })
}

/// Marks that one writer sets and another leaves out: accents, variation selectors, the points of Hebrew and Arabic.
fn is_accent(mark: char) -> bool {
    matches!(mark,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

fn push_folded(plain: &mut String, letter: char) {
    let (mut base, mut accented) = (None, false);
    decompose_canonical(letter, |part| {
        accented |= is_accent(part);
        base.get_or_insert(part);
    });
    let letter = base.filter(|_| accented).unwrap_or(letter);
    for lower in letter.to_lowercase() {
        match lower {
            'ß' => plain.push_str("ss"),
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            'þ' => plain.push_str("th"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'ħ' => plain.push('h'),
            'ŧ' => plain.push('t'),
            'ı' => plain.push('i'),
            'ς' => plain.push('σ'),
            lower => plain.push(lower),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_agrees_with_the_long_one() {
        for letter in ('\u{80}'..='\u{2fff}').map(String::from) {
            if let Some(quick) = western(&letter) {
                // NFKC spells `…` with points, which part words as a space does.
                let long = any_script(&letter).replace("...", " ");
                assert_eq!(quick, long, "{letter}");
            }
        }
    }

    #[test]
    fn letters_of_every_script_have_one_spelling() {
        for (title, expected) in [
            ("ÉÈÊËéèêë Œuf Ægir ẞß", "eeeeeeee oeuf aegir ssss"),
            ("Øre Łódź Đà Þór İı", "ore lodz da thor ii"),
            ("e\u{301}te\u{301}", "ete"),
            ("ＡＢＣ　１２３", "abc 123"),
            ("ｶﾞﾝﾂ", "ガンツ"),
            ("か\u{3099}", "が"),
            ("か゛", "が"),
            ("あ\u{3099}", "あ\u{3099}"),
            ("한국", "한국"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("हिन्दी", "हिन्दी"),
            ("Ёлка", "елка"),
            ("ΟΔΟΣ ὁδός", "οδοσ οδοσ"),
            ("so\u{ad}ft\u{200b}ly", "softly"),
            ("2½", "2 1 2 "),
            ("ＦＦⅦ", "ff vii "),
            ("n°8 nº8 20°", "no 8 no 8 20 "),
            ("☆\u{fe0f}", " "),
            ("\u{3099}", ""),
        ] {
            assert_eq!(plain(title), expected, "{title}");
        }
        assert_ne!(plain("か"), plain("が"));
        assert_ne!(plain("カ"), plain("か"));
    }
}
