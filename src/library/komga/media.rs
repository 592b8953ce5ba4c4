//! What Komga says of a file that it cannot show. Pure.

use super::answers::Media;

/// How much of a code that is not known is shown, in characters.
const LONGEST_CODE: usize = 20;

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// With what to do.
    pub problem: String,
    /// It does not pass by itself, and lies in the file.
    pub damaged: bool,
}

/// None for a file that Komga shows, or did not look into yet.
pub fn fault(media: &Media) -> Option<Fault> {
    if !matches!(media.status.as_str(), "ERROR" | "UNSUPPORTED") {
        return None;
    }
    let comment = media.comment.as_deref().unwrap_or_default().trim();
    let code = comment.split([' ', ',']).next().unwrap_or_default();
    let (damaged, why) = match code {
        "ERR_1000" => (
            false,
            "it may not read the file; let the user that Komga runs as read it",
        ),
        "ERR_1018" => (
            false,
            "the file is not where it was; have Komga scan the library",
        ),
        "ERR_1001" => (true, "it is no kind of file that Komga reads; replace it"),
        "ERR_1002" => (
            true,
            "the archive has a password; replace it with one that has none",
        ),
        "ERR_1003" => (true, "it is a solid RAR archive; make a CBZ of it"),
        "ERR_1004" => (
            true,
            "it is a part of a RAR archive in several parts; replace it with a whole one",
        ),
        "ERR_1005" | "ERR_1008" => (true, "it cannot be opened; it may be truncated, replace it"),
        "ERR_1006" => (true, "there is no page in it; replace it"),
        "ERR_1032" => (true, "it is no valid EPUB; replace it"),
        _ => {
            let is_code = code.starts_with("ERR_") && code.len() <= LONGEST_CODE;
            let code = if is_code {
                format!(" ({code})")
            } else {
                String::new()
            };
            return Some(Fault {
                problem: format!(
                    "Komga cannot show it{code}; look at it there, and replace it if it does not open"
                ),
                damaged: true,
            });
        }
    };
    Some(Fault {
        problem: format!("Komga cannot show it: {why} ({code})"),
        damaged,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_in_the_file_is_damage() {
        for (status, comment, damaged, words) in [
            ("READY", "ERR_1007 [a.txt]", None, ""),
            ("UNKNOWN", "", None, ""),
            ("OUTDATED", "ERR_1005", None, ""),
            ("", "", None, ""),
            ("ERROR", "ERR_1006", Some(true), "no page in it"),
            ("ERROR", "ERR_1005", Some(true), "truncated"),
            ("ERROR", "ERR_1000", Some(false), "may not read"),
            ("ERROR", "ERR_1018", Some(false), "not where it was"),
            ("UNSUPPORTED", "ERR_1002", Some(true), "password"),
            ("UNSUPPORTED", "ERR_1003", Some(true), "make a CBZ"),
            ("UNSUPPORTED", "", Some(true), "Komga cannot show it; look"),
            ("ERROR", "ERR_1033 [a, b]", Some(true), "(ERR_1033)"),
            (
                "ERROR",
                "at /srv/secret",
                Some(true),
                "Komga cannot show it; look",
            ),
        ] {
            let found = fault(&Media {
                status: status.into(),
                comment: Some(comment.into()),
            });
            assert_eq!(
                found.as_ref().map(|fault| fault.damaged),
                damaged,
                "{status} {comment}"
            );
            let problem = found.map(|fault| fault.problem).unwrap_or_default();
            assert!(problem.contains(words), "{problem}");
            assert!(!problem.contains("secret"), "{problem}");
        }
    }
}
