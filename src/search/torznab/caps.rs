//! What an indexer says that it can do. Pure.

use super::xml::{Met, walk};

/// Categories that are read.
const MOST_CATEGORIES: usize = 2_000;

/// What it can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Caps {
    /// What it calls itself.
    pub title: String,
    /// Items of a page at most; none when it does not say.
    pub most: Option<u32>,
    /// It can be searched for words.
    pub can_search: bool,
    /// Newznab's numbers, parents and children.
    pub categories: Vec<i64>,
}

impl Caps {
    /// It has this category, or one that is in it.
    pub fn knows(&self, category: i64) -> bool {
        self.categories.iter().any(|known| {
            *known == category || category % 1000 == 0 && known / 1000 == category / 1000
        })
    }
}

/// Reads the answer to `t=caps`.
///
/// # Errors
/// When it is none.
pub(super) fn read(text: &str) -> Result<Caps, &'static str> {
    let (mut caps, mut is_caps) = (Caps::default(), false);
    walk(text, |met| {
        let Met::Start(element) = met else { return };
        match element.name() {
            "caps" => is_caps = true,
            "server" => caps.title = element.attribute("title").unwrap_or_default(),
            "limits" => {
                let number = |name| element.attribute(name)?.trim().parse::<u32>().ok();
                // Prowlarr's and Sonarr's page is the greater of the two.
                caps.most = number("max")
                    .max(number("default"))
                    .filter(|most| *most > 0);
            }
            "search" => {
                let available = element.attribute("available");
                caps.can_search = available.is_some_and(|word| word.eq_ignore_ascii_case("yes"));
            }
            "category" | "subcat" if caps.categories.len() < MOST_CATEGORIES => {
                let id = element.attribute("id");
                let number = id.and_then(|id| id.trim().parse::<i64>().ok());
                caps.categories.extend(number);
            }
            _ => {}
        }
    })?;
    match is_caps {
        true => Ok(caps),
        false => Err("it is not what an indexer says of itself (no <caps>); is the path right?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_categories_and_searching_are_read() {
        let caps = read(
            r#"<?xml version="1.0"?><caps><server title="Rig &amp; Co"/><limits default="50" max="100"/>
            <searching><search available="yes" supportedParams="q"/><book-search available="no"/></searching>
            <categories><category id="7000" name="Books"><subcat id="7030" name="Comics"/></category><category id="x"/></categories></caps>"#,
        )
        .expect("caps");
        assert_eq!(
            caps,
            Caps {
                title: "Rig & Co".into(),
                most: Some(100),
                can_search: true,
                categories: vec![7000, 7030],
            }
        );
        let only_child = Caps {
            categories: vec![7030],
            ..Caps::default()
        };
        assert!(only_child.knows(7000) && only_child.knows(7030) && !only_child.knows(7020));
        assert!(!only_child.knows(3030));
    }

    #[test]
    fn what_is_no_such_answer_is_refused() {
        for text in ["", "<html><body>login</body></html>", "{}", "<rss/>"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read("<caps><limits").is_err());
    }
}
