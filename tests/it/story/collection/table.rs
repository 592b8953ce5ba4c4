//! All of it as a table, out and in.

use reqwest::Client;

use super::*;
use crate::stand_in::program::KEY;

impl Evening {
    async fn table(&self) -> String {
        self.program.text("api/v1/series.csv").await
    }

    /// Sends a table; status and answer.
    async fn send(&self, query: &str, kind: &str, table: Vec<u8>) -> (u16, Value) {
        let url = format!("{}/api/v1/series/csv{query}", self.program.url);
        let request = Client::new().post(url).header("X-Api-Key", KEY);
        let answer = request
            .header("Content-Type", kind)
            .body(table)
            .send()
            .await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    /// Sends a table that is taken or refused line by line.
    async fn import(&self, query: &str, table: &str) -> Value {
        let (status, answer) = self
            .send(query, "text/csv; charset=utf-8", table.as_bytes().to_vec())
            .await;
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

fn outcome(
    written: bool,
    [lines, added, changed, same, due]: [u64; 5],
    refused: &[(u64, &str)],
) -> Value {
    let refused: Vec<Value> = refused
        .iter()
        .map(|(line, problem)| json!({"line": line, "problem": problem}))
        .collect();
    json!({"written": written, "lines": lines, "added": added, "changed": changed, "same": same, "due": due, "refused": refused})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exported_changes_nothing_when_it_comes_back() {
    let evening = Evening::with(&[
        ("Naruto", &[1, 2, 5]),
        ("+Anima", &[1]),
        ("Les Muets; ou pas", &[1]),
    ])
    .await;
    let change = json!({"aliases": ["ナルト", "=Naruto | \\o/"], "ignored": "3", "total": 7, "monitored": true, "wantedFrom": "2"});
    evening.change("naruto", change).await;
    let table = evening.table().await;
    assert_eq!(
        table,
        "title,language,kind,edition,library,monitored,total,owned,missing,ignored,wantedFrom,wantedTo,aliases\n\
         Les Muets; ou pas,fr,manga,standard,manga,false,,1,,,,,\n\
         Naruto,fr,manga,standard,manga,true,7,\"1-2,5\",\"4,6-7\",3,2,,ナルト | =Naruto \\| \\\\o/\n\
         '+Anima,fr,manga,standard,manga,false,,1,,,,,\n"
    );
    let before = evening.program.get("series").await;
    assert_eq!(
        evening.import("", &table).await,
        outcome(true, [3, 0, 0, 3, 0], &[])
    );
    assert_eq!(evening.program.get("series").await, before);
    let monitored = evening
        .program
        .text("api/v1/series.csv?monitored=true")
        .await;
    assert_eq!(monitored.lines().count(), 2, "{monitored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_changes_adds_and_says_which_lines_it_refuses() {
    let evening = Evening::with(&[("Naruto", &[1, 2, 5]), ("Bleach", &[1, 2])]).await;
    let table = "Title;Library;Monitored;Total;Ignored;Aliases\r\n\
        naruto;;VRAI;6;3;ナルト\r\n\
        Bleach;;;1;;\r\n\
        Berserk;manga;;2;;\r\n\
        Pluto;kids;;8;;\r\n\
        NARUTO;;;;;\r\n";
    let refused = [
        (3, "total: volume 2 is on the shelf, so at least 2 exist"),
        (5, "library: there is none named 'kids'; there is: manga"),
        (6, "it is the same series as line 2"),
    ];
    let before = evening.program.get("series").await;
    for query in ["", "?dryRun=true", "?dryRun=true&partial=true"] {
        let said = evening.import(query, table).await;
        assert_eq!(said, outcome(false, [5, 1, 1, 0, 0], &refused), "{query}");
        assert_eq!(evening.program.get("series").await, before, "{query}");
    }
    let said = evening.import("?partial=true", table).await;
    assert_eq!(said, outcome(true, [5, 1, 1, 0, 2], &refused));
    let naruto = evening.series("naruto").await;
    let of = |field: &str| naruto[field].clone();
    assert_eq!(
        (of("title"), of("missing"), of("aliases")),
        (json!("Naruto"), json!("4,6"), json!(["ナルト"]))
    );
    let berserk = evening.series("berserk").await;
    assert_eq!(
        (&berserk["missing"], &berserk["monitored"]),
        (&json!("1-2"), &json!(true))
    );
    assert_eq!(evening.told("series.added").await.len(), 1);
    assert_eq!(evening.told("volume.missing").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_needs_no_library_and_is_found_by_its_other_names() {
    let evening = Evening::with(&[("Naruto", &[1, 2]), ("Bleach", &[1, 2])]).await;
    let program = &evening.program;
    let folder = tempfile::tempdir().expect("a folder");
    shelve(folder.path(), "Bleach", &[1]);
    shelve(folder.path(), "Monster", &[1]);
    let other = json!({"name": "english", "path": folder.path(), "language": "en"});
    program.post("libraries", other).await;
    program.scanned().await;
    let aliases = json!({"aliases": ["ナルト", "Naruto le ninja"]});
    evening.change("naruto", aliases).await;
    let refused = [
        (3, "it is the same series as line 2"),
        (4, "language: say which of en, fr it is"),
        (
            5,
            "library: the series is not known, so say which library is to hold it; there is: manga, english",
        ),
    ];
    let table = "title,total\nナルト,6\nNARUTO,7\nBleach,4\nPluto,8\nMonster,3\n";
    for query in ["?dryRun=true", "?partial=true"] {
        let said = evening.import(query, table).await;
        let written = query == "?partial=true";
        assert_eq!(said, outcome(written, [5, 0, 2, 0, 0], &refused), "{query}");
    }
    let naruto = evening.series("naruto").await;
    assert_eq!(
        (&naruto["total"], &naruto["title"]),
        (&json!(6), &json!("Naruto"))
    );
    assert_eq!(evening.series("monster").await["language"], "en");
    assert_eq!(program.get("series").await["totalRecords"], 4);
    let said = evening
        .import("", "title,total,language\nbleach,4,en\n")
        .await;
    assert_eq!(said, outcome(true, [1, 0, 1, 0, 0], &[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_hundreds_is_told_as_numbers() {
    let evening = Evening::with(&[("Naruto", &[1, 2])]).await;
    let mut table = String::from("title,total\n");
    for number in 1..=300 {
        table += &format!("Series {number:03},4\n");
    }
    assert_eq!(
        evening.import("", &table).await,
        outcome(true, [300, 300, 0, 0, 150], &[])
    );
    assert_eq!(evening.told("series.added").await.len(), 0);
    let digest = evening.told("digest").await;
    assert_eq!(
        digest[0]["data"],
        json!({"of": "series.added", "count": 300})
    );
    assert_eq!(evening.program.get("wanted").await["totalRecords"], 1200);
    assert_eq!(
        evening.import("", &table).await,
        outcome(true, [300, 0, 0, 300, 0], &[])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_is_told() {
    let evening = Evening::with(&[("Naruto", &[1, 2])]).await;
    let large = |bytes: usize| {
        let mut table = b"title,total\n".to_vec();
        table.extend(b"Naruto,3\n".iter().cycle().take(bytes - table.len() - 1));
        table.push(b'\n');
        table
    };
    for (kind, table, status, sentence) in [
        ("text/csv", Vec::new(), 400, "body: it is empty"),
        ("text/csv", b"\xff".to_vec(), 400, "body: it is not UTF-8"),
        (
            "text/csv",
            b"titel\nA\n".to_vec(),
            400,
            "body: there is no column 'titel'",
        ),
        (
            "text/csv",
            b"title\nNaruto\n\"Bleach\nMonster\n".to_vec(),
            400,
            "body: a quote is opened on line 3 and never closed",
        ),
        (
            "text/csv",
            large(5 * 1024 * 1024),
            400,
            "body: it has more than 20000 lines",
        ),
        (
            "text/csv",
            large(5 * 1024 * 1024 + 1),
            413,
            "the body is larger than 5120 KiB",
        ),
        (
            "application/json",
            b"{}".to_vec(),
            415,
            "send the body with Content-Type: text/csv",
        ),
    ] {
        let (answered, problem) = evening.send("", kind, table).await;
        assert_eq!(answered, status, "{problem}");
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| detail.starts_with(sentence)),
            "{problem}"
        );
    }
    assert_eq!(evening.program.get("series").await["totalRecords"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_means_what_its_series_was_merged_into_and_chapters_are_another_series() {
    let evening = Evening::with(&[("Naruto", &[1, 2]), ("Naruto Kishimoto", &[3])]).await;
    let (naruto, other) = (
        evening.program.get("series?title=Naruto").await["records"][0]["id"].clone(),
        evening.series("kishimoto").await["id"].clone(),
    );
    evening
        .program
        .post(&format!("series/{other}/merge"), json!({"into": naruto}))
        .await;
    evening.change("naruto", json!({"aliases": []})).await;
    let said = evening
        .import("", "title,total\nNaruto Kishimoto,9\n")
        .await;
    assert_eq!(said, outcome(true, [1, 0, 1, 0, 0], &[]));
    assert_eq!(evening.series("naruto").await["total"], 9);
    let both = "title,ignored\nNaruto,9\nNaruto Kishimoto,8\n";
    let said = evening.import("?dryRun=true", both).await;
    let twice = [(3, "it is the same series as line 2")];
    assert_eq!(said, outcome(false, [2, 0, 1, 0, 0], &twice));

    let chapters = "title,kind,total\nNaruto,chapters,700\nNaruto,manga,10\n";
    let said = evening.import("", chapters).await;
    assert_eq!(said, outcome(true, [2, 1, 1, 0, 1], &[]));
    let all = evening.program.get("series").await;
    let all = all["records"].as_array().expect("records").iter();
    let kinds: Vec<_> = all
        .map(|series| (series["kind"].clone(), series["total"].clone()))
        .collect();
    assert_eq!(
        kinds,
        [(json!("manga"), json!(10)), (json!("chapters"), json!(700))]
    );
    // Without a kind, the one of the library's.
    let said = evening.import("", "title,total\nNaruto,11\n").await;
    assert_eq!(said, outcome(true, [1, 0, 1, 0, 0], &[]));
    // All of it comes back as it is.
    let table = evening.table().await;
    let said = evening.import("", &table).await;
    assert_eq!(said, outcome(true, [2, 0, 0, 2, 0], &[]));
}
