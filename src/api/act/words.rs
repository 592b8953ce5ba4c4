//! What the page says, in English and French. The reasons of a review are English in both: they are those of the API.

/// The words of a language.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// ISO 639-1.
    pub code: &'static str,
    /// Heading of the question whether to send.
    pub approve: &'static str,
    /// Its button.
    pub approve_button: &'static str,
    /// Heading of the question whether to block.
    pub reject: &'static str,
    /// Its button.
    pub reject_button: &'static str,
    /// The series.
    pub series: &'static str,
    /// What is sent.
    pub volumes: &'static str,
    /// Its name.
    pub release: &'static str,
    /// What is blocked.
    pub releases: &'static str,
    /// Who offers it.
    pub indexer: &'static str,
    /// Heading of the reasons.
    pub why: &'static str,
    /// Beside the button.
    pub nothing_yet: &'static str,
    /// Instead of the button.
    pub no_volumes: &'static str,
    /// Instead of the button.
    pub no_candidates: &'static str,
    /// Heading when it was sent.
    pub sent: &'static str,
    /// When it was sent.
    pub sent_text: &'static str,
    /// Heading when they were blocked.
    pub rejected: &'static str,
    /// When they were blocked.
    pub rejected_text: &'static str,
    /// Heading of the question whether to reject what was sent.
    pub wrong: &'static str,
    /// Its button.
    pub wrong_button: &'static str,
    /// Beside the button.
    pub wrong_text: &'static str,
    /// Heading when it was taken back.
    pub taken_back: &'static str,
    /// When it was taken back.
    pub taken_back_text: &'static str,
    /// Heading of what is left to do.
    pub left: &'static str,
    /// There is nothing to reject any more.
    pub over_wrong: &'static str,
    /// Heading when it was not done.
    pub failed: &'static str,
    /// Heading of a link that leads nowhere.
    pub trouble: &'static str,
    /// Not signed by us.
    pub not_ours: &'static str,
    /// Its week is over.
    pub expired: &'static str,
    /// Answered.
    pub over_approved: &'static str,
    /// Answered.
    pub over_rejected: &'static str,
    /// Closed itself.
    pub over_closed: &'static str,
    /// Not our form.
    pub broken_form: &'static str,
    /// Not GET, HEAD or POST.
    pub other_method: &'static str,
}

const ENGLISH: Words = Words {
    code: "en",
    approve: "Send this release?",
    approve_button: "Send it",
    reject: "Reject these releases?",
    reject_button: "Reject them",
    series: "Series",
    volumes: "Volumes",
    release: "Release",
    releases: "Releases",
    indexer: "Indexer",
    why: "Why you are asked",
    nothing_yet: "Nothing is done before you press the button.",
    no_volumes: "Which missing volumes it holds cannot be read in its name. Approve it through the API, which takes its volumes.",
    no_candidates: "Its releases are known no more. The next check looks again.",
    sent: "Sent",
    sent_text: "The download client has it now.",
    rejected: "Rejected",
    rejected_text: "Its releases are blocked for this series. The list of what is blocked is where you can take that back.",
    wrong: "Reject what was sent?",
    wrong_button: "Reject it",
    wrong_text: "What was put into the library is taken out again, the release is blocked, and the next one is sent. The download client keeps its files.",
    taken_back: "Rejected",
    taken_back_text: "The release is blocked for this series, and its volumes are missing again.",
    left: "Left to you",
    over_wrong: "This download is over already: there is nothing left to reject.",
    failed: "That was not done",
    trouble: "This link does nothing",
    not_ours: "It is not one of ours, or it was cut off on its way. Open it again from the message itself.",
    expired: "It has expired: links hold for seven days. The review is still open; answer it in Lacunarr.",
    over_approved: "This review is answered already: a release was sent. There is nothing left to do.",
    over_rejected: "This review is answered already: its releases were rejected. There is nothing left to do.",
    over_closed: "This review closed itself: its volumes arrived, are on their way, or nobody offers them any more. There is nothing left to do.",
    broken_form: "What was sent with the button cannot be read. Open the link again and press the button there.",
    other_method: "This page can be opened and its button pressed (GET, HEAD, POST), nothing else.",
};

const FRENCH: Words = Words {
    code: "fr",
    approve: "Envoyer cette release ?",
    approve_button: "Envoyer",
    reject: "Rejeter ces releases ?",
    reject_button: "Rejeter",
    series: "Série",
    volumes: "Tomes",
    release: "Release",
    releases: "Releases",
    indexer: "Indexeur",
    why: "Pourquoi on vous le demande",
    nothing_yet: "Rien n’est fait tant que vous n’appuyez pas sur le bouton.",
    no_volumes: "Son nom ne dit pas quels tomes manquants elle contient. Approuvez-la par l’API, qui prend ses tomes.",
    no_candidates: "Ses releases ne sont plus connues. La prochaine vérification cherchera de nouveau.",
    sent: "Envoyée",
    sent_text: "Le client de téléchargement l’a reçue.",
    rejected: "Rejetées",
    rejected_text: "Ces releases sont bloquées pour cette série. La liste de ce qui est bloqué permet de revenir en arrière.",
    wrong: "Rejeter ce qui a été envoyé ?",
    wrong_button: "Rejeter",
    wrong_text: "Ce qui a été rangé dans la bibliothèque en est retiré, la release est bloquée, et la suivante est envoyée. Le client de téléchargement garde ses fichiers.",
    taken_back: "Rejetée",
    taken_back_text: "La release est bloquée pour cette série, et ses tomes manquent de nouveau.",
    left: "Il vous reste à faire",
    over_wrong: "Ce téléchargement est déjà terminé : il n’y a plus rien à rejeter.",
    failed: "Cela n’a pas été fait",
    trouble: "Ce lien ne fait rien",
    not_ours: "Il n’est pas de nous, ou il a été coupé en chemin. Ouvrez-le de nouveau depuis le message lui-même.",
    expired: "Il a expiré : un lien vaut sept jours. La question est toujours ouverte ; répondez-y dans Lacunarr.",
    over_approved: "Cette question a déjà sa réponse : une release a été envoyée. Il n’y a plus rien à faire.",
    over_rejected: "Cette question a déjà sa réponse : ses releases ont été rejetées. Il n’y a plus rien à faire.",
    over_closed: "Cette question s’est fermée d’elle-même : ses tomes sont arrivés, en route, ou plus personne ne les propose. Il n’y a plus rien à faire.",
    broken_form: "Ce que le bouton a envoyé est illisible. Ouvrez de nouveau le lien et appuyez sur son bouton.",
    other_method: "Cette page s’ouvre, et son bouton s’actionne (GET, HEAD, POST), rien d’autre.",
};

impl Words {
    /// The language that a header `Accept-Language` (RFC 9110, 12.5.4) likes best of the two; English when it likes neither.
    pub fn of(accepted: &str) -> &'static Self {
        let likes = |code: &str| {
            let ranges = accepted.split(',').filter_map(|range| {
                let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
                let language = tag.trim().split('-').next()?;
                let weight = weight.trim().strip_prefix("q=")?.trim();
                let weight: f64 = weight.parse().ok()?;
                language.eq_ignore_ascii_case(code).then_some(weight)
            });
            ranges.fold(0.0, f64::max)
        };
        if likes("fr") > likes("en") {
            &FRENCH
        } else {
            &ENGLISH
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_spoken() {
        for (accepted, code) in [
            ("", "en"),
            ("fr", "fr"),
            ("fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7", "fr"),
            ("en-GB,en;q=0.9,fr;q=0.8", "en"),
            ("de,fr;q=0.5", "fr"),
            ("de,ja;q=0.5", "en"),
            ("FR-ca ; q=0.4 , en;q=0.3", "fr"),
            ("fr;q=0", "en"),
            ("fr;q=much", "en"),
            ("*", "en"),
            ("frr", "en"),
            (",;,=", "en"),
        ] {
            assert_eq!(Words::of(accepted).code, code, "{accepted}");
        }
    }
}
