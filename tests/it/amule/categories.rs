//! Categories of the real amuled: by name, wherever they are in its list.

use lacunarr::download::amule::{Amule, AmulePlace};

use super::{link, place};
use crate::stand_in::real_amule::RealAmule;

#[tokio::test]
async fn a_category_is_found_by_name_wherever_it_is_and_made_when_it_is_not() {
    let real = RealAmule::start();
    let in_category = |name: &str| {
        Amule::new(AmulePlace {
            category: Some(name.into()),
            ..place(real.port())
        })
    };
    let shelf = real.elsewhere("bd shelf");
    real.make_category("first", &real.incoming());
    real.make_category("BD", &shelf);
    let client = in_category("BD");
    assert_eq!(
        client.folder().await.expect("a folder"),
        shelf.to_str().expect("UTF-8")
    );
    let (one, other) = (link("One.cbz", 1), link("Other.cbz", 2));
    client.add(&one).await.expect("added");
    assert_eq!(real.category_of(one.id.md4), 2);
    let contents = client
        .contents(&one.id)
        .await
        .expect("an answer")
        .expect("a download");
    assert_eq!(
        (
            contents.folder.as_str(),
            contents.files[0].path.as_str(),
            contents.files[0].bytes
        ),
        (shelf.to_str().expect("UTF-8"), "One.cbz", 1_234_567)
    );

    // While we are connected another category goes: the same name has another index.
    real.remove_category(1);
    client.add(&other).await.expect("added");
    assert_eq!(
        (real.category_of(one.id.md4), real.category_of(other.id.md4)),
        (1, 1)
    );

    // One that is not there is made, once.
    let made = in_category("Mangas à lire");
    assert_eq!(
        made.folder().await.expect("a folder"),
        real.incoming().to_str().expect("UTF-8")
    );
    for (digit, name) in [(3, "Made 1.cbz"), (4, "Made 2.cbz")] {
        let link = link(name, digit);
        made.add(&link).await.expect("added");
        assert_eq!(real.category_of(link.id.md4), 2);
        let contents = made
            .contents(&link.id)
            .await
            .expect("an answer")
            .expect("a download");
        assert_eq!(contents.folder, real.incoming().to_str().expect("UTF-8"));
    }
    // None is asked for.
    let none = in_category("");
    none.add(&link("None.cbz", 5)).await.expect("added");
    assert_eq!(real.category_of([0x55; 16]), 0);
}
