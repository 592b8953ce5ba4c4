//! Pages as a MyBB 1.8 makes them (its `mybb_theme.xml`), whole and damaged.

use super::{
    list::{self, ListedThread},
    login,
    page::Obstacle,
    thread,
};

const MD4: &str = "0123456789abcdef0123456789abcdef";
const MEMBER: &str = r#"<span class="welcome">Bienvenue <a href="https://ebdz.net/forum/member.php?action=logout&amp;logoutkey=abc" class="logout">Déconnexion</a></span>"#;
const GUEST: &str = r#"<a href="member.php?action=login" class="login">Se connecter</a><form action="member.php" method="post">
    <input name="action" type="hidden" value="do_login" /><input name="my_post_key" type="hidden" value="0a1b2c3d4e5f" /></form>"#;
const HEAD: &str = r#"<tr><td class="thead"><strong>Mangas</strong></td></tr><tr><td class="tcat"><a href="forumdisplay.php?fid=29&amp;page=1&amp;datecut=0&amp;sortby=subject&amp;order=asc">Sujet</a></td></tr>"#;

fn page(who: &str, body: &str) -> String {
    format!("<html><head><title>EBDZ - Mangas</title></head><body>{who}{body}</body></html>")
}

fn table(rows: &str) -> String {
    format!(r#"<table class="tborder clear">{HEAD}{rows}</table>"#)
}

fn row(id: i64, title: &str, replies: &str, class: &str) -> String {
    format!(
        r#"<tr class="inline_row"><td class="trow1{class}"><span class="thread_status newfolder">&nbsp;</span></td>
        <td class="trow1{class}"><div><span>Important: <a href="showthread.php?tid={id}&amp;action=newpost"><img src="jump.png" /></a>
        <span class="subject_new" id="tid_{id}"><a href="showthread.php?tid={id}">{title}</a></span>
        <span class="smalltext">(Pages: <a href="showthread.php?tid={id}">1</a> <a href="showthread.php?tid={id}&amp;page=2">2</a>)</span></span>
        <div><span class="author smalltext"><a href="member.php?action=profile&amp;uid=5">x</a></span></div></div></td>
        <td class="trow1{class}"><a href="https://ebdz.net/forum/misc.php?action=whoposted&tid={id}" onclick="MyBB.whoPosted({id}); return false;">{replies}</a></td>
        <td class="trow1{class}">9&nbsp;999</td>
        <td class="trow1{class}"><span class="lastpost smalltext">Hier<br /><a href="showthread.php?tid={id}&amp;action=lastpost">Dernier message</a></span></td></tr>"#
    )
}

fn pages(current: u32, others: &str) -> String {
    format!(
        r#"<div class="pagination"><span class="pages">Pages (12) :</span> <span class="pagination_current">{current}</span> {others}</div>"#
    )
}

fn to(page: u32, class: &str) -> String {
    format!(
        r#"<a href="forumdisplay.php?fid=29&amp;page={page}" class="pagination_{class}">{page}</a>"#
    )
}

#[test]
fn a_list_of_threads_is_read_with_what_is_sticky_and_what_comes_next() {
    let rows = row(1, "Règles du forum", "2", " forumdisplay_sticky")
        + &row(
            37,
            "Grand vide, Le &amp; co [Murawiec]",
            "1,234",
            " forumdisplay_regular",
        )
        + &row(38, "Berserk", "0", "")
        + &row(40, "Ailleurs", "-", "");
    let others = to(2, "page") + " … " + &to(12, "last") + &to(2, "next");
    let html = page(MEMBER, &(pages(1, &others) + &table(&rows)));
    let read = list::read(&html, 1).expect("a list");
    let thread = |id, title: &str, replies, sticky| ListedThread {
        id,
        title: title.into(),
        replies,
        sticky,
    };
    assert_eq!(
        read.threads,
        [
            thread(1, "Règles du forum", 2, true),
            thread(37, "Grand vide, Le & co [Murawiec]", 1234, false),
            thread(38, "Berserk", 0, false),
        ]
    );
    assert_eq!((read.next, read.pages), (Some(2), 12));
    // Page 13 of 12 is shown as another one, and so it is the last.
    assert_eq!(list::read(&html, 13).expect("a list").next, None);
    let last = page(MEMBER, &(pages(12, &to(11, "previous")) + &table(&rows)));
    assert_eq!(list::read(&last, 12).expect("a list").next, None);
}

#[test]
fn an_empty_forum_is_empty_and_another_layout_is_not() {
    let read = |body: &str| list::read(&page(MEMBER, body), 1).map(|list| list.threads.len());
    let none = table(r#"<tr><td colspan="7" class="trow1">Aucun sujet</td></tr>"#);
    assert_eq!(read(&none), Ok(0));
    let changed = |body: &str| matches!(read(body), Err(Obstacle::Changed(_)));
    assert!(changed("<main><article>Berserk</article></main>"));
    assert!(changed(""));
    let other = table(
        r#"<tr><td class="new"><a href="showthread.php?tid=7">Berserk</a></td><td>3</td></tr>"#,
    );
    assert!(changed(&other), "threads in other rows");
    let silent = row(7, "Berserk", "3", "")
        .replace("whoposted", "x")
        .replace("whoPosted", "x");
    assert!(changed(&table(&silent)), "no number of replies");
    assert!(changed(&table(&row(7, "Berserk", "many", ""))));
}

#[test]
fn who_is_not_logged_in_is_told_so_whatever_the_page_shows() {
    let rows = table(&row(7, "Berserk", "3", ""));
    assert_eq!(list::read(&page(GUEST, &rows), 1), Err(Obstacle::LoggedOut));
    let post = r#"<div class="post_body scaleimages" id="pid_1">Connectez-vous</div>"#;
    assert_eq!(
        thread::read(&page(GUEST, post), 1),
        Err(Obstacle::LoggedOut)
    );
    let login = page(
        GUEST,
        r#"<table><tr><td class="trow1">Vous n'êtes pas connecté</td></tr></table>"#,
    );
    assert_eq!(thread::read(&login, 1), Err(Obstacle::LoggedOut));
    let gone = page(
        MEMBER,
        r#"<table><tr><td class="trow1">Le sujet spécifié n'existe pas.</td></tr></table>"#,
    );
    assert_eq!(thread::read(&gone, 1), Err(Obstacle::Missing));
}

#[test]
fn what_answers_is_told_apart_a_message_in_new_words_a_new_layout_and_no_forum() {
    let says = |html: &str| match thread::read(html, 1) {
        Err(Obstacle::Says(text)) => text,
        other => panic!("{other:?}"),
    };
    let member = format!(
        r#"{MEMBER}<div class="welcome"><strong><a href="member.php?action=profile&amp;uid=7">Chloé</a></strong></div>"#
    );
    // The table of `error()`, and the box of errors.
    let table = page(
        &member,
        r#"<table class="tborder"><tr><td class="thead">EBDZ</td></tr><tr><td class="trow1">Chloé, cette zone est réservée aux donateurs (chloe@example.org,
        203.0.113.7). Vous êtes connecté : 'Chloé'.</td></tr></table>"#,
    );
    assert_eq!(
        says(&table),
        "…, cette zone est réservée aux donateurs … …). Vous êtes connecté : …."
    );
    assert!(matches!(list::read(&table, 1), Err(Obstacle::Says(_))));
    let errors = format!(
        r#"<div class="error"><p>Veuillez corriger :</p><ul><li>{}</li></ul></div>"#,
        "Trop tard. ".repeat(100)
    );
    let said = says(&page(&member, &errors));
    assert!(said.starts_with("Veuillez corriger : Trop tard."), "{said}");
    assert_eq!(said.chars().count(), 200);
    // A list in another form is no message, however short it is.
    let short = r#"<table><tr><td class="trow1"><a href="showthread.php?tid=7">Berserk</a></td></tr></table>"#;
    assert!(matches!(
        list::read(&page(MEMBER, short), 1),
        Err(Obstacle::Changed(_))
    ));
    for html in ["plain text", "", "<p>It works!", "<title>404</title>nginx"] {
        assert_eq!(thread::read(html, 1), Err(Obstacle::Stranger), "{html}");
        assert_eq!(list::read(html, 1), Err(Obstacle::Stranger), "{html}");
    }
}

#[test]
fn a_thread_has_a_cover_and_links_from_wherever_they_stand() {
    let link = |name: &str, size: u64| format!("ed2k://|file|{name}|{size}|{MD4}|/");
    let post = format!(
        r#"<div class="post_body scaleimages" id="pid_1"><ul><li class="couv"><img src="images/couv.jpg" /></li></ul><p class="indent">…</p>
        <a href="{}">T01</a> <a href="https://ed2k//|file|b%20c.cbz|2|{MD4}|/">T02</a>
        <button onclick="window.open('{}')">T03</button><span data-link="{}"></span>
        <input value="{}" />
        {}<br /> <a href="ed2k://|file|f">ed2k://|file|f</a> g.cbz|6|{MD4}|/
        ed2k://&#124;file&#124;h.cbz&#124;7&#124;{MD4}&#124;/ <a href="ed2k://|server|1.2.3.4|4661|/">server</a></div>"#,
        link("a.cbz", 1),
        link("l'été.cbz", 3),
        link("d.cbz", 4),
        link("e &amp; e.cbz", 5),
        link("a bis.cbz", 1),
    );
    let read = thread::read(&page(MEMBER, &post), 1).expect("a thread");
    let mut names: Vec<_> = read
        .links
        .iter()
        .map(|link| (link.id.size, link.name.as_str()))
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            (1, "a.cbz"),
            (2, "b c.cbz"),
            (3, "l'été.cbz"),
            (4, "d.cbz"),
            (5, "e & e.cbz"),
            (6, "f g.cbz"),
            (7, "h.cbz"),
        ]
    );
    assert_eq!(read.cover.as_deref(), Some("images/couv.jpg"));
    assert_eq!((read.title.as_str(), read.next), ("EBDZ - Mangas", None));
    let none = thread::read(
        &page(MEMBER, r#"<div class="post_body" id="pid_9">Merci !</div>"#),
        1,
    )
    .expect("a thread");
    assert!(none.links.is_empty() && none.cover.is_none());
}

#[test]
fn a_login_has_a_key_and_an_end() {
    let key = |html: &str| login::form(html).map(|key| key.map(|key| key.0));
    assert_eq!(key(&page(GUEST, "")), Ok(Some("0a1b2c3d4e5f".into())));
    let script = r#"<script>var my_post_key = "ffeeddcc00112233";</script>"#;
    assert_eq!(key(&page("", script)), Ok(Some("ffeeddcc00112233".into())));
    assert_eq!(key(&page(MEMBER, script)), Ok(None));
    let captcha = r#"<img src="captcha.php?imagehash=x"><input name="imagestring">"#;
    assert_eq!(key(&page(GUEST, captcha)), Err(Obstacle::Captcha));
    assert_eq!(key("<p>It works!"), Err(Obstacle::Stranger));
    let locked = r#"<table><tr><td class="trow1">You have failed to login within the required number of attempts.</td></tr></table>"#;
    assert_eq!(
        key(&page(GUEST, &format!("{locked}{script}"))),
        Err(Obstacle::TooManyLogins),
        "no password is sent then"
    );

    let fault = r#"<div class="error"><p><em>Corrigez les erreurs suivantes :</em></p><ul><li>Combinaison non valide.</li></ul></div>"#;
    for (html, outcome) in [
        (page(MEMBER, ""), Ok(())),
        (
            page(
                "",
                r#"<meta http-equiv="refresh" content="2;URL=index.php" />Merci"#,
            ),
            Ok(()),
        ),
        (page(GUEST, fault), Err(Obstacle::WrongPassword)),
        (
            page(GUEST, &format!("{fault}{captcha}")),
            Err(Obstacle::Captcha),
        ),
        (
            page(
                GUEST,
                r#"<td class="trow1">You have failed to login within the required number of attempts.</td>"#,
            ),
            Err(Obstacle::TooManyLogins),
        ),
    ] {
        assert_eq!(login::outcome(&html), outcome, "{html}");
    }
    assert_eq!(login::outcome("<p>It works!"), Err(Obstacle::Stranger));
    let waits =
        r#"<table class="tborder"><tr><td class="trow1">Votre compte attend.</td></tr></table>"#;
    let guest = r#"<a href="member.php?action=login">Se connecter</a>"#;
    assert_eq!(
        login::outcome(&page(guest, waits)),
        Err(Obstacle::Says("Votre compte attend.".into()))
    );
}

#[test]
fn damaged_pages_are_no_panic() {
    let whole = page(
        MEMBER,
        &(pages(1, &to(2, "next"))
            + &table(&row(1, "é", "1", ""))
            + &page(GUEST, "ed2k://|file|é")),
    );
    for cut in (0..whole.len()).step_by(7) {
        for html in [
            &whole[..whole.floor_char_boundary(cut)],
            &whole[whole.floor_char_boundary(cut)..],
        ] {
            drop((
                list::read(html, 1),
                thread::read(html, 1),
                login::form(html),
                login::outcome(html),
            ));
        }
    }
}
