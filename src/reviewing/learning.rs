//! What an answer teaches besides: whose releases are always, or never, right from now on, and which titles.

use super::ReviewError;
use crate::{
    app::App,
    domain::{
        decide::{SETTLED_BY_TRUST, same},
        profile::Profile,
        release::{Hints, parse},
        series::Series,
        title::fold,
    },
    store::{self, offer::StoredOffer, review::Review, series::Stored},
    taste::{
        self,
        profiles::{self, ProfileError},
    },
};

/// What of the candidate is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// Its release group.
    Group,
    /// Its indexer.
    Indexer,
    /// The title that its name reads.
    Alias,
}

/// What holds from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It is trusted, or the title means the series.
    Always,
    /// It is refused, or the title means another series.
    Never,
}

/// A lesson that can be learnt; nothing is written yet.
pub(super) struct Learning {
    stored: Stored,
    lesson: Lesson,
    way: Way,
    /// The group, the indexer or the title.
    word: String,
}

impl Learning {
    /// Reads the lesson from the candidate.
    ///
    /// # Errors
    /// When there is nothing to learn, or it would change nothing of what the review asks.
    pub(super) async fn of(
        app: &App,
        review: &Review,
        offer: &StoredOffer,
        (way, lesson): (Way, Lesson),
    ) -> Result<Self, ReviewError> {
        let stored = store::series::get(&app.db, offer.series_id).await?;
        let stored = stored.ok_or(ReviewError::NoCandidates)?;
        let settles = SETTLED_BY_TRUST.contains(&review.cause.as_str());
        if way == Way::Always && lesson != Lesson::Alias && !settles {
            return Err(ReviewError::TrustIsNoAnswer(review.cause.clone()));
        }
        let word = word(app, &stored.series, offer, lesson)?;
        if (way, lesson) == (Way::Never, Lesson::Alias) && stored.series.is_named(&word) {
            return Err(ReviewError::OwnTitle(word));
        }
        let learning = Self {
            stored,
            lesson,
            way,
            word,
        };
        learning.check(app).await?;
        Ok(learning)
    }

    /// Mistakes are told before anything is sent or blocked.
    async fn check(&self, app: &App) -> Result<(), ReviewError> {
        let mistakes = match self.lesson {
            Lesson::Alias => self.on_series(self.stored.series.clone()).mistakes(),
            _ => {
                let (_, profile) = taste::profile_of(app, &self.stored).await?;
                self.on_profile(profile).mistakes()
            }
        };
        match mistakes.is_empty() {
            true => Ok(()),
            false => Err(ProfileError::Wrong(mistakes).into()),
        }
    }

    /// Writes it down. With the grab that was sent on its strength: an alias that is withdrawn lists it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn write(self, app: &App, grab: Option<i64>) -> Result<(), ReviewError> {
        if self.lesson != Lesson::Alias {
            let (name, _) = taste::profile_of(app, &self.stored).await?;
            profiles::change(app, &name, |profile| self.on_profile(profile)).await?;
            return Ok(());
        }
        let now = app.clock.now();
        let mut tx = app.db.begin().await?;
        let Some(now_stored) = store::series::get_in(&mut tx, self.stored.series.id).await? else {
            return Ok(());
        };
        let is_title = fold(&now_stored.series.title) == fold(&self.word);
        let (id, is_known) = (now_stored.series.id, now_stored.series.is_named(&self.word));
        store::series::update(&mut tx, &self.on_series(now_stored.series), now).await?;
        if !is_known {
            store::series::taught(&mut tx, id, &fold(&self.word)).await?;
        }
        if let Some(grab) = grab.filter(|_| !is_title) {
            store::grab::rests_on(&mut tx, grab, &fold(&self.word)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Into the profile that is in force for the series.
    fn on_profile(&self, mut profile: Profile) -> Profile {
        let (trusted, refused) = match self.lesson {
            Lesson::Group => (&mut profile.trusted_groups, &mut profile.refused_groups),
            _ => (&mut profile.trusted_indexers, &mut profile.refused_indexers),
        };
        let (to, from) = match self.way {
            Way::Always => (trusted, refused),
            Way::Never => (refused, trusted),
        };
        from.retain(|known| !same(known, &self.word));
        if !to.iter().any(|known| same(known, &self.word)) {
            to.push(self.word.clone());
        }
        profile
    }

    fn on_series(&self, mut series: Series) -> Series {
        let folded = fold(&self.word);
        let is_known = series.is_named(&self.word);
        match self.way {
            Way::Always => {
                series.not_aliases.retain(|name| fold(name) != folded);
                if !is_known {
                    series.aliases.push(self.word.clone());
                }
            }
            Way::Never => {
                let names = &mut series.not_aliases;
                if !is_known && names.iter().all(|name| fold(name) != folded) {
                    names.push(self.word.clone());
                }
            }
        }
        series
    }
}

fn word(
    app: &App,
    series: &Series,
    offer: &StoredOffer,
    lesson: Lesson,
) -> Result<String, ReviewError> {
    let hints = Hints {
        lexicon: app.lexicon,
        ..Hints::from(series.kind)
    };
    let release = parse(&offer.offer.title, hints);
    match lesson {
        Lesson::Indexer => Ok(offer.offer.indexer.clone()),
        Lesson::Group => {
            let group = release.group.map(str::to_owned);
            group.ok_or(ReviewError::NothingToLearn("group"))
        }
        Lesson::Alias => {
            let title = release.series.filter(|title| !fold(title).is_empty());
            let title = title.ok_or(ReviewError::NothingToLearn("title"))?;
            Ok(title.into_owned())
        }
    }
}
