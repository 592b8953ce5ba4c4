//! A page that could not be read, for whoever mends its reader: without secrets, and short. Pure.

use std::sync::LazyLock;

use regex::Regex;

use crate::secret::Secret;

/// Bytes that are kept of a page.
const MOST: usize = 256 * 1024;

/// Keys, session numbers and hashes are long and mixed; words are not.
static LONG: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9A-Za-z]{24,}").expect("a pattern"));
/// What a person typed, or is to be sent back unseen.
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?is)(<input\b[^>]*?\bvalue\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)"#)
        .expect("a pattern")
});
/// Keys that stand in addresses and scripts.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)((?:my_post_key|logoutkey|loginkey|mybbuser|sid|hash)["']?\s*[=:]\s*["']?)[0-9A-Za-z_%-]+"#)
        .expect("a pattern")
});

/// The page as it may be kept.
pub fn clean(html: &str, hidden: &[Secret]) -> String {
    let mut text = html.to_owned();
    for secret in hidden
        .iter()
        .map(Secret::expose)
        .filter(|secret| !secret.is_empty())
    {
        text = text.replace(secret, "…");
    }
    let text = VALUE.replace_all(&text, "$1\"…\"");
    let text = KEY.replace_all(&text, "$1…");
    let mut text = LONG.replace_all(&text, "…").into_owned();
    text.truncate(text.floor_char_boundary(MOST));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_page_has_no_secrets_and_is_short() {
        let html = r#"<script>var my_post_key = "abc123";</script><a href="x?action=logout&amp;logoutkey=deadbeef">out</a>
            <input name=password value='hunter2'><b>hunter2</b> 0123456789abcdef0123456789abcdef <td class="trow1">Naruto</td>"#;
        let kept = clean(
            &format!("{html}{}", "é ".repeat(MOST)),
            &[Secret::new("hunter2")],
        );
        for secret in ["abc123", "deadbeef", "hunter2", "0123456789abcdef"] {
            assert!(!kept.contains(secret), "{kept}");
        }
        assert!(kept.contains(r#"<td class="trow1">Naruto</td>"#) && kept.len() <= MOST);
    }
}
