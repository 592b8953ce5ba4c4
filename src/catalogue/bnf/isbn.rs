//! ISBNs of ten and thirteen digits, with and without hyphens, checked. Pure.

/// As thirteen digits; none when it is none.
pub fn thirteen(text: &str) -> Option<String> {
    let signs: String = text
        .chars()
        .filter(|letter| !matches!(letter, '-' | ' ' | '\u{2010}'..='\u{2013}'))
        .take(14)
        .collect();
    match signs.len() {
        13 => (signs.starts_with("97") && is_thirteen(&signs)).then_some(signs),
        10 => is_ten(&signs).then(|| {
            let body = format!("978{}", &signs[..9]);
            let check = check_of(&body);
            format!("{body}{check}")
        }),
        _ => None,
    }
}

/// The ten digits of one that begins with 978.
pub fn ten(thirteen: &str) -> Option<String> {
    let body = thirteen.strip_prefix("978")?.get(..9)?;
    let digits = body.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = match (11 - sum % 11) % 11 {
        10 => 'X',
        check => char::from_digit(check, 10)?,
    };
    Some(format!("{body}{check}"))
}

fn is_thirteen(signs: &str) -> bool {
    let digits = signs.bytes().all(|byte| byte.is_ascii_digit());
    digits && signs[12..] == check_of(&signs[..12]).to_string()
}

fn is_ten(signs: &str) -> bool {
    let (body, check) = signs.as_bytes().split_at(9);
    let digits = body.iter().all(u8::is_ascii_digit);
    digits
        && ten(&format!("978{}0", &signs[..9]))
            .is_some_and(|ten| ten.as_bytes()[9] == check[0].to_ascii_uppercase())
}

/// The last digit, by the twelve before it.
fn check_of(body: &str) -> u32 {
    let digits = body.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_an_isbn_is_one() {
        for (text, expected) in [
            ("978-2-7234-8852-5", Some("9782723488525")),
            ("9782723488525", Some("9782723488525")),
            ("2723488527", Some("9782723488525")),
            ("2-7234-8852-7", Some("9782723488525")),
            ("080442957x", Some("9780804429573")),
            ("9782723488526", None),
            ("2723488528", None),
            ("978272348852", None),
            ("97827234885255", None),
            ("9X82723488525", None),
            ("é782723488525", None),
            ("ééééé", None),
            ("", None),
        ] {
            assert_eq!(thirteen(text).as_deref(), expected, "{text}");
        }
        assert_eq!(ten("9782723488525").as_deref(), Some("2723488527"));
        assert_eq!(ten("9791032700000"), None);
    }
}
