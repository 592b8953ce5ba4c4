//! The real amuled ends and starts again, and is asked much at once.

use futures_util::future::join_all;
use lacunarr::ports::{Added, PortError};

use super::{client, link};
use crate::stand_in::real_amule::RealAmule;

#[tokio::test]
async fn it_may_end_and_start_again_between_two_questions() {
    let mut real = RealAmule::start();
    let client = client(&real);
    let (one, other) = (link("Before.cbz", 1), link("After.cbz", 2));
    client.add(&one).await.expect("added");
    real.stop();
    for _ in 0..2 {
        let error = client.find(&one.id).await.expect_err("nobody is there");
        assert!(
            matches!(error, PortError::Unreachable { .. }) && error.is_uncertain(),
            "{error}"
        );
        let error = client.add(&other).await.expect_err("nobody is there");
        assert!(matches!(error, PortError::Unreachable { .. }), "{error}");
    }
    real.start_again();
    // It answers nobody before it has read what it had: a wrong "not there" would send twice.
    assert!(client.find(&one.id).await.expect("an answer").is_some());
    assert_eq!(client.find(&other.id).await.expect("an answer"), None);
    // And once more without a question that fails in between.
    real.stop();
    real.start_again();
    assert_eq!(client.add(&other).await.expect("added"), Added::New);
}

#[tokio::test]
async fn many_at_once_are_asked_one_behind_the_other() {
    let real = RealAmule::start();
    let client = client(&real);
    let links: Vec<_> = (1..10)
        .map(|digit| link(&format!("Many {digit}.cbz"), digit))
        .collect();
    let ends = join_all(links.iter().chain(&links).map(|link| client.add(link))).await;
    assert!(ends.iter().all(Result::is_ok), "{ends:?}");
    let listed = real.amulecmd("show dl");
    assert_eq!(listed.matches("Many ").count(), links.len(), "{listed}");
}
