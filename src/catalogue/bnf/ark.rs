//! Names of records: the number of a record (`FRBNF436367080000000`, `43636708`) and its ARK (`cb43636708p`) are one thing, since the last
//! letter is a check of the others. Pure.

/// The letters of a check, of the NOID scheme: a prime number of them.
const LETTERS: &[u8; 29] = b"0123456789bcdfghjkmnpqrstvwxz";

/// Digits of a record's number.
const DIGITS: usize = 8;

/// The number in `http://catalogue.bnf.fr/ark:/12148/cb43636708p`, `ark:/12148/cb43636708p`, `FRBNF436367080000000` or `43636708`.
pub fn number(text: &str) -> Option<&str> {
    let text = text.trim();
    let digits = match (text.rfind("cb"), text.strip_prefix("FRBNF")) {
        (Some(at), _) if text.contains("ark:") || at == 0 => &text[at + 2..],
        (_, Some(digits)) => digits,
        _ if text.len() == DIGITS => text,
        _ => return None,
    };
    let digits = digits.get(..DIGITS)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(digits)
}

/// The ARK's name of a record, by its number of eight digits.
pub fn name(number: &str) -> String {
    let name = format!("cb{number}");
    let value = |byte: u8| {
        LETTERS
            .iter()
            .position(|letter| *letter == byte)
            .unwrap_or(0)
    };
    let sum: usize = name
        .bytes()
        .zip(1..)
        .map(|(byte, place)| place * value(byte))
        .sum();
    let check = char::from(LETTERS[sum % LETTERS.len()]);
    format!("{name}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_letter_checks_the_others() {
        for ark in [
            "cb43636708p",
            "cb43700419m",
            "cb357460983",
            "cb486302521",
            "cb46810645h",
            "cb48801192z",
            "cb44459249t",
            "cb47527271g",
        ] {
            assert_eq!(name(&ark[2..10]), ark);
            assert_eq!(number(ark), Some(&ark[2..10]));
        }
    }

    #[test]
    fn a_number_is_found_in_every_spelling() {
        for text in [
            "http://catalogue.bnf.fr/ark:/12148/cb43636708p",
            "ark:/12148/cb43636708p",
            "FRBNF436367080000000",
            "FRBNF43636708",
            "43636708",
        ] {
            assert_eq!(number(text), Some("43636708"), "{text}");
        }
        for text in [
            "",
            "cb",
            "cb4363670",
            "FRBNF",
            "é",
            "1234567",
            "abcdefgh",
            "0248-3653",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
