//! What a volume's file is called in a folder library: as the files beside it, or by a template; always so that it is read as what it
//! is. Pure.
//!
//! [`name`] tries the naming of the folder ([`learned`]), then the template ([`template`]), each also without what may be left out, and
//! takes the first name that is short enough and from which the reader of names gets the same series and volumes again.

mod learned;
mod safe;
mod template;
#[cfg(test)]
mod tests;

use template::{Field, Pack};
pub use template::{Template, TemplateError};

use super::{
    edition::Edition,
    release::{Hints, Kind, Origin, Place, Release, parse},
    title::fold,
    volume::VolumeSet,
};

/// A volume, or several in one file, that is to get a name.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    /// The series' title.
    pub series: &'a str,
    /// What it holds: volumes, or chapters in a library that counts those; never empty.
    pub volumes: &'a VolumeSet,
    /// The volume's own title.
    pub title: Option<&'a str>,
    /// Of this copy.
    pub edition: Edition,
    /// Of publication.
    pub year: Option<u32>,
    /// ISO 639-1.
    pub language: Option<&'a str>,
    /// Who made the copy.
    pub origin: Origin,
    /// Release group.
    pub group: Option<&'a str>,
    /// Without the dot: `cbz`.
    pub extension: &'a str,
}

/// Where it will stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// The name of the series' folder; none for loose files.
    pub folder: Option<&'a str>,
    /// The names of the series' files there.
    pub files: &'a [&'a str],
}

/// How names are made.
#[derive(Clone, Debug)]
pub struct Naming {
    /// The files that are there are followed, when they agree.
    pub follow: bool,
    /// For all others.
    pub template: Template,
}

/// Where a name's form comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The files beside it.
    Files,
    /// The template.
    Template,
    /// Nothing but the number, in a folder that says the rest: the others would be too long or be misread.
    Number,
}

/// A name for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// With its extension; at most 255 bytes.
    pub name: String,
    /// Where its form comes from.
    pub by: By,
}

/// No name could be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamingError {
    #[error("it holds no volume, so there is no name for it")]
    NoVolume,
    #[error(
        "'{name}' would not be read as volumes '{volumes}' of '{series}'; name it by hand, or change the template"
    )]
    Misread {
        name: String,
        volumes: String,
        series: String,
    },
}

/// The name of a book's file.
///
/// # Errors
/// When every name would be misread or is too long.
pub fn name(
    book: &Book<'_>,
    beside: &Beside<'_>,
    naming: &Naming,
    hints: Hints<'_>,
) -> Result<Named, NamingError> {
    if book.volumes.is_empty() {
        return Err(NamingError::NoVolume);
    }
    let mut reader = Reader::of(book, beside.folder, hints);
    let learned = Some(beside.files)
        .filter(|_| naming.follow)
        .and_then(|files| learned::learn(files, &reader.folder, hints));
    let (ours, number) = (
        Template::default_for(hints.kind, book.language),
        Template::number_only(hints.kind),
    );
    let mut tries: Vec<(By, &Template)> =
        vec![(By::Template, &naming.template), (By::Template, &ours)];
    if let Some(learned) = &learned {
        tries.insert(0, (By::Files, &learned.template));
        reader.titles.extend(learned.titles.iter().cloned());
    }
    if beside.folder.is_some() {
        tries.extend(number.iter().map(|template| (By::Number, template)));
    }
    let mut first = None;
    for (by, template) in tries {
        for (left_out, pack) in FORMS {
            let stem = template.write(book, pack, |field| !left_out.contains(&field));
            let name = safe::whole(&format!(
                "{}.{}",
                stem.trim_end_matches([' ', '.']),
                safe::text(book.extension)
            ));
            if name.len() <= safe::LONGEST && reader.reads_back(&name) {
                return Ok(Named { name, by });
            }
            first.get_or_insert(name);
        }
    }
    Err(NamingError::Misread {
        name: first.unwrap_or_default(),
        volumes: book.volumes.to_string(),
        series: book.series.to_owned(),
    })
}

/// What is left out of a name that does not do, step by step, and how a pack is written.
const FORMS: [(&[Field], Pack); 6] = [
    (&[], Pack::MarkEach),
    (&[], Pack::MarkOnce),
    (&[Field::Title], Pack::MarkEach),
    (&[Field::Title], Pack::MarkOnce),
    (
        &[
            Field::Title,
            Field::Group,
            Field::Year,
            Field::Origin,
            Field::Format,
        ],
        Pack::MarkEach,
    ),
    (
        &[
            Field::Title,
            Field::Group,
            Field::Year,
            Field::Origin,
            Field::Format,
        ],
        Pack::MarkOnce,
    ),
];

/// The name of a new folder for a series; none when its title has nothing that a name may hold.
pub fn folder_name(series: &str) -> Option<String> {
    let text = safe::text(series);
    let name = safe::whole(safe::cut(&text, safe::LONGEST - 1));
    (!name.is_empty()).then_some(name)
}

/// What is wrong with a template in a library of this kind: a name by it would be misread.
///
/// # Errors
/// With the name.
pub fn check(template: &Template, hints: Hints<'_>) -> Result<(), TemplateError> {
    for volumes in ["1", "12", "105", "10.5", "1-3"] {
        let volumes: VolumeSet = volumes.parse().expect("volumes");
        let book = Book {
            series: "Naruto",
            volumes: &volumes,
            title: Some("Le duel"),
            edition: Edition::Standard,
            year: Some(2004),
            language: Some("fr"),
            origin: Origin::Official,
            group: Some("NoTag"),
            extension: "cbz",
        };
        let reader = Reader::of(&book, Some("Naruto"), hints);
        let names =
            [Pack::MarkEach, Pack::MarkOnce].map(|pack| template.write(&book, pack, |_| true));
        if !names.iter().any(|name| reader.reads_back(name)) {
            let [name, _] = names;
            let read = reader
                .parse(&name, Place::InSeries, &reader.folder)
                .numbers(hints.kind)
                .to_string();
            if read == volumes.to_string() {
                return Err(TemplateError::OtherSeries { name });
            }
            return Err(TemplateError::Misread {
                name,
                read,
                volumes: volumes.to_string(),
            });
        }
    }
    Ok(())
}

impl Template {
    /// What names are made by unless the user says otherwise.
    pub fn default_for(kind: Kind, language: Option<&str>) -> Self {
        let text = match kind {
            Kind::Chapters => "{series} Ch.{volume:03}{ext}",
            Kind::Comics => "{series} #{volume:03}{ext}",
            _ if language.is_none_or(|language| language == "fr") => {
                "{series}{ - edition} T{volume:02}{ext}"
            }
            _ => "{series}{ - edition} v{volume:02}{ext}",
        };
        text.parse().expect("a template")
    }

    fn number_only(kind: Kind) -> [Self; 2] {
        let texts = match kind {
            Kind::Chapters => ["Ch.{volume:03}{ext}", "Chapter {volume:03}{ext}"],
            Kind::Comics => ["#{volume:03}{ext}", "{volume:03}{ext}"],
            // `T411` is read as the name of an indexer.
            _ => [
                "{edition }T{volume:02}{ext}",
                "{edition }Tome {volume:02}{ext}",
            ],
        };
        texts.map(|text| text.parse().expect("a template"))
    }
}

/// Reads names as the folder library will.
struct Reader<'a> {
    book: &'a Book<'a>,
    hints: Hints<'a>,
    is_loose: bool,
    /// Folded titles that the folder gives.
    folder: Vec<String>,
    /// The edition that the folder states.
    edition: Edition,
    /// Folded titles that mean the series.
    titles: Vec<String>,
}

impl<'a> Reader<'a> {
    fn of(book: &'a Book<'a>, folder: Option<&str>, hints: Hints<'a>) -> Self {
        let mut reader = Self {
            book,
            hints,
            is_loose: folder.is_none(),
            folder: vec![fold(book.series)],
            edition: Edition::Standard,
            titles: vec![fold(book.series), fold(&safe::text(book.series))],
        };
        if let Some(folder) = folder {
            let release = reader.parse(folder, Place::Folder, &[]);
            let title = release.series.as_deref().unwrap_or(folder);
            (reader.folder, reader.edition) = (vec![fold(folder), fold(title)], release.edition);
        }
        reader.titles.extend(reader.folder.iter().cloned());
        reader
    }

    fn parse<'n>(&self, stem: &'n str, place: Place, titles: &'n [String]) -> Release<'n>
    where
        'a: 'n,
    {
        let Hints { kind, lexicon, .. } = self.hints;
        parse(
            stem,
            Hints {
                kind,
                titles,
                place,
                lexicon,
            },
        )
    }

    /// The name is read as the book in its series, and claims nothing that is not true of it.
    fn reads_back(&self, name: &str) -> bool {
        let stem = learned::stem(name);
        let read = self.parse(stem, Place::InSeries, &self.folder);
        let is_ours = |title: &str| self.titles.contains(&fold(title));
        let series = read.series.as_deref();
        let same_edition = read.edition == self.book.edition
            || (read.edition == Edition::Standard && self.edition == self.book.edition);
        *read.numbers(self.hints.kind) == *self.book.volumes
            && !read.is_special()
            && same_edition
            && series.is_none_or(is_ours)
            && self
                .book
                .language
                .is_none_or(|language| read.languages.iter().all(|read| *read == language))
            && (!self.is_loose
                || self
                    .parse(stem, Place::Alone, &[])
                    .series
                    .as_deref()
                    .is_some_and(is_ours))
    }
}
