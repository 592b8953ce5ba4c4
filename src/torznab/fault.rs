//! What is answered when there is no feed: the codes of Newznab (inhies' specification, §1.5 of the torznab documents), each with the status
//! that makes its consumers say so. Pure.

use super::xml;

/// Why there is no feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The key is missing or wrong. With HTTP 200 most consumers take it for "nothing found"; with 401 they say it.
    Credentials,
    /// A parameter that has to be there is not.
    Missing(&'static str),
    /// A parameter is not what it has to be.
    Incorrect(&'static str),
    /// A function that nobody knows.
    NoSuchFunction(String),
    /// A function that others have.
    NotAvailable(String),
    /// There is no such feed.
    NoSuchFeed,
    /// The release is not offered any more.
    Gone,
    /// It could not be had, which says nothing of the others; why.
    NotHad(String),
    /// Its source wants to be left alone now.
    Later {
        /// Why.
        cause: String,
        /// Seconds.
        retry_after: u64,
    },
    /// It should not happen.
    Unknown,
}

/// Letters of a function that are repeated.
const LONGEST_NAME: usize = 40;

impl Fault {
    /// A function by its name, cut.
    pub(super) fn function(make: fn(String) -> Self, name: &str) -> Self {
        make(name.chars().take(LONGEST_NAME).collect())
    }

    /// Its code in the document.
    pub fn code(&self) -> u16 {
        match self {
            Self::Credentials => 100,
            Self::Missing(_) => 200,
            Self::Incorrect(_) => 201,
            Self::NoSuchFunction(_) => 202,
            Self::NotAvailable(_) => 203,
            Self::NoSuchFeed | Self::Gone => 300,
            Self::Later { .. } => 500,
            Self::NotHad(_) | Self::Unknown => 900,
        }
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Credentials => 401,
            Self::Missing(_)
            | Self::Incorrect(_)
            | Self::NoSuchFunction(_)
            | Self::NotAvailable(_) => 400,
            Self::NoSuchFeed => 404,
            Self::Gone => 410,
            Self::Later { .. } => 429,
            Self::NotHad(_) => 503,
            Self::Unknown => 500,
        }
    }

    /// The texts of the specification where it has one: consumers look for them.
    fn description(&self) -> String {
        match self {
            Self::Credentials => "Incorrect user credentials".into(),
            Self::Missing(name) => format!("Missing parameter ({name})"),
            Self::Incorrect(name) => format!("Incorrect parameter ({name})"),
            Self::NoSuchFunction(name) => format!("No such function ({name})"),
            Self::NotAvailable(name) => format!("Function not available ({name})"),
            Self::NoSuchFeed => "No such feed; there are found, fresh and ebdz".into(),
            Self::Gone => "No such item: its source does not offer it any more".into(),
            Self::NotHad(cause) => cause.clone(),
            Self::Later { cause, .. } => format!("Request limit reached: {cause}"),
            Self::Unknown => "Unknown error".into(),
        }
    }

    /// The document.
    pub fn document(&self) -> String {
        let mut writer = xml::document();
        writer.empty(
            "error",
            &[
                ("code", &self.code().to_string()),
                ("description", &self.description()),
            ],
        );
        writer.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_are_those_of_the_specification() {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        let later = Fault::Later {
            cause: "\"Nyaa\" & <others>\u{0}".into(),
            retry_after: 60,
        };
        let hostile = Fault::function(Fault::NoSuchFunction, &"<x>".repeat(40));
        for (fault, status, document) in [
            (
                Fault::Credentials,
                401,
                "<error code=\"100\" description=\"Incorrect user credentials\"/>",
            ),
            (
                Fault::Missing("t"),
                400,
                "<error code=\"200\" description=\"Missing parameter (t)\"/>",
            ),
            (
                later,
                429,
                "<error code=\"500\" description=\"Request limit reached: &quot;Nyaa&quot; &amp; &lt;others&gt;\"/>",
            ),
            (
                hostile,
                400,
                "<error code=\"202\" description=\"No such function (&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;x&gt;&lt;)\"/>",
            ),
        ] {
            assert_eq!(fault.document(), format!("{head}{document}"));
            assert_eq!(fault.status(), status);
        }
    }
}
