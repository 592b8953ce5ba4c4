//! The first evening with a large library, series that are not owned yet, and all of it as a table.

mod many;
mod not_owned;
mod table;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::program::{Home, Program, shelve};

/// A library that was made through the API: nothing in it is monitored.
struct Evening {
    program: Program,
    library: i64,
    folder: TempDir,
    _home: Home,
}

impl Evening {
    /// With these series and their volumes.
    async fn with(series: &[(&str, &[u32])]) -> Self {
        Self::of(Home::new().await, series).await
    }

    async fn of(home: Home, series: &[(&str, &[u32])]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (title, volumes) in series {
            shelve(folder.path(), title, volumes);
        }
        let program = home.start().await;
        let made = json!({"name": "manga", "path": folder.path()});
        let library = program.post("libraries", made).await["id"].as_i64();
        program.scanned().await;
        Self {
            program,
            library: library.expect("a number"),
            folder,
            _home: home,
        }
    }

    async fn series(&self, title: &str) -> Value {
        let found = self.program.get(&format!("series?title={title}")).await;
        found["records"][0].clone()
    }

    async fn change(&self, title: &str, change: Value) {
        let path = format!("series/{}", self.series(title).await["id"]);
        let (status, body) = self.program.ask("PATCH", &path, Some(change)).await;
        assert_eq!(status, 200, "{body}");
    }

    async fn told(&self, kind: &str) -> Vec<Value> {
        let history = self
            .program
            .get(&format!("history?type={kind}&pageSize=200"))
            .await;
        history["records"].as_array().expect("records").clone()
    }
}
