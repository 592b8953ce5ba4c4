use super::*;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, Mistakes> {
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    parse(Path::new("/data"), "lacunarr.toml", text, environment)
}

#[test]
fn the_manual_is_a_valid_file_and_holds_the_defaults() {
    let manual = read(DEFAULTS, &[]).expect("the manual");
    let empty = read("", &[]).expect("nothing");
    assert_eq!(format!("{manual:?}"), format!("{empty:?}"));
    assert_eq!((manual.port, manual.host.as_str()), (9797, "0.0.0.0"));
}

#[test]
fn the_examples_of_the_manual_work_when_uncommented() {
    let examples: String = DEFAULTS
        .lines()
        .skip_while(|line| !line.starts_with("# [libraries"))
        .map(|line| line.trim_start_matches('#').to_owned() + "\n")
        .collect();
    let config = read(&examples, &[]).expect("the examples");
    assert_eq!(config.connections.len(), 3);
}

#[test]
fn every_mistake_is_listed_at_once_with_its_place() {
    let text = "[server]\nport = 99999\nhots = \"x\"\nurl_base = \"lacunarr\"\n[log]\nlevel = \"info\"\nformat = \"xml\"\n[sources.p]\nkind = \"prowlarr\"\nurl = \"prowlarr:9696\"\n";
    let mistakes = read(
        text,
        &[
            ("LACUNARR__WORK__LEASE_SECONDS", "soon"),
            ("LACUNARR__SETTINGS__TIME_ZONE", "Paris"),
            ("LACUNARR__NONSENSE", "1"),
        ],
    )
    .expect_err("mistakes")
    .0;
    let places: Vec<&str> = mistakes
        .iter()
        .map(|mistake| mistake.place.as_str())
        .collect();
    for place in [
        "lacunarr.toml line 2",
        "lacunarr.toml line 3",
        "lacunarr.toml line 4",
        "lacunarr.toml line 7",
        "lacunarr.toml line 10",
        "LACUNARR__WORK__LEASE_SECONDS",
        "LACUNARR__SETTINGS__TIME_ZONE",
        "LACUNARR__NONSENSE",
    ] {
        assert!(places.contains(&place), "{place} in {mistakes:#?}");
    }
    assert!(
        mistakes
            .iter()
            .any(|mistake| mistake.problem.contains("API key")),
        "{mistakes:#?}"
    );
}

#[test]
fn broken_toml_is_a_mistake_with_its_line() {
    let mistakes = read("[server]\nport = = 1", &[]).expect_err("broken").0;
    assert_eq!(mistakes[0].place, "lacunarr.toml line 2");
}

#[test]
fn the_environment_wins_and_can_make_connections() {
    let environment = [
        ("LACUNARR__SERVER__PORT", "1234"),
        ("LACUNARR__SOURCES__PROWLARR__KIND", "prowlarr"),
        ("LACUNARR__SOURCES__PROWLARR__URL", "http://prowlarr:9696"),
        ("LACUNARR__SOURCES__PROWLARR__API_KEY", "abc"),
        ("LACUNARR__SOURCES__PROWLARR__CATEGORIES", "7000, 7030"),
    ];
    let config = read("[server]\nport = 1\n", &environment).expect("a configuration");
    assert_eq!(config.port, 1234);
    assert_eq!(config.connections.len(), 1);
    assert!(
        matches!(&config.connections[0].settings, ConnectionSettings::Prowlarr(prowlarr) if prowlarr.categories == [7000, 7030])
    );
}

#[test]
fn a_secret_can_come_from_a_file_and_is_never_printed() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "0123456789abcdef-hunter2\n").expect("written");
    let config = read(
        "",
        &[(
            "LACUNARR__SERVER__API_KEY_FILE",
            file.path().to_str().expect("a path"),
        )],
    )
    .expect("a configuration");
    assert_eq!(
        config.api_key.as_ref().map(Secret::expose),
        Some("0123456789abcdef-hunter2")
    );
    let shown = format!("{:?}", config.api_key);
    assert!(!shown.contains("hunter2"));
    assert!(read("", &[("LACUNARR__SERVER__API_KEY_FILE", "/nowhere/at/all")]).is_err());
}

#[test]
fn postgres_needs_a_key_that_all_replicas_share() {
    assert!(read("[database]\nurl = \"postgres://h/d\"", &[]).is_err());
    let key = format!(
        "[database]\nurl = \"postgres://h/d\"\n[secrets]\nkey = \"{}\"",
        "ab".repeat(32)
    );
    assert!(read(&key, &[]).is_ok());
}

#[test]
fn a_phrase_of_two_languages_is_a_mistake() {
    let text = "[words.languages]\nfr = [\"VFQ\"]\nen = [\"vfq\"]\n";
    let mistakes = read(text, &[]).expect_err("one phrase, two languages");
    assert!(
        format!("{mistakes:?}").contains("stands for two languages"),
        "{mistakes:?}"
    );
    assert!(read("[words.languages]\nfr = [\"VFQ\"]\nen = [\"VA\"]\n", &[]).is_ok());
}
