//! The texts of a body, by JSON pointers (RFC 6901) in which `*` stands for every item of a list.

use serde_json::Value;

use super::MOST;

/// Of a body that is JSON, or a form.
pub struct Fields<'a>(pub &'a Value);

impl Fields<'_> {
    /// Every text that stands there, in a list too; numbers as they are written. Blank ones are none.
    pub fn texts(&self, pointer: &str) -> Vec<String> {
        let mut found = Vec::new();
        match pointer.split_once("/*") {
            Some((list, below)) => {
                let items = self.0.pointer(list).and_then(Value::as_array);
                for item in items.into_iter().flatten().take(MOST) {
                    put(item.pointer(below), &mut found);
                }
            }
            None => put(self.0.pointer(pointer), &mut found),
        }
        found
    }

    /// The first of them.
    pub fn text(&self, pointer: &str) -> Option<String> {
        self.texts(pointer).into_iter().next()
    }

    /// Every text that stands at any of these.
    pub fn all(&self, pointers: &[&str]) -> Vec<String> {
        let texts = pointers.iter().flat_map(|pointer| self.texts(pointer));
        texts.take(MOST).collect()
    }
}

fn put(value: Option<&Value>, found: &mut Vec<String>) {
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => found.push(text.trim().to_owned()),
        Some(Value::Number(number)) => found.push(number.to_string()),
        Some(Value::Array(items)) => {
            let texts = items.iter().filter(|item| !item.is_array()).take(MOST);
            texts.for_each(|item| put(Some(item), found));
        }
        _ => {}
    }
}
