//! The bodies of Jellyfin's webhook plugin. It tells of no book (v21 has a list of types that it tells of, and books are not on it) and
//! never a path: all that reaches us from a library of books is that a task ended.

use super::{Effect, Fields, Reading};

pub fn read(fields: &Fields<'_>) -> Reading {
    let Some(event) = fields.text("/NotificationType") else {
        return Reading::unknown("it has no NotificationType");
    };
    let kind = fields.text("/ItemType");
    let is_book = kind.is_none_or(|kind| kind.eq_ignore_ascii_case("book"));
    let effect = match event.to_ascii_lowercase().as_str() {
        "taskcompleted" => Effect::Look,
        "itemadded" | "itemdeleted" if is_book => Effect::Look,
        "itemadded" | "itemdeleted" => Effect::Nothing {
            why: "it is about no book",
        },
        "none"
        | "generic"
        | "playbackstart"
        | "playbackprogress"
        | "playbackstop"
        | "subtitledownloadfailure"
        | "authenticationfailure"
        | "authenticationsuccess"
        | "sessionstart"
        | "pendingrestart"
        | "plugininstallationcancelled"
        | "plugininstallationfailed"
        | "plugininstalled"
        | "plugininstalling"
        | "pluginuninstalled"
        | "pluginupdated"
        | "usercreated"
        | "userdeleted"
        | "userlockedout"
        | "userpasswordchanged"
        | "userupdated"
        | "userdatasaved" => Effect::Nothing {
            why: "it is about no library",
        },
        _ => Effect::Unknown {
            why: "its NotificationType is not known",
        },
    };
    Reading::of(&event, effect)
}
