//! Paging, as every list has it.

use poem_openapi::{
    Object,
    types::{ParseFromJSON, ToJSON, Type},
};

use crate::store::{self, Window};

/// Records of one page at most.
const MOST: u32 = 200;

/// One page of a list.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Page<T: Type + ParseFromJSON + ToJSON> {
    /// Which page, from 1.
    pub page: u32,
    /// Records of a page at most.
    pub page_size: u32,
    /// Records in all.
    pub total_records: i64,
    /// The records of this page.
    pub records: Vec<T>,
}

/// Which page was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    page: u32,
    size: u32,
}

impl Asked {
    /// From `page` and `pageSize`, whose bounds the document states.
    pub fn new(page: Option<u32>, size: Option<u32>) -> Self {
        Self {
            page: page.unwrap_or(1).max(1),
            size: size.unwrap_or(50).clamp(1, MOST),
        }
    }

    /// The rows of it.
    pub fn window(self) -> Window {
        Window {
            limit: i64::from(self.size),
            offset: (i64::from(self.page) - 1) * i64::from(self.size),
        }
    }

    /// The answer.
    pub fn of<R, T: Type + ParseFromJSON + ToJSON>(
        self,
        page: store::Page<R>,
        view: impl FnMut(R) -> T,
    ) -> Page<T> {
        Page {
            page: self.page,
            page_size: self.size,
            total_records: page.total,
            records: page.records.into_iter().map(view).collect(),
        }
    }
}
