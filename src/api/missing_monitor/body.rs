//! Bodies and queries of the old routes. What has an odd type is told with its name and what it should be.

use serde_json::{Map, Value};

use super::Refusal;
use crate::domain::volume::VolumeNumber;

/// Entries of a list at most.
const MOST: usize = 50;

/// The fields of a JSON object; none when nothing was sent.
pub struct Body {
    fields: Map<String, Value>,
    /// In front of their names, in what is told.
    place: &'static str,
}

impl Body {
    /// Reads what was sent.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let value = match bytes {
            [] => Value::Null,
            bytes => serde_json::from_slice(bytes).map_err(|error| {
                Refusal::invalid(format!("the body is not JSON that can be read: {error}"))
            })?,
        };
        let fields = match value {
            Value::Null => Map::new(),
            Value::Object(fields) => fields,
            _ => return Err(Refusal::invalid("the body must be a JSON object")),
        };
        Ok(Self { fields, place: "" })
    }

    /// The names of its fields, as they are told.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let shown = |name: &String| name.chars().take(60).collect::<String>();
        self.fields
            .keys()
            .map(move |name| format!("{}{}", self.place, shown(name)))
    }

    /// An object in it.
    pub fn part(&self, name: &str, place: &'static str) -> Result<Self, Refusal> {
        let fields = match self.given(name) {
            None => Map::new(),
            Some(Value::Object(fields)) => fields.clone(),
            Some(_) => return Err(self.wrong(name, "an object")),
        };
        Ok(Self { fields, place })
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(name, "true or false")),
        }
    }

    /// A whole number above 0.
    pub fn count(&self, name: &str) -> Result<Option<u32>, Refusal> {
        let count = |value: &Value| match value {
            Value::String(text) => text.trim().parse().ok(),
            value => value.as_u64(),
        };
        let Some(value) = self.given(name) else {
            return Ok(None);
        };
        let count = count(value).and_then(|count| u32::try_from(count).ok());
        match count {
            Some(count) if count > 0 => Ok(Some(count)),
            _ => Err(self.wrong(name, "a whole number above 0")),
        }
    }

    /// Text that is not empty and has at most `longest` characters.
    pub fn text(&self, name: &str, longest: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.given(name) else {
            return Ok(None);
        };
        let text = value
            .as_str()
            .map(str::trim)
            .filter(|text| is_text(text, longest));
        match text {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(self.wrong(name, &format!("text of 1 to {longest} characters"))),
        }
    }

    /// Text that has to be there.
    pub fn needed(&self, name: &str, longest: usize) -> Result<String, Refusal> {
        let missing = || Refusal::invalid(format!("{}{name} is missing", self.place));
        self.text(name, longest)?.ok_or_else(missing)
    }

    /// Names, as of sources.
    pub fn list(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let wrong = || self.wrong(name, &format!("a list of at most {MOST} names"));
        let Some(value) = self.given(name) else {
            return Ok(None);
        };
        let names = value.as_array().filter(|names| names.len() <= MOST);
        names
            .ok_or_else(wrong)?
            .iter()
            .map(|name| {
                let name = name.as_str().filter(|name| is_text(name, 60));
                name.map(str::to_owned).ok_or_else(wrong)
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// The volume, as a number or as text. 0 meant "none" in the old program, and is refused as it was.
    pub fn volume(&self, name: &str) -> Result<VolumeNumber, Refusal> {
        let text = match self.given(name) {
            None => return Err(Refusal::invalid(format!("{}{name} is missing", self.place))),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(_) => String::new(),
        };
        text.parse()
            .ok()
            .filter(|volume: &VolumeNumber| volume.hundredths() > 0)
            .ok_or_else(|| self.wrong(name, "a volume number above 0, such as 3 or 10.5"))
    }

    fn given(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, expected: &str) -> Refusal {
        Refusal::invalid(format!("{}{name} must be {expected}", self.place))
    }
}

fn is_text(text: &str, longest: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
}

/// The query of a URL.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the `?`.
    pub fn read(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The first of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        Body::read(text.as_bytes()).expect("an object")
    }

    #[test]
    fn volumes_are_read_as_scripts_write_them() {
        for (text, volume) in [
            ("3", "3"),
            ("3.0", "3"),
            ("10.5", "10.5"),
            ("\" 7 \"", "7"),
            ("9999", "9999"),
        ] {
            let read = body(&format!("{{\"volume_num\": {text}}}")).volume("volume_num");
            assert_eq!(read.expect(text).to_string(), volume);
        }
        for text in [
            "0", "-1", "1e9", "10.555", "true", "[3]", "\"x\"", "\"\"", "null", "99999",
        ] {
            let read = body(&format!("{{\"volume_num\": {text}}}")).volume("volume_num");
            let refusal = read.expect_err(text);
            assert!(
                refusal.error.starts_with("volume_num "),
                "{}",
                refusal.error
            );
        }
    }

    #[test]
    fn an_odd_type_is_told_with_its_name_and_what_it_should_be() {
        let odd = body(
            r#"{"flag": "yes", "count": 0, "text": " ", "list": [1], "part": [], "name": "a\u0000b"}"#,
        );
        let errors = [
            odd.flag("flag").expect_err("a flag").error,
            odd.count("count").expect_err("a count").error,
            odd.text("text", 5).expect_err("a text").error,
            odd.list("list").expect_err("a list").error,
            odd.part("part", "").err().expect("a part").error,
            odd.text("name", 5).expect_err("a name").error,
        ];
        assert_eq!(
            errors,
            [
                "flag must be true or false",
                "count must be a whole number above 0",
                "text must be text of 1 to 5 characters",
                "list must be a list of at most 50 names",
                "part must be an object",
                "name must be text of 1 to 5 characters",
            ]
        );
    }

    #[test]
    fn what_is_no_object_is_refused_and_nothing_is_empty() {
        assert_eq!(Body::read(b"").expect("nothing").names().count(), 0);
        assert_eq!(Body::read(b"null").expect("nothing").names().count(), 0);
        for bad in ["[]", "3", "{", "{\"a\":}", "\u{fffd}"] {
            assert!(Body::read(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Body::read(&b"[".repeat(100_000)).is_err());
    }
}
