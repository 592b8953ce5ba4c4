//! The pages of the forum, after `mybb_theme.xml`.

use poem::Response;

use super::{Access, Broken, Inner, LOGOUT_KEY, POST_KEY, Thread, USER, raw};

const PER_PAGE: usize = 3;

pub(super) fn login_form(error: &str, captcha: bool) -> String {
    let captcha = match captcha {
        true => {
            r#"<tr><td class="trow1"><img src="captcha.php?imagehash=x" /><input type="text" class="textbox" name="imagestring" value="" /></td></tr>"#
        }
        false => "",
    };
    format!(
        r#"{error}<form action="member.php" method="post"><table class="tborder"><tr><td class="trow1"><input type="text" name="username" value="" /></td></tr>
        <tr><td class="trow2"><input type="password" name="password" value="" /></td></tr>{captcha}</table>
        <input type="hidden" name="action" value="do_login" /><input name="my_post_key" type="hidden" value="{POST_KEY}" /></form>"#
    )
}

pub(super) fn html(text: &str) -> Response {
    raw("text/html; charset=UTF-8", text.to_owned())
}

pub(super) fn page(member: bool, body: &str) -> String {
    let welcome = match member {
        true => format!(r#"<span class="welcome">Bienvenue, <strong><a href="member.php?action=profile&amp;uid=7">{USER}</a></strong> <a href="member.php?action=logout&amp;logoutkey={LOGOUT_KEY}" class="logout">Déconnexion</a></span>"#),
        false => r#"<span class="welcome">Bonjour visiteur <a href="member.php?action=login" class="login">Connexion</a></span>"#.to_owned(),
    };
    format!(
        r#"<!DOCTYPE html><html><head><title>EBDZ</title><script type="text/javascript">
        var my_post_key = "{POST_KEY}";</script></head><body><div id="header">{welcome}</div>{body}</body></html>"#
    )
}

pub(super) fn message(member: bool, text: &str) -> String {
    page(
        member,
        &format!(
            r#"<table class="tborder"><tr><td class="thead"><strong>EBDZ</strong></td></tr><tr><td class="trow1">{text}</td></tr></table>"#
        ),
    )
}

/// A page of a list as its query wants it. Without an order it is by title, and without a number of days only what is newest, as a forum or an
/// account may have it (`forumdisplay.php`).
pub(super) fn list(inner: &Inner, query: &[(String, String)]) -> String {
    let of = |name: &str| {
        let found = query.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let forum: i64 = of("fid").parse().unwrap_or(0);
    match inner.forums.get(&forum) {
        Some(Access::Missing) => return message(true, "Le forum spécifié n'existe pas."),
        Some(Access::Hidden) => return not_allowed(),
        Some(Access::Says(text)) => return message(true, text),
        None => {}
    }
    let mut threads: Vec<_> = inner
        .threads
        .iter()
        .filter(|(_, thread)| thread.forum == forum)
        .collect();
    threads.sort_by_key(|(_, thread)| (!thread.sticky, std::cmp::Reverse(thread.bumped)));
    if of("datecut") != "9999" {
        threads.truncate(PER_PAGE);
    }
    if (of("sortby"), of("order")) != ("lastpost", "desc") {
        threads.sort_by_key(|(_, thread)| (!thread.sticky, thread.title.clone()));
    }
    let asked: usize = of("page").parse().unwrap_or(1);
    let pages = threads.len().div_ceil(PER_PAGE).max(1);
    // A page that there is not is the first one.
    let shown = if asked > pages { 1 } else { asked.max(1) };
    let rows: String = threads
        .iter()
        .skip((shown - 1) * PER_PAGE)
        .take(PER_PAGE)
        .map(|(id, thread)| row(**id, thread))
        .collect();
    let rows = match rows.is_empty() {
        true => r#"<tr><td colspan="7" class="trow1">Désolé, il n'y a aucun sujet.</td></tr>"#
            .to_owned(),
        false => rows,
    };
    let link = |page: usize, class: &str| {
        format!(
            r#"<a href="forumdisplay.php?fid={forum}&amp;page={page}&amp;datecut=9999" class="pagination_{class}">{page}</a> "#
        )
    };
    let mut multipage = String::new();
    if pages > 1 {
        let numbers: String = (1..=pages)
            .map(|page| match page == shown {
                true => format!(r#" <span class="pagination_current">{page}</span> "#),
                false => link(page, "page"),
            })
            .collect();
        let next = if shown < pages {
            link(shown + 1, "next")
        } else {
            String::new()
        };
        multipage = format!(
            r#"<div class="pagination"><span class="pages">Pages ({pages}):</span> {numbers}{next}</div>"#
        );
    }
    page(
        true,
        &format!(
            r#"{multipage}<table class="tborder clear"><tr><td class="thead"><strong>Mangas</strong></td></tr>
        <tr><td class="tcat"><a href="forumdisplay.php?fid={forum}&amp;page=1&amp;sortby=subject&amp;order=asc">Sujet</a></td></tr>{rows}</table>"#
        ),
    )
}

fn row(id: i64, thread: &Thread) -> String {
    let class = if thread.sticky {
        "forumdisplay_sticky"
    } else {
        "forumdisplay_regular"
    };
    let (title, replies) = (&thread.title, thread.replies);
    format!(
        r#"<tr class="inline_row"><td align="center" class="trow1 {class}" width="2%"><span class="thread_status folder">&nbsp;</span></td>
        <td class="trow1 {class}"><div><span> <span class="subject_old" id="tid_{id}"><a href="showthread.php?tid={id}">{title}</a></span></span>
        <div><span class="author smalltext"><a href="member.php?action=profile&amp;uid=2">x</a></span></div></div></td>
        <td align="center" class="trow1 {class}"><a href="misc.php?action=whoposted&tid={id}" onclick="MyBB.whoPosted({id}); return false;">{replies}</a></td>
        <td align="center" class="trow1 {class}">12</td>
        <td class="trow1 {class}"><span class="lastpost smalltext">Hier<br /><a href="showthread.php?tid={id}&amp;action=lastpost">Dernier message</a></span></td></tr>"#
    )
}

pub(super) fn thread(inner: &Inner, id: i64) -> String {
    let Some(thread) = inner.threads.get(&id) else {
        return message(true, "Le sujet spécifié n'existe pas.");
    };
    match inner.broken.get(&id) {
        Some(Broken::Unreadable) => return page(true, "<main><article>ed2k</article></main>"),
        Some(Broken::TooLarge) => return " ".repeat(5 * 1024 * 1024),
        Some(Broken::Hidden) => return not_allowed(),
        Some(Broken::Says(text)) => return message(true, text),
        None => {}
    }
    let (title, post) = (&thread.title, &thread.post);
    page(
        true,
        &format!(
            r#"<table class="tborder"><tr><td class="thead"><strong>{title}</strong></td></tr><tr><td id="posts_container"><div id="posts">
        <div class="post" id="post_{id}"><div class="post_content"><div class="post_body scaleimages" id="pid_{id}">{post}</div></div></div></div></td></tr></table>"#
        ),
    )
}

/// `error_no_permission()` for a member.
fn not_allowed() -> String {
    message(
        true,
        &format!(
            "Vous n'avez pas la permission d'accéder à cette page.<ol><li>Votre compte attend peut-être son activation \
             (<a href=\"member.php?action=resendactivation\">Renvoyer le code</a>).</li></ol> Vous êtes connecté en tant que '{USER}'"
        ),
    )
}

/// An ed2k link as most are written; its hash is made of the size.
pub fn ed2k(name: &str, size: u64) -> String {
    format!("ed2k://|file|{name}|{size}|{size:032x}|/")
}

/// A first post as EBDZ writes it, with these links.
pub fn post(links: &[String]) -> String {
    let links: String = links
        .iter()
        .map(|link| format!(r#"<a href="{link}">{link}</a><br />"#))
        .collect();
    format!(
        r#"<ul><li class="couv"><img src="images/couv.jpg" /></li></ul><p class="indent">Un résumé.</p>{links}"#
    )
}
