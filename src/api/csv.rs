//! Tables as bodies, both ways.

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    error::ContentTypeError,
    payload::PlainText,
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef},
};

/// A table as it was sent.
pub struct Csv(pub Vec<u8>);

impl Csv {
    /// What it is sent as.
    pub const CONTENT_TYPE: &'static str = "text/csv";
}

impl<'a> ApiExtractor<'a> for Csv {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some("A table in UTF-8, with a line of names first."),
            content: vec![MetaMediaType {
                content_type: Self::CONTENT_TYPE,
                schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let kind = request.content_type().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(Self::CONTENT_TYPE) {
            return Err(ContentTypeError::ExpectContentType.into());
        }
        Ok(Self(body.take()?.into_vec().await?))
    }
}

/// A table that is kept as a file.
#[derive(ApiResponse)]
pub enum CsvFile {
    /// The file, in UTF-8, with a line of names first.
    #[oai(status = 200, content_type = "text/csv")]
    File(
        PlainText<String>,
        /// Its name.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

impl CsvFile {
    /// Which a browser calls `lacunarr-` and this name.
    pub fn named(name: &str, table: Vec<u8>) -> Self {
        let table = String::from_utf8(table).expect("a table is written from text");
        let disposition = format!("attachment; filename=\"lacunarr-{name}.csv\"");
        Self::File(PlainText(table), disposition)
    }
}
