use super::*;
use crate::connection::{ComicInfo, Convert};

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
    assert_eq!(config.connections.len(), 17);
    assert_eq!((config.rules.len(), config.profiles.len()), (1, 1));
    let default = crate::domain::profile::Profile::default();
    assert_eq!(config.profiles[0].profile.manga, default.manga);
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

#[test]
fn rules_and_profiles_are_read_whole() {
    let text = r#"
[rules."no big PDF"]
then = "refuse"
library = "manga"
when = [{ field = "format", test = "is", values = ["pdf"] }, { field = "megabytes", test = "above", values = [150, 1.5] }]

[[rules.preferred.when]]
field = "group"
test = "isKnown"
[rules.preferred]
then = "weigh"
weight = -5

[profiles.strict]
ranking = ["seeders", "size"]
refused_categories = [3000]
colour_factor = 3
upgrades = true
fan_translations = "refuse"
indexer_languages = { "Nyaa.si" = "en" }
"#;
    let config = read(text, &[]).expect("rules and profiles");
    let names: Vec<&str> = config
        .rules
        .iter()
        .map(|file| file.rule.name.as_str())
        .collect();
    assert_eq!(names, ["no big PDF", "preferred"]);
    assert_eq!(config.rules[0].library.as_deref(), Some("manga"));
    assert_eq!(config.rules[0].rule.when[1].values, ["150", "1.5"]);
    assert!(config.rules.iter().all(|file| file.enabled));
    let profile = &config.profiles[0].profile;
    assert_eq!((profile.colour_factor, profile.upgrades), (3.0, true));
    assert_eq!(profile.indexer_languages["Nyaa.si"], "en");
    assert_eq!(profile.pack_share, 60, "what is left out has its default");
}

#[test]
fn names_that_only_the_database_may_know_are_told_beside_other_mistakes() {
    let library = "[libraries.manga]\nkind = \"folder\"\npath = \"/manga\"\nprofile = \"strict\"\n";
    let rule = "[rules.a]\nlibrary = \"nope\"\nthen = \"refuse\"\n";
    assert!(read(&format!("{library}{rule}"), &[]).is_ok());
    let text = format!("{library}{rule}[server]\nport = 0.5\n");
    let mistakes = read(&text, &[]).expect_err("a port").to_string();
    for told in [
        "line 9: server.port",
        "line 6: rules.a.library: no library named 'nope' stands in the file, just manga; unless one was made through the API",
        "line 4: profile: no profile named 'strict' stands in the file, just default; unless",
    ] {
        assert!(mistakes.contains(told), "{told} in {mistakes}");
    }
    let known = format!(
        "{library}{}[server]\nport = 0.5\n[profiles.strict]",
        rule.replace("nope", "manga")
    );
    let Mistakes(mistakes) = read(&known, &[]).expect_err("a port");
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
}

#[test]
fn what_cannot_be_read_of_a_rule_or_profile_is_a_mistake_that_says_what_there_is() {
    for (text, words) in [
        (
            "[rules.a]\nthen = \"refuse\"\nthem = 1",
            "rules.a.them: there is no such key here; there are: when, then, weight, library, enabled",
        ),
        (
            "[rules.a]\nthen = \"drop\"",
            "rules.a.then: it must be refuse, review or weigh",
        ),
        (
            "[rules.a]\nthen = \"weigh\"",
            "rules.a.weight: it is missing",
        ),
        (
            "[rules.a]\nthen = \"review\"\nweight = 3",
            "rules.a.weight: only a rule that says weigh has one",
        ),
        (
            "[rules.a]\nthen = \"review\"\nwhen = [{ field = \"colour\", test = \"is\" }]",
            "rules.a.when: field: 'colour' is none of: name, series,",
        ),
        (
            "[rules.a]\nthen = \"review\"\nwhen = [{ field = \"name\", test = \"has\" }]",
            "rules.a.when: test: 'has' is none of: is, isNot,",
        ),
        (
            "[rules.a]\nthen = \"review\"\nwhen = [{ field = \"name\", test = \"is\", value = \"x\" }]",
            "rules.a.when: value: there is no such key here; there are: field, test, values",
        ),
        (
            "[rules.a]\nthen = \"review\"\nwhen = \"always\"",
            "rules.a.when: it must be a list of conditions",
        ),
        (
            "[rules]\nthen = \"review\"",
            "rules.then: it must be a table, [rules.NAME]",
        ),
        (
            "[profiles.a]\nrefused_group = []",
            "profiles.a.refused_group: there is no such key here; there are:",
        ),
        (
            "[profiles.A]",
            "profiles.A: its name must have small letters",
        ),
        (
            "[profiles.a]\nleast_seeders = -1",
            "profiles.a.least_seeders: it must be a whole number, 0 or more",
        ),
        (
            "[profiles.a]\nformats = \"pdf\"",
            "profiles.a.formats: it must be a list of texts",
        ),
        (
            "[profiles.a]\nformats = [\"cbz\", \"xyz\"]",
            "profiles.a.formats: 'xyz' is none of: cbz, cbr,",
        ),
        (
            "[profiles.a]\nupgrades = \"yes\"",
            "profiles.a.upgrades: it must be true or false",
        ),
        (
            "[profiles.a]\nunusual_size = \"maybe\"",
            "profiles.a.unusual_size: it must be one of pass, review, refuse",
        ),
        (
            "[profiles.a]\nranking = [\"luck\"]",
            "profiles.a.ranking: it must be one of weight, language,",
        ),
        (
            "[profiles.a]\nranking = []",
            "profiles.a.ranking: it must name at least one comparer",
        ),
        (
            "[profiles.a.manga]\nrefuse_below = 3",
            "profiles.a.manga: ideal_from: it is missing",
        ),
        (
            "[profiles.a.manga]\nrefuse = 3",
            "profiles.a.manga: refuse: there is no such key here",
        ),
    ] {
        let mistakes = read(text, &[]).expect_err(text).0;
        let problems: Vec<&str> = mistakes
            .iter()
            .map(|mistake| mistake.problem.as_str())
            .collect();
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        assert!(problems[0].starts_with(words), "{text}: {problems:?}");
        assert!(
            mistakes[0].place.starts_with("lacunarr.toml line "),
            "{mistakes:?}"
        );
    }
    let variable = [("LACUNARR__RULES__A__THEN", "refuse")];
    let mistakes = read("", &variable).expect_err("a variable").0;
    assert!(
        mistakes[0].problem.contains("stand in the file"),
        "{mistakes:?}"
    );
}

#[test]
fn a_rule_that_cannot_be_asked_is_kept() {
    for text in [
        "[rules.a]\nthen = \"refuse\"",
        "[rules.a]\nthen = \"refuse\"\nwhen = [{ field = \"name\", test = \"matches\", values = [\"(\"] }]",
        "[rules.a]\nthen = \"refuse\"\nwhen = [{ field = \"seeders\", test = \"above\", values = [\"many\"] }]",
        "[rules.a]\nthen = \"refuse\"\nwhen = [{ field = \"format\", test = \"above\", values = [1] }]",
        "[rules.a]\nthen = \"refuse\"\nwhen = [{ field = \"origin\", test = \"is\", values = [\"offical\"] }]",
    ] {
        let config = read(text, &[]).expect(text);
        assert!(config.rules[0].rule.compile().error().is_some(), "{text}");
    }
}

#[test]
fn a_library_says_what_is_made_on_the_way_and_mistakes_are_told() {
    let library = "[libraries.manga]\nkind = \"folder\"\npath = \"/manga\"\n";
    let with = |more: &str| read(&format!("{library}{more}"), &[]);
    let config = with("convert = \"cbz\"\ncomic_info = \"missing\"\n").expect("a good file");
    let ConnectionSettings::Folder(folder) = &config.connections[0].settings else {
        panic!("a folder")
    };
    assert_eq!(
        (folder.convert, folder.comic_info),
        (Convert::Cbz, ComicInfo::Missing)
    );
    let error = with("convert = \"zip\"\ncomic_info = \"always\"\n").expect_err("two mistakes");
    let said = error.to_string();
    assert!(
        said.contains("convert: it must be off or cbz")
            && said.contains("comic_info: it must be off or missing"),
        "{said}"
    );
}

#[test]
fn a_hook_has_a_name_for_its_address_a_kind_and_a_token_and_only_a_generic_one_a_mapping() {
    let token = "token = \"0123456789abcdef\"\n";
    let good = format!(
        "[hooks.readarr]\nkind = \"arr\"\n{token}path_mappings = [\"/books -> /manga\"]\n\
        [hooks.other]\nkind = \"generic\"\n{token}on_unknown = \"look\"\nmap_title = \"/data/name\"\n"
    );
    let config = read(&good, &[]).expect("two hooks");
    let names: Vec<&str> = config
        .connections
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["other", "readarr"]);
    for (table, problem) in [
        (
            "[hooks.a]\nkind = \"arr\"\n".to_owned(),
            "token: it must have 16 to 200",
        ),
        (
            format!("[hooks.a]\n{token}"),
            "kind: it is missing; it must be arr or",
        ),
        (
            format!("[hooks.a]\nkind = \"sonarr\"\n{token}"),
            "kind: it must be arr or",
        ),
        (
            format!("[hooks.Read Arr]\nkind = \"arr\"\n{token}")
                .replace("Read Arr", "\"Read Arr\""),
            "hooks.Read Arr: it must be a name of small letters",
        ),
        (
            format!("[hooks.a]\nkind = \"arr\"\n{token}map_title = \"/t\"\n"),
            "map_title: a hook of the kind arr has none",
        ),
        (
            format!("[hooks.a]\nkind = \"generic\"\n{token}map_title = \"t\"\n"),
            "map_title: it must be a JSON pointer",
        ),
        (
            format!("[hooks.a]\nkind = \"arr\"\n{token}path_mappings = [\"a -> /b\"]\n"),
            "path_mappings: what stands before '->' must be an absolute path",
        ),
        (
            format!("[hooks.a]\nkind = \"arr\"\n{token}on_unknown = \"scan\"\n"),
            "it must be ignore or look",
        ),
    ] {
        let mistakes = read(&table, &[]).expect_err(&table).to_string();
        assert!(mistakes.contains(problem), "{table}{mistakes}");
        assert!(!mistakes.contains("0123456789abcdef"), "{mistakes}");
    }
}

#[test]
fn what_is_wrong_with_a_library_is_said_of_the_key_that_stands_there() {
    let komga = "[libraries.a]\nkind = \"komga\"\nurl = \"http://komga:25600\"\n";
    for (table, problem) in [
        (
            "[libraries.a]\nkind = \"Komga\"\nurl = \"http://komga:25600\"\narmed = true\n"
                .to_owned(),
            "line 2: kind: it must be folder or komga or kavita",
        ),
        (
            "[libraries.a]\npath = \"/manga\"\narmed = true\n".to_owned(),
            "([libraries.a]): kind: it is missing; it must be folder or komga or kavita",
        ),
        (
            komga.to_owned(),
            "api_key: an API key of Komga is needed, or a name and a password",
        ),
        (
            format!("{komga}api_key = \"k\"\npassword = \"p\"\n"),
            "line 5: password: a name and a password belong together",
        ),
        (
            format!("{komga}api_key = \"k\"\nusername = \"u\"\npassword = \"p\"\n"),
            "line 4: api_key: there are two ways in",
        ),
        (
            format!(
                "{komga}api_key = \"k\"\nserver_library = \"{}\"\n",
                "x".repeat(201)
            ),
            "server_library: it must be a library's name or id",
        ),
        (
            format!("{komga}api_key = \"k\"\npath = \"/manga\"\n"),
            "line 5: libraries.a.path: there is no such key",
        ),
    ] {
        let Mistakes(mistakes) = read(&table, &[]).expect_err(&table);
        assert_eq!(mistakes.len(), 1, "{table}{mistakes:?}");
        let told = Mistakes(mistakes).to_string();
        assert!(told.contains(problem), "{table}{told}");
    }
}
