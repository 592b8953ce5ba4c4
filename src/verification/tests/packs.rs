//! Releases of several volumes: each has its own result.

use super::*;

#[test]
fn of_a_pack_of_ten_only_the_selected_three_count() {
    let mut download = Download::new();
    for volume in [3, 5, 7] {
        download.put(&format!("Naruto T{volume:02}.cbz"), &cbz(100));
    }
    // Parts of neighbours, in both ways in which clients keep them, and a whole file that nobody asked for.
    download.put(".unwanted/Naruto T04.cbz", b"part");
    download.put("Naruto T06.cbz.!qB", b"part");
    download.put("Naruto T08.cbz", b"part");
    download.put("Bonus/setup.exe", b"MZ");
    download.selected = Some(
        [3, 5, 7]
            .map(|volume| format!("Naruto T{volume:02}.cbz"))
            .to_vec(),
    );
    let verified = download.verify("3,5,7");
    assert_eq!(outline(&verified), "3=ok 5=ok 7=ok");
    assert_eq!((verified.others, verified.problems), (vec![], vec![]));
    // A selected file that is half-written is still selected.
    fs::rename(
        download.at("Naruto T05.cbz"),
        download.at("Naruto T05.cbz.!qB"),
    )
    .expect("renamed");
    assert_eq!(download.outline("3,5,7"), "3=ok 5=still_written 7=ok");
}

#[test]
fn selected_files_are_named_by_their_path() {
    let mut download = Download::with(&[
        ("Tomes/Élodie/Naruto T03.cbz", &cbz(100)),
        ("Naruto T03.cbz", b"junk"),
    ]);
    download.selected = Some(vec!["Tomes/Élodie/Naruto T03.cbz".into()]);
    assert_eq!(download.outline("3"), "3=ok");
    download.selected = Some(vec!["../Naruto T03.cbz".into(), "/Naruto T03.cbz".into()]);
    assert_eq!(download.outline("3"), "3=lacks_volume");
}

#[test]
fn a_pack_that_lacks_a_volume_keeps_the_others() {
    let download = Download::with(&[("Naruto T01.cbz", &cbz(100)), ("Naruto T02.cbz", &cbz(100))]);
    let verified = download.verify("1-3");
    assert_eq!(outline(&verified), "1=ok 2=ok 3=lacks_volume");
    let fault = verified.volumes[2].1.as_ref().expect_err("it lacks");
    assert_eq!(fault.outcome(), Outcome::Fails);
    assert_eq!(
        fault.to_string(),
        "volume 3 was promised and is not in it; it holds 1-2"
    );
    let empty = Download::with(&[("readme.nfo", b"x")]).verify("3");
    let fault = empty.volumes[0].1.as_ref().expect_err("it is empty");
    assert_eq!(
        fault.to_string(),
        "volume 3 was promised, and no volume is in it"
    );
}

#[test]
fn each_volume_of_a_pack_has_its_own_result() {
    let download = Download::with(&[
        ("Naruto T01.cbz", &cbz(100)),
        ("Naruto T02.cbz", &cbz(10)),
        ("Naruto T03.cbz", b"junk"),
        ("Naruto T04-T06.cbz", &cbz(300)),
        ("Naruto T09.cbz", &cbz(100)),
        ("Naruto T10.cbz", b"junk"),
        ("Naruto - Artbook.cbz", &cbz(100)),
        ("Bonus/clip.mp4", b"video"),
        ("cover.jpg", JPEG),
        ("infos.nfo", b"x"),
    ]);
    let verified = download.verify("1-5");
    assert_eq!(
        outline(&verified),
        "1=ok 2=too_small 3=not_a_book 4=ok 5=ok"
    );
    let others: Vec<String> = verified
        .others
        .iter()
        .map(|(volume, _)| volume.to_string())
        .collect();
    assert_eq!(others, ["6", "9"]);
    let four = verified.volumes[3].1.as_ref().expect("good");
    assert_eq!(four[0].volumes, set("4-6"));
    assert_eq!(problems(&verified), ["foreign_extension", "not_a_book"]);
}

#[test]
fn chapters_are_no_volumes() {
    let chapter = cbz(20);
    let download = Download::with(&[
        ("Naruto Chapitre 018.cbz", &chapter),
        ("Naruto Chapitre 019.cbz", &chapter),
        ("Naruto T03.cbz", &cbz(100)),
    ]);
    let verified = download.verify("2-3");
    assert_eq!(outline(&verified), "2=chapters 3=ok");
    let fault = verified.volumes[0].1.as_ref().expect_err("chapters");
    assert_eq!(fault.to_string(), "it holds chapters (18-19), not volumes");
    let only = Download::with(&[("Naruto Chapitre 018.cbz", &chapter)]);
    assert_eq!(only.outline("2"), "2=chapters");
}

#[test]
fn a_book_without_a_number_may_be_the_one_that_lacks() {
    let download = Download::with(&[("Naruto T01.cbz", &cbz(100)), ("scan.cbz", &cbz(100))]);
    let verified = download.verify("1-2");
    assert_eq!(outline(&verified), "1=ok 2=no_volume");
    let fault = verified.volumes[1].1.as_ref().expect_err("not read");
    assert_eq!(fault.outcome(), Outcome::Review);
    assert_eq!(fault.path, Path::new("scan.cbz"));
    // When nothing lacks, it is only told.
    let verified = download.verify("1");
    assert_eq!(
        (outline(&verified).as_str(), problems(&verified)),
        ("1=ok", vec!["no_volume"])
    );
}
