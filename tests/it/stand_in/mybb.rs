//! A forum on MyBB 1.8, as its source and its stock templates (`mybb_theme.xml`, `member.php`, `forumdisplay.php`) make it, with first posts as
//! EBDZ writes them. Its lists have three threads a page.

mod pages;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use poem::{
    Request, Response,
    endpoint::make,
    http::{Method, header},
};
use url::Url;

use super::{
    reply::{Set, parameters, raw, with_status},
    server::Server,
};
pub use pages::{ed2k, post};
use pages::{html, list, login_form, message, page, thread};

/// An account.
pub const USER: &str = "collectionneur";
/// Its password; it must not show up anywhere else.
pub const PASSWORD: &str = "PLANTED0PASSWORD0OF0EBDZ";
/// What the cookie of a login holds; it must not show up anywhere else.
pub const LOGIN_KEY: &str = "7_PLANTED0LOGINKEY0OF0EBDZ0";
/// What a form is sent with; it must not show up anywhere else.
pub const POST_KEY: &str = "0b5e55ed0b5e55ed0b5e55ed0b5e55ed";
/// What one logs out with; it must not show up anywhere else.
pub const LOGOUT_KEY: &str = "10960079610960079610960079610960";

/// What it does instead of answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A protection stands before it.
    Forbidden,
    /// Too many requests; seconds to wait.
    TooMany(u32),
    /// The account is banned.
    Banned,
    /// Closed for maintenance.
    Closed,
    /// Every page is made anew.
    NewLayout,
    /// Only threads are.
    NewThreads,
    /// Nothing comes until it is over.
    Stalled,
}

/// How a forum is for its members; without a word they read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// They may not.
    Hidden,
    /// There is none.
    Missing,
    /// This, in words of its own.
    Says(String),
}

/// What a thread is instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Made anew.
    Unreadable,
    /// 5 MB.
    TooLarge,
    /// Not for us.
    Hidden,
    /// This, in words of its own.
    Says(String),
}

struct Thread {
    forum: i64,
    title: String,
    sticky: bool,
    replies: u32,
    post: String,
    bumped: u64,
}

#[derive(Default)]
struct Inner {
    threads: BTreeMap<i64, Thread>,
    forums: BTreeMap<i64, Access>,
    broken: BTreeMap<i64, Broken>,
    clock: u64,
    /// Valid ends of the cookie.
    logins: Vec<String>,
    made: usize,
    failed: u32,
    /// What it answers every login with.
    login_says: Option<String>,
    log: Vec<String>,
    fault: Option<Fault>,
    /// Answers until the fault begins.
    fault_after: usize,
    /// Pages until all sessions end.
    ends_after: Option<usize>,
}

type State = Arc<Mutex<Inner>>;

/// A running forum. Dropping it stops it.
pub struct Mybb {
    server: Server,
    state: State,
}

impl Mybb {
    /// A forum without threads.
    pub fn start() -> Self {
        let state = State::default();
        let at_server = Arc::clone(&state);
        let server = Server::start(make(move |request: Request| {
            let state = Arc::clone(&at_server);
            async move { Ok::<_, poem::Error>(answer(&state, request).await) }
        }));
        Self { server, state }
    }

    /// Where its pages are.
    pub fn url(&self) -> Url {
        self.server.url().join("forum/").expect("a URL")
    }

    /// A thread with a first post in HTML; the newest.
    pub fn thread(&self, forum: i64, id: i64, title: &str, post: &str) -> &Self {
        self.put(forum, id, title, post, false)
    }

    /// One that stays in front.
    pub fn sticky(&self, forum: i64, id: i64, title: &str, post: &str) -> &Self {
        self.put(forum, id, title, post, true)
    }

    fn put(&self, forum: i64, id: i64, title: &str, post: &str, sticky: bool) -> &Self {
        let mut inner = self.lock();
        inner.clock += 1;
        let (title, post, bumped) = (title.to_owned(), post.to_owned(), inner.clock);
        inner.threads.insert(
            id,
            Thread {
                forum,
                title,
                sticky,
                replies: 0,
                post,
                bumped,
            },
        );
        drop(inner);
        self
    }

    /// Someone answers, and the first post has become this.
    pub fn reply(&self, id: i64, post: &str) {
        let mut inner = self.lock();
        inner.clock += 1;
        let bumped = inner.clock;
        let thread = inner.threads.get_mut(&id).expect("a thread");
        thread.replies += 1;
        thread.bumped = bumped;
        post.clone_into(&mut thread.post);
    }

    /// The first post has become this, and nobody says a word.
    pub fn edit(&self, id: i64, post: &str) {
        let mut inner = self.lock();
        let thread = inner.threads.get_mut(&id).expect("a thread");
        post.clone_into(&mut thread.post);
    }

    /// What a forum is for its members; none: they read it.
    pub fn access(&self, forum: i64, access: Option<Access>) {
        let mut inner = self.lock();
        match access {
            Some(access) => inner.forums.insert(forum, access),
            None => inner.forums.remove(&forum),
        };
    }

    /// What a thread is instead; none: it is a thread.
    pub fn breaks(&self, id: i64, broken: Option<Broken>) {
        let mut inner = self.lock();
        match broken {
            Some(broken) => inner.broken.insert(id, broken),
            None => inner.broken.remove(&id),
        };
    }

    /// A cookie of a login that is valid.
    pub fn cookie(&self) -> String {
        self.lock().logins.push("x".into());
        format!("mybbuser={LOGIN_KEY}x")
    }

    /// Every session ends after so many pages.
    pub fn ends_sessions_after(&self, pages: usize) {
        self.lock().ends_after = Some(pages);
    }

    /// This instead of an answer, after so many more.
    pub fn fail_after(&self, answers: usize, fault: Fault) {
        let mut inner = self.lock();
        (inner.fault, inner.fault_after) = (Some(fault), answers);
    }

    /// It works again.
    pub fn mend(&self) {
        self.lock().fault = None;
    }

    /// So many logins have failed already: from three on it wants a captcha.
    pub fn has_failed_logins(&self, times: u32) {
        self.lock().failed = times;
    }

    /// It answers every login with this message.
    pub fn answers_logins_with(&self, text: &str) {
        self.lock().login_says = Some(text.to_owned());
    }

    /// What was asked since the last time, as `GET showthread.php?tid=7`.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().log)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.state)
    }
}

fn lock(state: &State) -> MutexGuard<'_, Inner> {
    state.lock().expect("no one panics with it")
}

async fn answer(state: &State, mut request: Request) -> Response {
    let Some(path) = request.uri().path().strip_prefix("/forum/") else {
        let nginx = "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr>nginx</body></html>";
        return with_status(html(nginx), 404);
    };
    let path = path.to_owned();
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let body = request.take_body().into_vec().await.expect("a body");
    lock(state)
        .log
        .push(format!("{} {path}{query}", request.method()));
    let fault = {
        let mut inner = lock(state);
        let now = inner.fault.clone().filter(|_| inner.fault_after == 0);
        inner.fault_after = inner.fault_after.saturating_sub(1);
        now
    };
    if fault == Some(Fault::Stalled) {
        while lock(state).fault == Some(Fault::Stalled) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let mut inner = lock(state);
    let member = is_member(&inner, &request);
    match &fault {
        Some(Fault::Forbidden) => {
            return with_status(html("<html><title>403</title>nginx</html>"), 403);
        }
        Some(Fault::TooMany(seconds)) => {
            return with_status(html(""), 429).set("Retry-After", &seconds.to_string());
        }
        Some(Fault::Banned) => {
            return html(&message(
                member,
                "Désolé, mais vous êtes banni. Vous ne pouvez ni poster ni lire.",
            ));
        }
        Some(Fault::Closed) => {
            return with_status(
                html(&message(
                    member,
                    "Ce forum est actuellement fermé pour maintenance.",
                )),
                503,
            );
        }
        Some(Fault::NewLayout) => {
            return html(&page(
                member,
                r#"<main><input type="hidden" name="my_post_key" value="0b5e55ed0b5e55ed0b5e55ed0b5e55ed"><article>Berserk</article></main>"#,
            ));
        }
        _ => {}
    }
    match (request.method(), path.as_str()) {
        (&Method::GET, "member.php") => html(&page(member, &login_form("", inner.failed >= 3))),
        (&Method::POST, "member.php") => login(&mut inner, &body),
        (_, "forumdisplay.php" | "showthread.php") => {
            if !member {
                return html(&message(
                    false,
                    "Vous n'êtes pas connecté ou vous n'avez pas la permission d'accéder à cette page.<ol><li>Vous n'êtes pas connecté. <a href=\"member.php?action=login\">Connexion</a></li></ol>",
                ));
            }
            let parameters = parameters(&request);
            let number = |name: &str| {
                parameters
                    .iter()
                    .find(|(known, _)| known == name)
                    .and_then(|(_, value)| value.parse::<i64>().ok())
            };
            let shown = match path.as_str() {
                "forumdisplay.php" => list(&inner, &parameters),
                _ if fault == Some(Fault::NewThreads) => {
                    page(true, "<main><article>ed2k</article></main>")
                }
                _ => thread(&inner, number("tid").unwrap_or(0)),
            };
            if let Some(left) = &mut inner.ends_after {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    (inner.ends_after, inner.logins) = (None, Vec::new());
                }
            }
            html(&shown)
        }
        _ => with_status(html(&message(member, "404")), 404),
    }
}

fn is_member(inner: &Inner, request: &Request) -> bool {
    let cookies = request.header(header::COOKIE).unwrap_or_default();
    let value = cookies
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix("mybbuser="));
    value
        .and_then(|value| value.strip_prefix(LOGIN_KEY))
        .is_some_and(|end| inner.logins.iter().any(|known| known == end))
}

/// `do_login`: the key first, then the captcha, then name and password.
fn login(inner: &mut Inner, body: &[u8]) -> Response {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if field("my_post_key") != POST_KEY || field("action") != "do_login" {
        return html(&message(
            false,
            "Authorization code mismatch. Are you accessing this function correctly?",
        ));
    }
    if let Some(text) = &inner.login_says {
        return html(&message(false, text));
    }
    let (user, password) = match field("quick_login") {
        "1" => (field("quick_username"), field("quick_password")),
        _ => (field("username"), field("password")),
    };
    let wants_captcha = inner.failed >= 3;
    if wants_captcha || (user, password) != (USER, PASSWORD) {
        inner.failed += 1;
        let error = r#"<div class="error"><p><em>Veuillez corriger les erreurs suivantes :</em></p><ul><li>Vous avez saisi une combinaison de nom et de mot de passe non valide.</li></ul></div>"#;
        return html(&page(false, &login_form(error, inner.failed >= 3)));
    }
    inner.made += 1;
    let end = format!("login{}", inner.made);
    let cookie = format!("mybbuser={LOGIN_KEY}{end}; path=/forum/; HttpOnly");
    inner.logins.push(end);
    html(r#"<html><head><title>EBDZ</title><meta http-equiv="refresh" content="2;URL=index.php" /></head><body><table class="tborder"><tr><td class="trow1" align="center"><p>Vous êtes connecté.</p></td></tr></table></body></html>"#)
        .set("Set-Cookie", &cookie)
}
