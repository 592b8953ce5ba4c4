//! Words without case, accents and width, packed so that comparing them is cheap. Pure.

/// A word or number without case, accents and width, packed so that comparing is one instruction. What is longer than 16 bytes is
/// mixed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Key(u128);

/// How many bytes are packed without mixing.
pub(super) const PACKED: usize = 16;

/// What makes ASCII letters small ones, for sixteen of them.
const CASE_BITS: u128 = u128::from_le_bytes([0x20; PACKED]);

impl Key {
    /// The first letters of `text`, at most sixteen and all ASCII, looked at at once; and whether all are capitals.
    pub(super) fn of_letters(text: &[u8], length: usize) -> (Self, bool) {
        let unused = 8 * (PACKED - length);
        let letters = match text.first_chunk::<PACKED>() {
            Some(chunk) => u128::from_le_bytes(*chunk) & (u128::MAX >> unused),
            None => {
                let mut letters = [0u8; PACKED];
                letters[..length].copy_from_slice(&text[..length]);
                u128::from_le_bytes(letters)
            }
        };
        let bits = CASE_BITS >> unused;
        (Self(letters | bits), letters & bits == 0)
    }
}

/// Folds one letter to at most two bytes of ASCII, or to its own bytes.
fn fold(letter: char, into: &mut impl FnMut(u8)) {
    let plain: &[u8] = match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'ā' => {
            b"a"
        }
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' | 'ē' => b"e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => b"i",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' | 'ō' | 'Ō' => {
            b"o"
        }
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' | 'ū' => b"u",
        'ç' | 'Ç' => b"c",
        'ñ' | 'Ñ' => b"n",
        'œ' | 'Œ' => b"oe",
        'æ' | 'Æ' => b"ae",
        'ß' => b"ss",
        '\u{300}'..='\u{36f}' => b"",
        // Kana, ideographs and hangul have no case; asking Unicode's tables is dear.
        '\u{3040}'..='\u{d7ff}' => {
            letter.encode_utf8(&mut [0; 4]).bytes().for_each(into);
            return;
        }
        _ => {
            for small in letter.to_lowercase() {
                small.encode_utf8(&mut [0; 4]).bytes().for_each(&mut *into);
            }
            return;
        }
    };
    plain.iter().copied().for_each(into);
}

/// The packed key while a token is read.
#[derive(Default)]
pub(super) struct Packing {
    key: u128,
    length: u8,
}

impl Packing {
    /// A byte that is folded already.
    pub fn push(&mut self, byte: u8) {
        if usize::from(self.length) < PACKED {
            self.key |= u128::from(byte) << (8 * self.length);
            self.length += 1;
        } else {
            self.key = self.key.rotate_left(11) ^ u128::from(byte);
        }
    }

    pub fn push_letter(&mut self, letter: char) {
        fold(letter, &mut |byte| self.push(byte));
    }

    pub fn key(&self) -> Key {
        Key(self.key)
    }
}

/// Folds a whole word, as the words in the lexicon are.
pub fn key_of(word: &str) -> Key {
    let mut packing = Packing::default();
    for letter in word.chars() {
        packing.push_letter(letter);
    }
    packing.key()
}
