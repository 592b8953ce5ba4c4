//! The letter itself: text and HTML, in one thread per story. Pure.

use std::time::{Duration, SystemTime};

use lettre::{
    Message as Letter,
    error::Error as LetterError,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{
    domain::telling::Tone,
    notify::plain::{links, of, paragraphs},
    ports::Message,
};

/// The letter for a message.
///
/// # Errors
/// When there is nobody to write to.
pub(super) fn letter(
    message: &Message,
    from: &Mailbox,
    to: &[Mailbox],
) -> Result<Letter, LetterError> {
    let domain = from.email.domain();
    let sent = Duration::from_millis(message.now.unsigned_abs());
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let mut letter = Letter::builder()
        .from(from.clone())
        .subject(one_line(&message.text.title))
        .date(SystemTime::UNIX_EPOCH + sent)
        // The same in every attempt: a mailbox shows a letter once that comes twice.
        .message_id(Some(format!("<{}@{domain}>", message.id)))
        // Nobody's automatic answer comes back (RFC 3834).
        .raw_header(HeaderValue::new(automatic, "auto-generated".into()));
    for mailbox in to {
        letter = letter.to(mailbox.clone());
    }
    if let Some(thread) = &message.thread {
        // Letters that answer the same one stand together, although nobody ever got that one.
        let root = format!("<{}@{domain}>", word(thread));
        letter = letter.references(root.clone()).in_reply_to(root);
    }
    letter.multipart(MultiPart::alternative_plain_html(
        plain(message),
        html(message),
    ))
}

fn plain(message: &Message) -> String {
    let text = paragraphs([
        &one_line(&message.text.title),
        &of(&message.text),
        &links(&message.actions),
    ]);
    format!("{text}\n")
}

fn html(message: &Message) -> String {
    let text = &message.text;
    let colour = match text.tone {
        Tone::Good => "#2a8a4a",
        Tone::News => "#2a6fb0",
        Tone::Ask => "#b07a00",
        Tone::Bad => "#b03030",
    };
    let body = text
        .body
        .trim()
        .lines()
        .map(|line| format!("{}<br>", escaped(line)));
    let facts = text.facts.iter().map(|(name, value)| {
        format!(
            "<tr><td style=\"padding-right:1em;color:#666\">{}</td><td>{}</td></tr>",
            escaped(name),
            escaped(value)
        )
    });
    let links = message.actions.iter().map(|action| {
        format!(
            "<a href=\"{}\">{}</a>",
            escaped(&action.url),
            escaped(&action.label)
        )
    });
    let (body, facts) = (body.collect::<String>(), facts.collect::<String>());
    let links = links.collect::<Vec<_>>().join(" &middot; ");
    format!(
        "<!DOCTYPE html>\n<html><body style=\"font-family:sans-serif\">\n<h2 style=\"color:{colour}\">{}</h2>\n<p>{body}</p>\n<table>{facts}</table>\n<p>{links}</p>\n</body></html>\n",
        escaped(&text.title)
    )
}

/// Other people's words as text and nothing else.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A line that is broken would begin a header of its own.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// For the left side of an id: letters and digits, the others as dots.
fn word(text: &str) -> String {
    let dotted = |character: char| match character.is_ascii_alphanumeric() {
        true => character,
        false => '.',
    };
    text.chars().map(dotted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::telling::Text, ports::Action};

    #[test]
    fn a_letter_says_it_twice_and_belongs_to_its_story() {
        let message = Message {
            id: "msg_0123".into(),
            kind: "grab.sent".into(),
            at: 1_000,
            now: 1_700_000_000_000,
            attempt: 1,
            body: "{}".into(),
            text: Text {
                title: "Sent\r\nBcc: x@y <b>T1</b>".into(),
                body: "One\nTwo & three".into(),
                facts: vec![("Source".into(), "\"Nyaa\"".into())],
                tone: Tone::Good,
            },
            actions: vec![Action {
                label: "Undo".into(),
                url: "https://h/act/a\"b".into(),
            }],
            thread: Some("grab:7".into()),
            earlier: None,
        };
        let [from, to] = ["Lacunarr <l@home.example>", "me@home.example"]
            .map(|address| address.parse::<Mailbox>().expect("an address"));
        let letter = letter(&message, &from, std::slice::from_ref(&to)).expect("a letter");
        let text = String::from_utf8(letter.formatted()).expect("ASCII");
        for line in [
            "Subject: Sent Bcc: x@y <b>T1</b>",
            "Message-ID: <msg_0123@home.example>",
            "References: <grab.7@home.example>",
            "In-Reply-To: <grab.7@home.example>",
            "Auto-Submitted: auto-generated",
            "Date: Tue, 14 Nov 2023 22:13:20 +0000",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line}\n{text}");
        }
        assert_eq!(
            plain(&message),
            "Sent Bcc: x@y <b>T1</b>\n\nOne\nTwo & three\n\nSource: \"Nyaa\"\n\nUndo: https://h/act/a\"b\n"
        );
        let html = html(&message);
        assert!(html.contains("&lt;b&gt;T1&lt;/b&gt;") && html.contains("Two &amp; three<br>"));
        assert!(html.contains("<a href=\"https://h/act/a&quot;b\">Undo</a>"));
        assert!(super::letter(&message, &from, &[]).is_err());
    }
}
