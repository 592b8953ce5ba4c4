//! What is said of an event in French. Pure.

use super::{
    Said, Tongue,
    day::written,
    phrase::{self, SPACE, THIN, Which},
};
use crate::domain::{event::Event, gaps::Cause, release::Kind};

fn quoted(text: &str) -> String {
    format!("«\u{a0}{}\u{a0}»", phrase::name(text))
}

fn count(counted: u64, one: &'static str, many: &'static str) -> String {
    phrase::count(counted, (one, many), Tongue::French)
}

fn tomes(counted: u64) -> String {
    phrase::count(
        counted,
        phrase::noun(Kind::Auto, Tongue::French),
        Tongue::French,
    )
}

fn said(title: impl Into<String>, body: impl Into<String>) -> Said {
    Said {
        title: title.into(),
        body: body.into(),
    }
}

/// Of one volume in the singular, of several in the plural.
fn agreed(which: &Which<'_>, one: &str, many: &str) -> String {
    if which.is_one() { one } else { many }.to_owned()
}

/// Title and body.
#[expect(
    clippy::too_many_lines,
    reason = "a table of sentences, an event after the other"
)]
pub fn say(event: &Event) -> Said {
    let headline =
        |which: &Which<'_>, one: &str, many: &str| which.headline(one, many, Tongue::French);
    match event {
        Event::LibraryImported {
            library,
            series,
            volumes,
            missing,
        } => said(
            format!(
                "{} lue\u{a0}: {}, {}",
                quoted(library),
                count(*series, "série", "séries"),
                tomes(*volumes)
            ),
            match missing {
                0 => "Il n’y manque rien. Désormais, chaque changement est annoncé.".into(),
                1 => "Il y manque 1 tome. C’est l’état de départ\u{202f}; désormais, chaque changement est annoncé.".into(),
                _ => format!(
                    "Il y manque {}. C’est l’état de départ{THIN}; désormais, chaque changement est annoncé.",
                    tomes(*missing)
                ),
            },
        ),
        Event::SeriesAdded {
            series,
            library,
            volumes,
            missing,
        } => {
            let which = Which { series, volumes };
            let shelf = quoted(library);
            said(
                format!("Nouvelle série\u{a0}: {}", phrase::name(&series.title)),
                match volumes.is_empty() {
                    true => format!("Elle n’a encore rien dans {shelf}."),
                    false => format!(
                        "Dans {shelf}\u{a0}: {}.{}",
                        which.spelled(Tongue::French),
                        match missing.is_empty() {
                            true => String::new(),
                            false => format!(" Manquants\u{a0}: {missing}."),
                        }
                    ),
                },
            )
        }
        Event::VolumeMissing {
            series,
            volume,
            cause,
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let headline = |one, many| headline(&Which { series, volumes }, one, many);
            said(
                match cause {
                    Cause::Damaged => headline("est abîmé", "sont abîmés"),
                    Cause::Doubtful => headline("est incertain", "sont incertains"),
                    Cause::Hole | Cause::Tail => headline("manque", "manquent"),
                },
                match cause {
                    Cause::Damaged => {
                        "Son fichier est là, mais aucun lecteur ne peut l’afficher. Il sera remplacé si vous l’approuvez."
                    }
                    Cause::Doubtful => {
                        "Un fichier l’est peut-être : son nom et son serveur donnent des numéros différents. Corrigez l’un des deux ; il n’est envoyé que si vous l’approuvez."
                    }
                    Cause::Hole => "D’autres sont là, avant et après lui.",
                    Cause::Tail => {
                        "Il vient après le dernier qui est là, et la série va jusque-là."
                    }
                },
            )
        }
        Event::VolumeOverdue {
            series,
            volume,
            days,
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let which = Which { series, volumes };
            said(
                headline(&which, "manque toujours", "manquent toujours"),
                format!(
                    "Il manque depuis {}, et rien n’est en route.",
                    count(u64::from(*days), "jour", "jours")
                ),
            )
        }
        Event::VolumeFound {
            series,
            volumes,
            release,
            indexer,
            refused,
            ..
        } => {
            let at = phrase::name(indexer);
            let others = match refused {
                0 => String::new(),
                1 => format!("{THIN}; 1 autre offre a été refusée"),
                _ => format!(
                    "{THIN}; {} ont été refusées",
                    count(*refused, "autre offre", "autres offres")
                ),
            };
            said(
                headline(
                    &Which { series, volumes },
                    &format!("trouvé chez {at}"),
                    &format!("trouvés chez {at}"),
                ),
                format!("{} a été choisie{others}.", quoted(release)),
            )
        }
        Event::GrabSent {
            series,
            volumes,
            release,
            client,
            ..
        } => {
            let client = phrase::name(client);
            said(
                headline(
                    &Which { series, volumes },
                    &format!("envoyé à {client}"),
                    &format!("envoyés à {client}"),
                ),
                format!("{} est en téléchargement.", quoted(release)),
            )
        }
        Event::GrabCompleted {
            series,
            volumes,
            release,
            client,
            ..
        } => said(
            headline(&Which { series, volumes }, "téléchargé", "téléchargés"),
            format!("{} est complète dans {}.", quoted(release), phrase::name(client)),
        ),
        Event::GrabStalled {
            series,
            volumes,
            release,
            client,
            ..
        } => {
            let which = Which { series, volumes };
            let free = agreed(&which, "Le tome manque de nouveau", "Les tomes manquent de nouveau");
            said(
                headline(&which, "n’arrive pas", "n’arrivent pas"),
                format!(
                    "{} n’avance plus dans {}. {free}, et une autre release peut être prise.",
                    quoted(release),
                    phrase::name(client)
                ),
            )
        }
        Event::GrabFailed {
            series,
            volumes,
            release,
            client,
            ..
        } => {
            let which = Which { series, volumes };
            let free = agreed(&which, "Le tome manque de nouveau", "Les tomes manquent de nouveau");
            said(
                which.with_colon("le téléchargement a échoué", Tongue::French),
                format!(
                    "{} a échoué ({}). {free}, et une autre release peut être prise.",
                    quoted(release),
                    phrase::name(client)
                ),
            )
        }
        Event::GrabPlaced {
            series,
            volumes,
            release,
            ..
        } => said(
            headline(
                &Which { series, volumes },
                "rangé dans la bibliothèque",
                "rangés dans la bibliothèque",
            ),
            format!("Venu de {}.", quoted(release)),
        ),
        Event::GrabRejected {
            series,
            volumes,
            release,
            ..
        } => said(
            headline(&Which { series, volumes }, "rejeté", "rejetés"),
            format!(
                "{} n’est pas retenue. Rien n’en reste dans la bibliothèque, et elle ne sera plus envoyée pour cette série.",
                quoted(release)
            ),
        ),
        Event::VolumeOnShelf {
            series,
            volumes,
            library,
        } => {
            let which = Which { series, volumes };
            let on = agreed(&which, "Il est", "Ils sont");
            said(
                headline(&which, "est arrivé", "arrivés"),
                format!("{on} sur l’étagère, dans {}.", quoted(library)),
            )
        }
        Event::VolumeVanished {
            series,
            volumes,
            library,
        } => {
            let which = Which { series, volumes };
            let gone = agreed(&which, "Il n’est plus", "Ils ne sont plus");
            let again = agreed(&which, "Il n’est pas repris", "Ils ne sont pas repris");
            said(
                headline(&which, "a disparu", "disparus"),
                format!("{gone} dans {}. {again} sans que vous le demandiez.", quoted(library)),
            )
        }
        Event::VolumeAnnounced {
            series,
            volume,
            day,
            catalogue,
            ..
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let article = if day.is_exact() { "le " } else { "" };
            let when = format!("annoncé pour {article}{}", written(*day, Tongue::French));
            said(
                Which { series, volumes }.with_colon(&when, Tongue::French),
                format!("Selon {}.", phrase::name(catalogue)),
            )
        }
        Event::VolumeReleased {
            series,
            volume,
            day,
            catalogue,
            ..
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let day = written(*day, Tongue::French);
            said(
                headline(&Which { series, volumes }, "est paru", "sont parus"),
                format!("Date selon {}{SPACE}: {day}.", phrase::name(catalogue)),
            )
        }
        Event::CatalogueConflict {
            series, catalogue, ..
        } => said(
            format!(
                "{}{SPACE}: {} annonce un nombre étonnant",
                phrase::name(&series.title),
                phrase::name(catalogue)
            ),
            "Ce qu’il disait avant compte encore, jusqu’à ce que vous l’acceptiez.",
        ),
        Event::ReviewNeeded {
            series,
            volumes,
            release,
            grab,
            ..
        } => said(
            Which { series, volumes }.with_colon("à vous de décider", Tongue::French),
            match grab {
                None => format!("Faut-il envoyer {}{THIN}?", quoted(release)),
                Some(_) => format!("Ce qui est arrivé de {} laisse un doute. Est-ce que cela convient{THIN}?", quoted(release)),
            },
        ),
        Event::CheckFinished {
            trigger,
            series,
            missing,
            sent,
            failed,
            errors,
            ..
        } => {
            let sent = match sent {
                0 => "rien n’est envoyé".into(),
                _ => count(*sent, "envoi", "envois"),
            };
            let failures = match failed {
                0 => String::new(),
                _ => format!(", {}", count(*failed, "échec", "échecs")),
            };
            let errors = match errors.len() as u64 {
                0 => String::new(),
                errors => format!(", {}", count(errors, "erreur", "erreurs")),
            };
            let missing = match missing {
                0 => "Il ne manque rien.".into(),
                1 => "Il manque 1 tome.".into(),
                _ => format!("Il manque {}.", tomes(*missing)),
            };
            let asked = match trigger.as_str() {
                "api" => " La vérification était demandée par l’API.",
                "cli" => " La vérification était demandée en ligne de commande.",
                "schedule" => " La vérification était prévue à cette heure.",
                "library" => " La bibliothèque avait changé.",
                _ => "",
            };
            said(
                format!(
                    "Vérification de {}\u{a0}: {sent}{failures}{errors}",
                    count(*series, "série", "séries")
                ),
                format!("{missing}{asked}"),
            )
        }
        Event::Digest { of, count: more } => said(
            match of.as_str() {
                "review.needed" => count(
                    *more,
                    "autre question attend votre décision",
                    "autres questions attendent votre décision",
                ),
                "volume.missing" => count(*more, "autre tome manque", "autres tomes manquent"),
                "volume.overdue" => count(
                    *more,
                    "autre tome manque toujours",
                    "autres tomes manquent toujours",
                ),
                "series.added" => count(*more, "série ajoutée", "séries ajoutées"),
                of => format!(
                    "{} ({})",
                    count(*more, "autre événement", "autres événements"),
                    phrase::name(of)
                ),
            },
            match of.as_str() {
                "series.added" => "Elles sont arrivées ensemble.",
                _ => "Il y en avait trop pour les annoncer séparément.",
            },
        ),
        Event::HealthDegraded { subject, .. } => said(
            format!("Problème\u{a0}: {}", thing(subject)),
            "Vous serez prévenu quand il sera passé.",
        ),
        Event::HealthRestored { subject } => said(
            format!("Rétabli\u{a0}: {}", thing(subject)),
            "Le problème annoncé plus tôt est résolu.",
        ),
        Event::Test { message } => said(
            "Message d’essai de Lacunarr",
            match phrase::line(message, super::LONGEST_FACT) {
                message if message.is_empty() => "La cible reçoit ce qu’on lui dit.".into(),
                message => message,
            },
        ),
    }
}

/// `source:prowlarr` as a Frenchman calls it.
fn thing(subject: &str) -> String {
    let (role, name) = subject.split_once(':').unwrap_or((subject, ""));
    let (name, part) = match name.rsplit_once(':') {
        Some((name, part @ ("shelf" | "placing"))) => (name, part),
        _ => (name, ""),
    };
    match (role, part) {
        ("library", "shelf") => format!("l’étagère de {}", quoted(name)),
        ("library", "placing") => format!("le rangement dans {}", quoted(name)),
        ("library", _) => format!("la bibliothèque {}", quoted(name)),
        ("source", _) => format!("la source {}", quoted(name)),
        ("client", _) => format!("le client {}", quoted(name)),
        ("target", _) => format!("la cible {}", quoted(name)),
        ("rule", _) => format!("la règle {}", quoted(name)),
        ("list", _) => format!("la liste {}", quoted(name)),
        ("secrets", _) => "les secrets".into(),
        _ => quoted(subject),
    }
}
