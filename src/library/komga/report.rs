//! Who we are for Komga, what it shows us, and what will not work.

use reqwest::Method;
use serde_json::json;

use super::{
    answers::{Info, LibraryEntry, User},
    asking::{Asking, List},
};
use crate::ports::{PortError, TestReport};

/// What a test says.
///
/// # Errors
/// When it cannot be asked, or does not let us in.
pub async fn report(asking: &Asking) -> Result<TestReport, PortError> {
    let request = asking.request(Method::GET, "api/v2/users/me");
    let answer = asking.send(request).await?;
    let user: User = answer.json()?;
    let name: String = answer.harmless(&user.email).chars().take(60).collect();
    let libraries = asking.libraries().await?;
    let series = count(asking, "api/v1/series/list", &libraries).await?;
    let books = count(asking, "api/v1/books/list", &libraries).await?;
    let program = match version(asking).await? {
        Some(version) => format!("Komga {version}"),
        None => "Komga".to_owned(),
    };
    let role = if user.is_admin() {
        ", administrator"
    } else {
        ""
    };
    let names: Vec<String> = libraries
        .iter()
        .take(20)
        .map(|library| answer.harmless(&library.name).chars().take(60).collect())
        .collect();
    Ok(TestReport {
        program: format!(
            "{program} ({name}{role}): {} with {series} series and {books} books",
            match names.is_empty() {
                true => "no library".to_owned(),
                false => names.join(", "),
            }
        ),
        warnings: warnings(&user, &libraries, books),
    })
}

/// How many records a list has that are not in the trash.
async fn count(asking: &Asking, path: &str, libraries: &[LibraryEntry]) -> Result<u64, PortError> {
    let mut conditions = vec![json!({"deleted": {"operator": "isFalse"}})];
    if let Some(id) = asking.chosen_of(libraries) {
        conditions.push(json!({"libraryId": {"operator": "is", "value": id}}));
    }
    let list = List {
        path,
        query: &[],
        conditions: Some(json!({"condition": {"allOf": conditions}})),
    };
    let page = asking.page(&list, 0, 1, |_| ()).await?;
    Ok(page.total)
}

/// None when this user may not know it.
async fn version(asking: &Asking) -> Result<Option<String>, PortError> {
    let Some(answer) = asking.look("actuator/info").await? else {
        return Ok(None);
    };
    let version = answer.json::<Info>()?.build.version;
    let version: String = answer.harmless(&version).chars().take(40).collect();
    Ok(Some(version).filter(|version| !version.is_empty()))
}

fn warnings(user: &User, libraries: &[LibraryEntry], books: u64) -> Vec<String> {
    let mut warnings = Vec::new();
    if !user.is_admin() {
        warnings.push(
            "this user is no administrator: Komga hides where files are, says not when its own work is done, and takes no request to scan"
                .to_owned(),
        );
    }
    let away = libraries.iter().filter(|library| library.unavailable);
    warnings.extend(away.map(|library| {
        let name: String = library.name.chars().take(60).collect();
        format!("Komga cannot read the folder of {name}; check that its disk is mounted")
    }));
    if libraries.is_empty() {
        warnings.push("this user may see no library; give it one in Komga".to_owned());
    } else if books == 0 {
        warnings.push("there is no book in it; has Komga scanned it?".to_owned());
    }
    warnings
}
