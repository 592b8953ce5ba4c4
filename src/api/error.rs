//! How operations fail, and which answer each failure of the program becomes.

use poem::http::StatusCode;
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponses, Registry},
};

use super::problem::{Problem, ProblemJson};
use crate::{
    announcing::{AskError, ChoiceError},
    catalogue::lists::NoList,
    collection::{
        AddError, BulkError, ExportError, FoundError, ImportError, RemoveError,
        lists::{ListError, ReadError},
    },
    connections::ChangeError,
    pipeline::{CheckError, sending::SendError},
    secret::SecretError,
    settings::SettingsError,
    shelving::{MergeError, ScanError, SplitError, WantAgainError},
    store::StoreError,
    taste::{blocked::BlockError, profiles::ProfileError, rules::RuleError},
};

/// Everything that can go wrong in an operation; [`Failure`] says what can in which.
#[derive(ApiResponse)]
pub enum ApiError {
    /// The request cannot be read, or a value in it is wrong.
    #[oai(status = 400)]
    Invalid(ProblemJson),
    /// The key is missing or wrong.
    #[oai(status = 401)]
    Unauthorised(ProblemJson),
    /// There is no such thing.
    #[oai(status = 404)]
    NotFound(ProblemJson),
    /// It contradicts what is there.
    #[oai(status = 409)]
    Conflict(ProblemJson),
    /// The body is larger than is taken here: 1 MiB, or 5 MiB of CSV.
    #[oai(status = 413)]
    TooLarge(ProblemJson),
    /// The body is of a type that is not understood here.
    #[oai(status = 415)]
    UnsupportedMediaType(ProblemJson),
    /// The request can be read, and what it says is not known here.
    #[oai(status = 422)]
    Unprocessable(ProblemJson),
    /// A fault of ours; the log says more.
    #[oai(status = 500)]
    Internal(ProblemJson),
    /// Another program did not do its part.
    #[oai(status = 502)]
    Upstream(ProblemJson),
}

/// It takes a query at most: a parameter can be unknown or wrong (400), the key can be wrong (401), or we (500). All can fail so.
pub const QUERY: u8 = 0;
/// It is about one thing, which may not be there: 404.
pub const ONE: u8 = 1;
/// It takes a body: 413 and 415.
pub const BODY: u8 = 2;
/// It can contradict what is there: 409.
pub const CONFLICT: u8 = 4;
/// It takes what no schema can say, such as an address that has to be one of those that are known: 422.
pub const MEANING: u8 = 8;
/// It needs another program: 502.
pub const UPSTREAM: u8 = 16;

const STATUSES: [(u16, u8); 9] = [
    (400, QUERY),
    (401, QUERY),
    (404, ONE),
    (409, CONFLICT),
    (413, BODY),
    (415, BODY),
    (422, MEANING),
    (500, QUERY),
    (502, UPSTREAM),
];

/// How an operation can fail, so that the document names for each what can happen and nothing else.
pub struct Failure<const CAN: u8>(ApiError);

impl<const CAN: u8, E: Into<ApiError>> From<E> for Failure<CAN> {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl<const CAN: u8> From<Failure<CAN>> for poem::Error {
    fn from(failure: Failure<CAN>) -> Self {
        failure.0.into()
    }
}

impl<const CAN: u8> ApiResponse for Failure<CAN> {
    fn meta() -> MetaResponses {
        let can = |status: u16| {
            STATUSES
                .iter()
                .any(|known| known.0 == status && known.1 & CAN == known.1)
        };
        let mut all = ApiError::meta();
        all.responses
            .retain(|response| response.status.is_some_and(can));
        all
    }

    fn register(registry: &mut Registry) {
        ApiError::register(registry);
    }
}

impl ApiError {
    /// What it says.
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Invalid(ProblemJson(problem))
            | Self::Unauthorised(ProblemJson(problem))
            | Self::NotFound(ProblemJson(problem))
            | Self::Conflict(ProblemJson(problem))
            | Self::TooLarge(ProblemJson(problem))
            | Self::UnsupportedMediaType(ProblemJson(problem))
            | Self::Unprocessable(ProblemJson(problem))
            | Self::Internal(ProblemJson(problem))
            | Self::Upstream(ProblemJson(problem)) => problem,
        }
    }

    /// 400 for one field.
    pub fn field(field: &str, problem: impl Into<String>) -> Self {
        Self::fields(vec![(field.to_owned(), problem.into())])
    }

    /// 400 for several fields.
    pub fn fields(fields: Vec<(String, String)>) -> Self {
        Self::Invalid(ProblemJson(Problem::fields(fields)))
    }

    /// 400 for several fields of known names.
    pub fn named(fields: Vec<(&'static str, String)>) -> Self {
        Self::fields(
            fields
                .into_iter()
                .map(|(field, problem)| (field.to_owned(), problem))
                .collect(),
        )
    }

    /// 404 for a thing with a number.
    pub fn unknown(what: &str, id: i64) -> Self {
        Self::NotFound(ProblemJson(Problem::not_found(format!(
            "there is no {what} with the number {id}"
        ))))
    }

    /// 404 for a thing without a number.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::NotFound(ProblemJson(Problem::not_found(detail.into())))
    }

    /// 409.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict(ProblemJson(Problem::new(
            StatusCode::CONFLICT,
            "conflict",
            "Conflict",
            detail,
        )))
    }

    /// 409 with what there is already.
    pub fn taken(id: i64, detail: impl Into<String>) -> Self {
        let problem = Problem::new(StatusCode::CONFLICT, "conflict", "Conflict", detail);
        Self::Conflict(ProblemJson(Problem {
            existing: Some(id),
            ..problem
        }))
    }

    /// 422.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::Unprocessable(ProblemJson(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unprocessable",
            "Not known here",
            detail,
        )))
    }

    /// 502.
    pub fn upstream(detail: impl Into<String>) -> Self {
        Self::Upstream(ProblemJson(Problem::new(
            StatusCode::BAD_GATEWAY,
            "upstream",
            "Another program failed",
            detail,
        )))
    }

    /// 500; the cause goes to the log, not to the caller.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes = format!("{causes}: {cause}");
            source = cause.source();
        }
        tracing::error!(error = causes, "a request failed");
        Self::Internal(ProblemJson(Problem::internal()))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Mistakes(mistakes) => Self::named(mistakes),
            ChangeError::Unknown { role, id } => Self::unknown(role, id),
            ChangeError::Store(error) => error.into(),
            ChangeError::NameTaken {
                existing: Some(id), ..
            } => Self::taken(id, error.to_string()),
            error @ (ChangeError::NameTaken { existing: None, .. }
            | ChangeError::InFile(_)
            | ChangeError::InUse { .. }
            | ChangeError::Wanted { .. }
            | ChangeError::Secret(_)) => Self::conflict(error.to_string()),
        }
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        Self::conflict(error.to_string())
    }
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Wrong(wrong) => Self::named(
                wrong
                    .into_iter()
                    .map(|wrong| (wrong.name, wrong.problem))
                    .collect(),
            ),
            SettingsError::Store(error) => error.into(),
            error @ SettingsError::Locked(_) => Self::conflict(error.to_string()),
        }
    }
}

impl From<ScanError> for ApiError {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Store(error) => error.into(),
            ScanError::Port(error) => Self::upstream(error.to_string()),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<WantAgainError> for ApiError {
    fn from(error: WantAgainError) -> Self {
        match error {
            WantAgainError::Store(error) => error.into(),
            error @ WantAgainError::OnShelf(_) => Self::field("volumes", error.to_string()),
        }
    }
}

impl From<MergeError> for ApiError {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Store(error) => error.into(),
            MergeError::UnknownSeries(_)
            | MergeError::MergedAway { .. }
            | MergeError::UnknownMerge(_) => Self::not_found(error.to_string()),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<SplitError> for ApiError {
    fn from(error: SplitError) -> Self {
        match error {
            SplitError::Store(error) => error.into(),
            SplitError::Series(error) => error.into(),
            SplitError::Title(problem) => Self::field("title", problem),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Store(error) => error.into(),
            SendError::UnknownOffer(id) => Self::unknown("offer", id),
            SendError::UnknownGrab(id) => Self::unknown("grab", id),
            SendError::NoVolumes(_) | SendError::OtherEdition(_) | SendError::NotInIt(_) => {
                Self::field("volumes", error.to_string())
            }
            SendError::Failed(detail) => Self::upstream(detail),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<ProfileError> for ApiError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Wrong(mistakes) => Self::named(mistakes),
            ProfileError::Store(error) => error.into(),
            ProfileError::Unknown(_) => Self::not_found(error.to_string()),
            ProfileError::InFile(_) | ProfileError::Used(_) => Self::conflict(error.to_string()),
        }
    }
}

impl From<RuleError> for ApiError {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Broken(problem) => Self::field("when", problem),
            RuleError::Store(error) => error.into(),
            RuleError::NameTaken { existing: Some(id) } => Self::taken(id, error.to_string()),
            RuleError::InFile(_) | RuleError::NameTaken { existing: None } => {
                Self::conflict(error.to_string())
            }
            RuleError::Unknown(_) | RuleError::NoSuch(_) => Self::not_found(error.to_string()),
        }
    }
}

impl From<BulkError> for ApiError {
    fn from(error: BulkError) -> Self {
        match error {
            BulkError::Store(error) => error.into(),
            error @ BulkError::EmptyRange { .. } => Self::conflict(error.to_string()),
        }
    }
}

impl From<ChoiceError> for ApiError {
    fn from(error: ChoiceError) -> Self {
        match error {
            ChoiceError::Store(error) => error.into(),
            ChoiceError::UnknownSeries(_) => Self::not_found(error.to_string()),
            ChoiceError::NoId(..) => Self::field("id", error.to_string()),
        }
    }
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Store(error) => error.into(),
            AskError::Choice(error) => error.into(),
            AskError::NotThere(_) => Self::not_found(error.to_string()),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Wrong(mistakes) => Self::named(mistakes),
            AddError::Store(error) => error.into(),
            AddError::Known { id, .. }
            | AddError::Alias { id, .. }
            | AddError::Foreign { id, .. } => Self::taken(id, error.to_string()),
        }
    }
}

impl From<FoundError> for ApiError {
    fn from(error: FoundError) -> Self {
        match error {
            FoundError::Store(error) => error.into(),
            FoundError::Ask(error) => error.into(),
            FoundError::Add(error) => error.into(),
            FoundError::Id(error) => error.into(),
            FoundError::NoIsbn => Self::field("isbn", error.to_string()),
            FoundError::NoKind(_) => Self::field("kind", error.to_string()),
            FoundError::NotThere { .. } | FoundError::NoVolume { .. } => {
                Self::not_found(error.to_string())
            }
            FoundError::Several { .. } => Self::conflict(error.to_string()),
            FoundError::Chosen { id, .. } => Self::taken(id, error.to_string()),
        }
    }
}

impl From<RemoveError> for ApiError {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::Store(error) => error.into(),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Sheet(error) => Self::field("body", error.to_string()),
            ImportError::Store(error) => error.into(),
        }
    }
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        Self::internal(&error)
    }
}

impl From<ListError> for ApiError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Store(error) => error.into(),
            ListError::NoState => Self::field("states", error.to_string()),
            ListError::Known(id) => Self::taken(id, error.to_string()),
            ListError::Unknown(id) => Self::unknown("list", id),
            ListError::TooMany => Self::conflict(error.to_string()),
        }
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::List(error) => error.into(),
            ReadError::NotAsked(error) => error.into(),
            ReadError::NoList(NoList::NotAsked(error)) => Self::upstream(error.to_string()),
            error @ ReadError::NoList(_) => Self::conflict(error.to_string()),
        }
    }
}

impl From<BlockError> for ApiError {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::Store(error) => error.into(),
            error => Self::not_found(error.to_string()),
        }
    }
}

impl From<CheckError> for ApiError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Store(error) => error.into(),
            error => Self::conflict(error.to_string()),
        }
    }
}
