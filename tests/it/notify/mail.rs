//! Mail against a server that speaks SMTP: every way to reach it, and what each of its answers means.

use lacunarr::{
    http::guard::Reach,
    notify::mail::{Authority, Login, Mail, MailConfig, Mailbox, Security},
    ports::{Fault, Message, Notifier},
    secret::Secret,
};

use super::{PASSING, SHORT, TIMEOUT, message, said};
use crate::stand_in::smtp::{PASSWORD, Smtp, Trouble, USER, Way};

fn config(server: &Smtp, security: Security) -> MailConfig {
    let mailbox = |text| Mailbox::parse(text).expect("an address");
    MailConfig {
        host: "localhost".into(),
        port: server.port(),
        security,
        login: Some(Login {
            user: USER.into(),
            password: Secret::new(PASSWORD),
        }),
        authority: Some(Authority::parse(server.certificate()).expect("a certificate")),
        from: mailbox("Lacunarr <lacunarr@home.example>"),
        to: vec![
            mailbox("me@home.example"),
            mailbox("Zoé <zoe@home.example>"),
        ],
        reach: Reach::Home,
        timeout: TIMEOUT,
    }
}

#[tokio::test]
async fn a_letter_arrives_by_every_way() {
    for (way, security) in [
        (Way::Plain, Security::Plain),
        (Way::StartTls, Security::StartTls),
        (Way::Tls, Security::Tls),
    ] {
        let server = Smtp::start(way);
        let told = Mail::new(config(&server, security)).tell(&message()).await;
        let told = told.unwrap_or_else(|untold| panic!("{way:?}: {untold:?}"));
        assert_eq!(
            (told.status, told.answer.as_str()),
            (Some(250), "2.0.0 queued as 4F1A")
        );
        let letter = &server.letters()[0];
        assert_eq!(letter.secured, way != Way::Plain);
        assert_eq!(letter.user.as_deref(), Some(USER));
        assert_eq!(letter.from, "lacunarr@home.example");
        assert_eq!(letter.to, ["me@home.example", "zoe@home.example"]);
    }
}

#[tokio::test]
async fn letters_of_one_story_stand_together_and_none_counts_twice() {
    let server = Smtp::start(Way::Plain);
    let mail = Mail::new(config(&server, Security::Plain));
    let other = Message {
        id: "msg_ff".into(),
        ..message()
    };
    for message in [message(), message(), other] {
        mail.tell(&message).await.expect("told");
    }
    let letters = server.letters();
    let ids: Vec<String> = letters
        .iter()
        .map(|letter| letter.header("Message-ID"))
        .collect();
    assert_eq!(
        ids[0],
        "<msg_00112233445566778899aabbccddeeff@home.example>"
    );
    assert!(ids[0] == ids[1] && ids[1] != ids[2]);
    for letter in &letters {
        assert_eq!(letter.header("References"), "<grab.7@home.example>");
        assert_eq!(letter.header("In-Reply-To"), "<grab.7@home.example>");
        assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
        let kind = letter.header("Content-Type");
        assert!(kind.starts_with("multipart/alternative"), "{kind}");
        assert!(
            letter
                .text
                .contains("Content-Type: text/plain; charset=utf-8")
        );
        assert!(
            letter
                .text
                .contains("Content-Type: text/html; charset=utf-8")
        );
    }
}

#[tokio::test]
async fn what_the_server_says_passes_or_does_not() {
    let server = Smtp::start(Way::Plain);
    let mail = Mail::new(config(&server, Security::Plain));
    for (trouble, expected, status) in [
        (Trouble::Says("CONNECT", "421 too busy"), PASSING, Some(421)),
        (
            Trouble::Says("CONNECT", "554 go away"),
            Fault::Refused,
            Some(554),
        ),
        (Trouble::Says("MAIL", "451 try later"), PASSING, Some(451)),
        (
            Trouble::Says("RCPT", "450 greylisted, come back"),
            PASSING,
            Some(450),
        ),
        (
            Trouble::Says("RCPT", "550 5.1.1 no such user"),
            Fault::Refused,
            Some(550),
        ),
        (Trouble::Says("DATA", "452 disk full"), PASSING, Some(452)),
        (
            Trouble::Says(".", "554 5.7.1 spam"),
            Fault::Refused,
            Some(554),
        ),
        (Trouble::Says("AUTH", "454 later"), PASSING, Some(454)),
        (Trouble::HangsUp("MAIL"), PASSING, None),
        (Trouble::HangsUp("."), PASSING, None),
        (Trouble::HangsUp("CONNECT"), PASSING, None),
    ] {
        server.fail(trouble.clone());
        let untold = mail.tell(&message()).await.expect_err("not told");
        let (fault, sentence) = said(&untold);
        assert_eq!(
            (fault, untold.status),
            (expected, status),
            "{trouble:?}: {sentence}"
        );
        assert!(sentence.starts_with("localhost:"), "{sentence}");
        if let Trouble::Says(_, text) = trouble {
            assert!(sentence.ends_with(&text[4..]), "{sentence}");
        }
    }
    server.fail(None);
    mail.tell(&message()).await.expect("told");
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn a_server_that_says_nothing_delays_nobody_for_long_and_its_goodbye_changes_nothing() {
    let server = Smtp::start(Way::Plain);
    let mail = Mail::new(MailConfig {
        timeout: SHORT,
        ..config(&server, Security::Plain)
    });
    for at in ["CONNECT", "EHLO", "."] {
        server.fail(Trouble::Silent(at));
        let (fault, sentence) = said(&mail.tell(&message()).await.expect_err("not told"));
        assert_eq!(fault, PASSING);
        assert!(
            sentence.contains("did not take the letter within"),
            "{sentence}"
        );
    }
    for trouble in [Trouble::Silent("QUIT"), Trouble::HangsUp("QUIT")] {
        server.fail(trouble);
        mail.tell(&message()).await.expect("told");
    }
}

#[tokio::test]
async fn a_password_goes_only_where_it_should() {
    let server = Smtp::start(Way::Plain);
    let refused = async |config| {
        let untold = Mail::new(config).tell(&message()).await;
        said(&untold.expect_err("not told"))
    };
    let (fault, sentence) = refused(config(&server, Security::StartTls)).await;
    assert_eq!(
        fault,
        Fault::Refused,
        "not without TLS when TLS is asked for"
    );
    assert!(sentence.contains("STARTTLS is not supported"), "{sentence}");
    let wrong = Some(Login {
        user: USER.into(),
        password: Secret::new("PLANTED0WRONG"),
    });
    let (fault, sentence) = refused(MailConfig {
        login: wrong,
        ..config(&server, Security::Plain)
    })
    .await;
    assert_eq!(fault, Fault::Refused);
    assert!(
        sentence.contains("does not take the name and password (SMTP 535)"),
        "{sentence}"
    );
    let secured = Smtp::start(Way::Tls);
    let (fault, sentence) = refused(MailConfig {
        authority: None,
        ..config(&secured, Security::Tls)
    })
    .await;
    assert_eq!(fault, PASSING, "a certificate may be renewed");
    assert!(sentence.contains("certificate"), "{sentence}");
    let (fault, sentence) = refused(MailConfig {
        host: "127.0.0.1".into(),
        ..config(&secured, Security::Tls)
    })
    .await;
    assert_eq!(fault, PASSING, "signed for another name: {sentence}");
    assert!(server.letters().is_empty() && secured.letters().is_empty());
}

#[tokio::test]
async fn a_server_at_an_address_that_may_not_be_called_is_not_called() {
    let server = Smtp::start(Way::Plain);
    let told = async |host: &str, reach| {
        let mail = Mail::new(MailConfig {
            host: host.into(),
            reach,
            ..config(&server, Security::Plain)
        });
        said(&mail.tell(&message()).await.expect_err("not told"))
    };
    for (host, reach, expected) in [
        ("localhost", Reach::Internet, PASSING),
        ("169.254.169.254", Reach::Home, Fault::Refused),
        ("2852039166", Reach::Home, Fault::Refused),
        ("::1", Reach::Internet, Fault::Refused),
    ] {
        let (fault, sentence) = told(host, reach).await;
        assert_eq!(fault, expected, "{sentence}");
        assert!(
            sentence.contains("is not called: it leads to"),
            "{sentence}"
        );
    }
    let (fault, _) = told("nowhere.invalid", Reach::Home).await;
    assert_eq!(fault, PASSING);
    assert!(server.letters().is_empty());
}
