//! JSON bodies, both ways. What comes in is held against its description first, so that every mistake has a name and a sentence.

use std::ops::Deref;

use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    error::ContentTypeError,
    payload::Payload,
    registry::{
        MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef,
        Registry,
    },
    types::{ParseFromJSON, ToJSON, Type},
};
use serde_json::Value;

use super::{error::ApiError, explain};

/// A JSON body.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Type> Payload for Json<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        let subtype = kind
            .get(..12)
            .filter(|start| start.eq_ignore_ascii_case("application/"))
            .map(|start| kind[start.len()..].to_ascii_lowercase());
        subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ToJSON> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type(Self::CONTENT_TYPE)
            .body(self.0.to_json_string())
    }
}

impl<T: ToJSON> ApiResponse for Json<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "What was asked for, as it is now.",
                status: Some(200),
                status_range: None,
                content: vec![media_type::<T>()],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Json<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
        close(registry, &T::schema_ref());
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![media_type::<T>()],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match request.content_type() {
            Some(kind) if Self::check_content_type(kind) => {}
            _ => return Err(ContentTypeError::ExpectContentType.into()),
        }
        let bytes = body.take()?.into_vec().await?;
        read(&bytes).map(Self).map_err(Into::into)
    }
}

fn media_type<T: Type>() -> MetaMediaType {
    MetaMediaType {
        content_type: Json::<T>::CONTENT_TYPE,
        schema: T::schema_ref(),
    }
}

/// An object of a body, and every object in it, takes no other fields than those that it names.
fn close(registry: &mut Registry, schema: &MetaSchemaRef) {
    let inner: Vec<MetaSchemaRef> = match schema {
        MetaSchemaRef::Reference(name) => match registry.schemas.get_mut(name) {
            Some(known) if known.ty == "object" && known.additional_properties.is_none() => {
                known.additional_properties = Some(nothing_else());
                known
                    .properties
                    .iter()
                    .map(|property| property.1.clone())
                    .collect()
            }
            _ => Vec::new(),
        },
        MetaSchemaRef::Inline(schema) => {
            let items = schema.items.iter().map(|items| (**items).clone());
            items.chain(schema.all_of.iter().cloned()).collect()
        }
    };
    inner.iter().for_each(|schema| close(registry, schema));
}

/// Stands for `"additionalProperties": false`, which poem has no value for; see [`said_plainly`].
fn nothing_else() -> Box<MetaSchemaRef> {
    Box::new(MetaSchemaRef::Inline(Box::new(MetaSchema::new("nothing"))))
}

/// The document with what poem could not say in it, and without what generators stumble over.
pub fn said_plainly(document: &str) -> String {
    let document = document.replace(
        "\"additionalProperties\": {\n          \"type\": \"nothing\"\n        }",
        "\"additionalProperties\": false",
    );
    said_once(&document)
}

/// A described property of another schema is `allOf` of that and of its description again; with the reference alone it is still described, and
/// generators see that it is just that schema.
fn said_once(document: &str) -> String {
    let lines: Vec<&str> = document.lines().collect();
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let before = kept.len().checked_sub(2);
        let is_behind_reference =
            before.is_some_and(|before| kept[before].trim().starts_with("\"$ref\": "));
        match (kept.last_mut(), said_again(&lines[at..])) {
            (Some(last), Some(lines)) if is_behind_reference => {
                *last = last.trim_end_matches(',');
                at += lines;
            }
            _ => {
                kept.push(lines[at]);
                at += 1;
            }
        }
    }
    kept.join("\n")
}

/// How many lines are the last of an array, which holds a description or a default and nothing else.
fn said_again(lines: &[&str]) -> Option<usize> {
    let said = ["\"description\": ", "\"default\": "];
    let mut lines = lines.iter().map(|line| line.trim());
    if lines.next() != Some("{") {
        return None;
    }
    let mut count = 1;
    for line in lines.by_ref() {
        count += 1;
        if line == "}" {
            break;
        }
        if !said.iter().any(|said| line.starts_with(said)) {
            return None;
        }
    }
    lines.next()?.starts_with(']').then_some(count)
}

fn read<T: ParseFromJSON>(bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.is_empty() {
        return Err(ApiError::field("body", "it is empty; send a JSON object"));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        ApiError::field("body", format!("it is not JSON that can be read: {error}"))
    })?;
    let mistakes = explain::mistakes(&T::schema_ref(), &value);
    if !mistakes.is_empty() {
        return Err(ApiError::fields(mistakes));
    }
    T::parse_from_json(Some(value)).map_err(|error| ApiError::field("body", error.into_message()))
}
