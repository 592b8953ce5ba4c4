use super::*;

#[test]
fn a_map_has_one_canonical_text() {
    for (text, canonical, count) in [
        ("", "", 0),
        (" ; \n", "", 0),
        ("deluxe 1=1-2", "deluxe 1=1-2", 1),
        (
            "deluxe 1=1-2; deluxe 2=3-4; integrale 1=1-3",
            "deluxe 1-2=1-4; integrale 1=1-3",
            3,
        ),
        (
            "integrale 1=1-3\nDeluxe  2 = 3-4 ;deluxe 1=1,2;",
            "deluxe 1-2=1-4; integrale 1=1-3",
            3,
        ),
        ("deluxe 1-9=1-18", "deluxe 1-9=1-18", 9),
        (
            "perfect 1=1-2; perfect 2=3-5; perfect 3=6-8",
            "perfect 1=1-2; perfect 2-3=3-8",
            3,
        ),
        (
            "perfect 1=1-2; perfect 2=2-3",
            "perfect 1=1-2; perfect 2=2-3",
            2,
        ),
        (
            "perfect 1=1-2; perfect 3=3-4",
            "perfect 1=1-2; perfect 3=3-4",
            2,
        ),
        (
            "star 0=1; star 1=2; star 1.5=3",
            "star 0-1=1-2; star 1.5=3",
            3,
        ),
        ("other 1=1,3; other 2=4,6", "other 1=1,3; other 2=4,6", 2),
        ("other 1=1,1.5; other 2=2", "other 1=1,1.5; other 2=2", 2),
        (
            "omnibus:3 12=34; omnibus 1=1-2; omnibus:2 1=1",
            "omnibus 1=1-2; omnibus:2 1=1; omnibus:3 12=34",
            3,
        ),
        ("colour 1-500=1-500", "colour 1-500=1-500", 500),
        ("integrale 1=1-300", "integrale 1=1-300", 1),
    ] {
        let map: EditionMap = text.parse().expect(text);
        assert_eq!(map.to_string(), canonical, "{text}");
        assert_eq!(map.len(), count, "{text}");
        assert_eq!(canonical.parse(), Ok(map.clone()), "{text}");
        let json = serde_json::to_string(&map).expect("a text");
        assert_eq!(serde_json::from_str::<EditionMap>(&json).ok(), Some(map));
    }
}

#[test]
fn a_mistake_is_answered_with_what_to_write() {
    for (text, sentence) in [
        ("deluxe", "'deluxe' is not an entry: write an edition"),
        ("deluxe=1-2", "'deluxe=1-2' is not an entry"),
        ("1=1-2", "'1=1-2' is not an entry"),
        (
            "luxe 1=1-2",
            "'luxe' is not an edition: write standard, perfect",
        ),
        (
            "standard 1=2",
            "'standard 1=2' speaks of the standard edition",
        ),
        (
            "deluxe x=1",
            "'deluxe x=1' does not say which volume of the edition",
        ),
        (
            "deluxe 1,3=1-4",
            "'deluxe 1,3=1-4' does not say which volume of the edition",
        ),
        ("deluxe 1=", "'deluxe 1=' does not say which base volumes"),
        (
            "deluxe 1=1-2, deluxe 2=3-4",
            "'deluxe 1=1-2, deluxe 2=3-4' does not say which base volumes",
        ),
        (
            "deluxe 1-3=1-7",
            "'deluxe 1-3=1-7' cannot be spread evenly: write one run of 3 base volumes",
        ),
        ("deluxe 1-3=1-2", "'deluxe 1-3=1-2' cannot be spread evenly"),
        ("deluxe 1-2=1,3", "'deluxe 1-2=1,3' cannot be spread evenly"),
        ("deluxe 1=1; deluxe 1=1", "deluxe 1 is given twice"),
        (
            "deluxe 1=1-301",
            "'deluxe 1=1-301' puts more than 300 base volumes into one volume",
        ),
        ("deluxe 1-2=1-602", "'deluxe 1-2=1-602' puts more than 300"),
        ("deluxe 1-501=1-501", "it speaks of more than 500 volumes"),
        ("deluxe 0-9999=0-9999", "it speaks of more than 500 volumes"),
    ] {
        let error = text.parse::<EditionMap>().expect_err(text).to_string();
        assert!(error.starts_with(sentence), "{error}");
    }
    let long = format!("deluxe 1={}", "1,".repeat(100_000));
    let error = long
        .parse::<EditionMap>()
        .expect_err("too long")
        .to_string();
    assert!(error.len() < 250, "{error}");
}

#[test]
fn the_largest_map_reads_its_own_text() {
    let base: Vec<String> = (0..300)
        .map(|base| format!("{}.25", 9_000 + base))
        .collect();
    let entry = |volume| format!("kanzenban {volume}={}", base.join(","));
    let text: Vec<String> = (1..=500).map(entry).collect();
    let map: EditionMap = text.join(";").parse().expect("within the bounds");
    assert_eq!(map.to_string().parse(), Ok(map));
}

#[test]
fn only_what_is_said_is_known() {
    let map: EditionMap = "deluxe 2=3-4; star 0=1".parse().expect("a map");
    let volume = |number| VolumeNumber::whole(number).expect("a volume");
    assert_eq!(
        map.get(Edition::Deluxe, volume(2)),
        Some(&VolumeSet::range(3, 4))
    );
    assert_eq!(map.get(Edition::Deluxe, volume(1)), None);
    assert_eq!(map.get(Edition::Double, volume(2)), None);
    for (edition, named) in [
        (Edition::Deluxe, true),
        (Edition::Star, true),
        (Edition::Double, false),
        (Edition::Other, false),
    ] {
        assert_eq!(map.names(edition), named, "{edition:?}");
    }
}
