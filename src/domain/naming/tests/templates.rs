//! What templates write, and what is wrong with some.

use super::*;

#[test]
fn a_template_writes_what_is_known() {
    let (one, pack, gap) = (set("3"), set("1-3"), set("1-3,5,10.5"));
    let told = Book {
        title: Some("Le duel"),
        edition: Edition::Perfect,
        year: Some(2004),
        language: Some("fr"),
        origin: Origin::Scan,
        group: Some("NoTag"),
        extension: "cbr",
        ..book("Monster", &one)
    };
    let full = "{series}{ - edition} T{volume:02}{ - title}{ (year)}{ [language]}{ (origin)}{ [format]}{ [group]}{ext}";
    for (template, book, expected) in [
        (OURS, book("Naruto", &one), "Naruto T03.cbz"),
        (OURS, book("Naruto", &pack), "Naruto T01-T03.cbz"),
        (OURS, book("Naruto", &gap), "Naruto T01-T03, T05, T10.5.cbz"),
        ("Tome {volume:03}", book("Naruto", &one), "Tome 003.cbz"),
        (full, book("Naruto", &one), "Naruto T03 [CBZ].cbz"),
        (
            full,
            told,
            "Monster - Perfect Edition T03 - Le duel (2004) [FR] (Scan) [CBR] [NoTag].cbr",
        ),
        // Without its edition it would be another volume.
        (OURS, told, "Monster - Perfect Edition T03.cbr"),
    ] {
        let beside = Beside {
            folder: Some(book.series),
            files: &[],
        };
        let named =
            name(&book, &beside, &naming(false, template), Hints::default()).expect("a name");
        assert_eq!(named.name, expected, "{template}");
    }
}

#[test]
fn other_kinds_and_languages_have_their_own_marker() {
    let volumes = set("3");
    for (kind, language, expected) in [
        (Kind::Manga, None, "Naruto T03.cbz"),
        (Kind::Bd, Some("fr"), "Naruto T03.cbz"),
        (Kind::Manga, Some("en"), "Naruto v03.cbz"),
        (Kind::Comics, Some("en"), "Naruto #003.cbz"),
        (Kind::Chapters, Some("fr"), "Naruto Ch.003.cbz"),
    ] {
        let naming = Naming {
            follow: true,
            template: Template::default_for(kind, language),
        };
        let beside = Beside {
            folder: Some("Naruto"),
            files: &[],
        };
        let named = name(&book("Naruto", &volumes), &beside, &naming, kind.into()).expect("a name");
        assert_eq!(named.name, expected);
    }
}

#[test]
fn templates_are_refused_with_a_sentence() {
    for (template, sentence) in [
        ("{series}", "it must hold {volume:02}"),
        ("", "it must hold {volume:02}"),
        (
            "{serie} {volume}",
            "'serie' is not a field: write {series}, {volume:02}",
        ),
        ("{series T} {volume}", "'series T' is not a field"),
        ("{volume:20}", "'volume:20' is not a field"),
        ("{title:02} {volume}", "'title:02' is not a field"),
        ("{series} T{volume", "a brace is open"),
        ("{series} T}{volume}", "a brace is open"),
        ("{series}/T{volume}", "'/' cannot stand in a file name"),
        ("{series} T{volume}?", "'?' cannot stand in a file name"),
        ("{series}{ext} T{volume}", "{ext} must stand at the end"),
    ] {
        let error = template
            .parse::<Template>()
            .expect_err(template)
            .to_string();
        assert!(error.starts_with(sentence), "{template}: {error}");
    }
    let other = "Berserk T{volume:02}{ext}".parse().expect("a template");
    let error = check(&other, Hints::default()).expect_err("another series");
    assert!(
        error
            .to_string()
            .contains("would not be read as one of its series"),
        "{error}"
    );
    for template in ["{volume}{year}", "{series} HS{volume}"] {
        let error =
            check(&template.parse().expect(template), Hints::default()).expect_err(template);
        assert!(
            matches!(error, TemplateError::Misread { .. }),
            "{template}: {error}"
        );
    }
    for kind in Kind::ALL {
        for language in [None, Some("fr"), Some("en")] {
            let template = Template::default_for(kind.1, language);
            assert_eq!(check(&template, kind.1.into()), Ok(()), "{template}");
            assert_eq!(template.to_string().parse(), Ok(template));
        }
        for template in Template::number_only(kind.1) {
            assert_eq!(check(&template, kind.1.into()), Ok(()), "{template}");
        }
    }
}
