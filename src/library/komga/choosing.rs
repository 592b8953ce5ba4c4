//! The one library that the user named. Pure.

use super::answers::LibraryEntry;

/// By its id, its name, or its name in other case when just one has it.
pub fn chosen<'a>(all: &'a [LibraryEntry], wanted: &str) -> Option<&'a LibraryEntry> {
    let exact = |library: &&LibraryEntry| library.id == wanted || library.name == wanted;
    if let Some(library) = all.iter().find(exact) {
        return Some(library);
    }
    let wanted = wanted.trim().to_lowercase();
    let mut like = all
        .iter()
        .filter(|library| library.name.trim().to_lowercase() == wanted);
    like.next().filter(|_| like.next().is_none())
}

/// That it is not there, and which are.
pub fn not_there(all: &[LibraryEntry], wanted: &str) -> String {
    let short = |text: &str| text.chars().take(60).collect::<String>();
    let names: Vec<String> = all
        .iter()
        .take(20)
        .map(|library| short(&library.name))
        .collect();
    match names.is_empty() {
        true => format!(
            "there is no library '{}': this user may see none",
            short(wanted)
        ),
        false => format!(
            "there is no library '{}'; those that this user may see are {}",
            short(wanted),
            names.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(id: &str, name: &str) -> LibraryEntry {
        LibraryEntry {
            id: id.into(),
            name: name.into(),
            root: String::new(),
            unavailable: false,
        }
    }

    #[test]
    fn a_library_is_chosen_by_its_id_or_its_name() {
        let all = [
            library("0A", "Manga"),
            library("0B", "BD"),
            library("0C", "bd"),
            library("0D", "Comics"),
        ];
        for (wanted, id) in [
            ("0D", Some("0D")),
            ("Manga", Some("0A")),
            ("manga ", Some("0A")),
            ("bd", Some("0C")),
            ("Bd", None),
            ("0a", None),
            ("Romans", None),
            ("", None),
        ] {
            let found = chosen(&all, wanted).map(|library| library.id.as_str());
            assert_eq!(found, id, "{wanted}");
        }
        assert_eq!(
            not_there(&all[..2], "Romans"),
            "there is no library 'Romans'; those that this user may see are Manga, BD"
        );
        assert_eq!(
            not_there(&[], "Romans"),
            "there is no library 'Romans': this user may see none"
        );
    }
}
