//! EBDZ: a forum is read into the index, politely, and goes on where it was.

use serde_json::{Value, json};

use crate::stand_in::{
    eventually,
    mybb::{Fault, LOGIN_KEY, LOGOUT_KEY, Mybb, PASSWORD, POST_KEY, USER, ed2k, post},
    program::{Home, Program},
};

mod command;
mod credentials;
mod faults;
mod forums;
mod import;
mod links;
mod searches;
mod threads;

/// Eight threads on three pages, one of them sticky; two links each.
fn filled() -> Mybb {
    let mybb = Mybb::start();
    mybb.sticky(29, 1, "Règles du forum", "Soyez polis.");
    for (id, title) in [
        (11, "Berserk [Miura]"),
        (12, "Grand vide, Le [Murawiec]"),
        (13, "Monster"),
        (14, "Erased"),
        (15, "Dai"),
        (16, "Tough"),
        (17, "Naruto"),
    ] {
        let links = [1, 2].map(|volume| ed2k(&format!("{title} T0{volume}.cbz"), id * 10 + volume));
        mybb.thread(29, i64::try_from(id).expect("small"), title, &post(&links));
    }
    mybb
}

async fn home(mybb: &Mybb) -> Home {
    let mut home = Home::new().await;
    home.forum(&mybb.url(), USER, PASSWORD);
    home
}

/// The path of the first source; what is behind a number depends on what else was made before.
async fn source(program: &Program) -> String {
    format!("sources/{}", program.get("sources").await[0]["id"])
}

async fn crawl(program: &Program) -> Value {
    let path = format!("{}/crawl", source(program).await);
    program.get(&path).await
}

/// Waits for the end of a crawl that began after the one that ended at `before`.
async fn over(program: &Program, before: &Value) -> Value {
    eventually("the crawl is over", 30, async || {
        let now = crawl(program).await;
        now["state"] == "idle" && now["endedAt"].is_string() && now["endedAt"] != *before
    })
    .await;
    crawl(program).await
}

/// Crawls now; what there is then.
async fn again(program: &Program) -> Value {
    let before = crawl(program).await["endedAt"].clone();
    let path = format!("{}/crawl", source(program).await);
    program.post(&path, json!({})).await;
    over(program, &before).await
}

/// Waits until it is in a state, and health says why.
async fn in_trouble(program: &Program, state: &str) -> Value {
    let path = source(program).await;
    eventually(state, 30, async || {
        crawl(program).await["state"] == state
            && program.get(&path).await["health"]["error"].is_string()
    })
    .await;
    crawl(program).await
}

fn logins(asked: &[String]) -> usize {
    asked
        .iter()
        .filter(|asked| *asked == "POST member.php")
        .count()
}

fn threads(asked: &[String]) -> Vec<String> {
    let mut threads: Vec<String> = asked
        .iter()
        .filter(|asked| asked.contains("showthread"))
        .cloned()
        .collect();
    threads.sort();
    threads
}

/// How a page of the list of Mangas is asked for.
fn list(page: u32) -> String {
    format!("GET forumdisplay.php?fid=29&page={page}&sortby=lastpost&order=desc&datecut=9999")
}

/// The pages of the list of Mangas that were asked for.
fn lists(asked: &[String]) -> Vec<&str> {
    let pages = asked.iter().filter_map(|asked| {
        let page = asked.strip_prefix("GET forumdisplay.php?fid=29&page=")?;
        page.strip_suffix("&sortby=lastpost&order=desc&datecut=9999")
    });
    pages.collect()
}

/// Everything that the program shows, logs or writes.
async fn everything(home: &Home, program: &Program) -> String {
    let mut all = home.printed();
    let source = source(program).await;
    let (crawl, threads) = (format!("{source}/crawl"), format!("{source}/threads"));
    for path in [
        "sources",
        crawl.as_str(),
        threads.as_str(),
        "health",
        "history",
        "system/status",
    ] {
        all += &program.text(&format!("api/v1/{path}")).await;
    }
    let mut folders = vec![home.data()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    all += &String::from_utf8_lossy(&std::fs::read(path).expect("its content"))
                }
            }
        }
    }
    all
}

async fn assert_nothing_secret(home: &Home, program: &Program) {
    let all = everything(home, program).await;
    for secret in [PASSWORD, LOGIN_KEY, POST_KEY, LOGOUT_KEY] {
        assert!(
            !all.contains(secret),
            "{secret} is shown, logged or written"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forum_is_read_whole_and_then_only_what_is_new() {
    let mybb = filled();
    let aich = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let md4 = |size: u64| format!("{size:032x}");
    mybb.thread(
        29,
        18,
        "Akira",
        &format!(
            r#"<li class="couv"><img src="images/akira.jpg"></li><a href="ed2k://|file|Akira%20T01.cbz|1|{0}|h={aich}|/">T01</a>
            <a href="{1}">again</a> <a href="https://ed2k//|file|Akira T02.cbz|2|{2}|/">T02</a>
            <a onclick="window.open('ed2k://|file|Akira, l'autre T03.cbz|3|{3}|/')">T03</a> <span data-link="ed2k://%7Cfile%7CAkira%20T04.cbz%7C4%7C{4}%7C/"></span>
            ed2k://|file|Akira T05.cbz|5|{5}|/ ed2k://&#124;file&#124;Akira T06.cbz&#124;6&#124;{6}&#124;/ <a href="ed2k://|server|1.2.3.4|4661|/">server</a>"#,
            md4(1), ed2k("Akira T01 bis.cbz", 1), md4(2), md4(3), md4(4), md4(5), md4(6),
        ),
    );
    let home = home(&mybb).await;
    let program = home.start().await;
    let first = over(&program, &Value::Null).await;
    assert_eq!(
        (
            &first["threads"],
            &first["links"],
            &first["threadsLeft"],
            &first["pagesRead"],
            &first["threadsRead"]
        ),
        (&json!(9), &json!(20), &json!(0), &json!(3), &json!(9)),
        "{first}"
    );
    let asked = mybb.asked();
    assert_eq!(
        lists(&asked),
        ["1", "1", "2", "3"],
        "the first time as a stranger"
    );
    assert_eq!(
        (logins(&asked), threads(&asked).len(), asked.len()),
        (1, 9, 15),
        "{asked:#?}"
    );
    let found = program.get("sources/1/threads?search=grand%20vide").await;
    assert_eq!(found["totalRecords"], 1);
    let thread = &found["records"][0];
    assert_eq!(
        (&thread["id"], &thread["links"], &thread["forum"]),
        (&json!(12), &json!(2), &json!(29))
    );
    assert_eq!(
        thread["cover"],
        mybb.url().join("images/couv.jpg").expect("a URL").as_str()
    );
    let akira = program.get("sources/1/threads?search=akira").await["records"][0].clone();
    assert_eq!(akira["links"], 6, "{akira}");

    let second = again(&program).await;
    assert_eq!(mybb.asked(), [list(1)], "nothing has changed");
    assert_eq!(
        (&second["linksNew"], &second["links"]),
        (&json!(0), &json!(20))
    );

    // One link comes, one goes; the sticky thread has not changed, and one that was deleted is not missed.
    mybb.reply(
        14,
        &post(&[ed2k("Erased T02.cbz", 142), ed2k("Erased T03.cbz", 143)]),
    );
    let third = again(&program).await;
    assert_eq!(
        mybb.asked(),
        [list(1), "GET showthread.php?tid=14".to_owned()]
    );
    assert_eq!(
        (&third["linksNew"], &third["links"], &third["linksGone"]),
        (&json!(1), &json!(20), &json!(1))
    );
    assert_nothing_secret(&home, &program).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_full_sweep_reads_what_no_reply_tells_of() {
    let mybb = filled();
    let mut home = home(&mybb).await;
    home.set("SOURCES__EBDZ__FULL_SWEEP", "true");
    let program = home.start().await;
    over(&program, &Value::Null).await;
    assert_eq!(
        lists(&mybb.asked()),
        ["1", "1", "2", "3", "1", "2", "3"],
        "the newest, then a share of all"
    );
    again(&program).await;
    assert_eq!(lists(&mybb.asked()), ["1"], "it has had its share today");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_goes_on_where_it_was_after_a_restart() {
    let mybb = filled();
    let home = home(&mybb).await;
    // Login and lists are over, four threads are read.
    mybb.fail_after(10, Fault::Stalled);
    let program = home.start().await;
    let mut asked = Vec::new();
    eventually("it waits for a page", 30, async || {
        asked.extend(mybb.asked());
        asked.len() == 11
    })
    .await;
    program.killer()();
    drop(program);
    mybb.mend();
    let waited_for = asked.pop().expect("a page");
    let program = home.start().await;
    let end = over(&program, &Value::Null).await;
    let then = mybb.asked();
    assert!(lists(&then).is_empty(), "the lists were read: {then:#?}");
    // The page that it waited for is asked as a stranger, and after the login once more.
    assert_eq!(
        then.iter().filter(|asked| **asked == waited_for).count(),
        2,
        "{then:#?}"
    );
    let mut all = [threads(&asked), threads(&then)].concat();
    assert_eq!(all.len(), 9, "each other thread once: {all:#?}");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 8, "{all:#?}");
    assert_eq!(
        (&end["threads"], &end["links"], &end["threadsRead"]),
        (&json!(8), &json!(14), &json!(8))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_reading_that_is_stopped_leaves_no_hole() {
    let mybb = filled();
    let home = home(&mybb).await;
    mybb.fail_after(4, Fault::Stalled);
    let program = home.start().await;
    let mut asked = Vec::new();
    eventually("it waits for page 2", 30, async || {
        asked.extend(mybb.asked());
        asked.len() == 5
    })
    .await;
    let (status, stopped) = program.ask("DELETE", "sources/1/crawl", None).await;
    assert_eq!((status, &stopped["state"]), (200, &json!("idle")));
    mybb.mend();
    eventually("page 2 is read", 30, async || {
        crawl(&program).await["forums"][0]["page"] == 3
    })
    .await;
    // What was on page 2 is on page 3 now.
    for id in [21, 22, 23] {
        mybb.thread(29, id, "Nouveau", "Rien.");
    }
    mybb.asked();
    let end = again(&program).await;
    assert_eq!(lists(&mybb.asked()), ["3", "4", "1", "2"]);
    assert_eq!(
        (&end["threads"], &end["links"], &end["threadsLeft"]),
        (&json!(11), &json!(14), &json!(0)),
        "{end}"
    );
    let (status, _) = program.ask("DELETE", "sources/1/crawl", None).await;
    assert_eq!(status, 409, "there is none to be stopped");
}

/// What health says of something; empty when it says nothing.
async fn problem_of(program: &Program, subject: &str) -> String {
    let health = program.get("health").await;
    let problems = health["problems"].as_array().expect("problems");
    let found = problems
        .iter()
        .find(|problem| problem["subject"] == subject);
    found.map_or_else(String::new, |problem| problem["message"].to_string())
}

/// A thread of the index.
async fn thread(program: &Program, id: i64) -> Value {
    let threads = program.get("sources/1/threads?pageSize=200").await;
    let threads = threads["records"].as_array().expect("threads");
    let found = threads.iter().find(|thread| thread["id"] == id);
    found.unwrap_or_else(|| panic!("no thread {id}")).clone()
}
