//! Resolves picks to what a client can be given, and asks the clients whether they have it: what cannot be sent is known before anything is
//! written down.

use std::{collections::HashMap, sync::Arc};

use super::{
    Clients, Ready, SendError,
    clients::Used,
    in_part,
    resolving::{Unresolved, resolve},
};
use crate::{
    app::App,
    budget::Wait,
    domain::{
        decide::{Decision, Reason},
        link::{Network, Payload},
        offer::Offer,
        pick::Pick,
        profile::Profile,
        report::{Outcome, PickLine, SeriesReport},
    },
    health,
    pipeline::{Excluded, Judged, Objection},
    ports::PortError,
    store::{self, StoreError, series::Stored},
};

/// What came of resolving the picks.
#[derive(Default)]
pub struct Prepared {
    /// Can be sent.
    pub ready: Vec<Ready>,
    /// Why other candidates may take the place of some.
    pub another_turn: Option<Again>,
    /// Why none can be sent, whichever it is.
    pub problem: Option<String>,
    /// Those that wait for room in the budget: index among the judged offers, and the reason.
    pub waiting: Vec<(usize, Wait)>,
}

/// Why another candidate's turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Again {
    /// Packs cannot be taken apart.
    Apart,
    /// Some could not be had.
    Failed,
}

impl Prepared {
    /// It waits for room in the budget.
    pub fn waits(&self, choice: usize) -> bool {
        self.waiting.iter().any(|waits| waits.0 == choice)
    }
}

/// What is known of the offers of this check by fingerprint, so that a second round asks no one twice.
pub type Resolved = HashMap<String, Known>;

/// What is known of an offer once it was fetched from its source.
#[derive(Clone)]
pub struct Known {
    /// Bytes or magnet.
    payload: Payload,
    /// Bytes that the client will fetch; none where that is its size.
    pub fetched: Option<u64>,
}

/// What is prepared for.
#[derive(Clone, Copy)]
pub struct For<'a> {
    /// The series.
    pub stored: &'a Stored,
    /// How it is collected.
    pub profile: &'a Profile,
    /// Its offers.
    pub judged: &'a [Judged],
}

/// What a check learns, over all of its rounds.
pub struct Learnt<'a> {
    /// Offers that are out, and why.
    pub excluded: &'a mut Excluded,
    /// What was resolved.
    pub resolved: &'a mut Resolved,
    /// For the user.
    pub report: &'a mut SeriesReport,
}

/// Resolves every pick to bytes, a magnet or a link, and asks the client whether it is there at all.
///
/// # Errors
/// When the database fails.
pub async fn prepare(
    app: &Arc<App>,
    of: For<'_>,
    picks: &[Pick],
    learnt: Learnt<'_>,
) -> Result<Prepared, StoreError> {
    let mut prepared = Prepared::default();
    if picks.is_empty() {
        return Ok(prepared);
    }
    let clients = Clients::of(app).await?;
    if clients.is_empty() {
        prepared.problem = Some(SendError::NoClient.to_string());
        return Ok(prepared);
    }
    let blocked = store::blocked::reasons(&app.db, of.stored.series.id).await?;
    let mut preparing = Preparing {
        app,
        of,
        learnt,
        clients,
        blocked,
        down: Vec::new(),
        prepared,
    };
    for pick in picks {
        preparing.one(pick).await?;
        if preparing.is_hopeless() {
            break;
        }
    }
    Ok(preparing.prepared)
}

struct Preparing<'a> {
    app: &'a Arc<App>,
    of: For<'a>,
    learnt: Learnt<'a>,
    clients: Clients,
    /// Why what is blocked is, by the forms of its identity.
    blocked: HashMap<String, String>,
    /// Whose clients do not answer.
    down: Vec<Network>,
    prepared: Prepared,
}

impl Preparing<'_> {
    /// No client answers.
    fn is_hopeless(&self) -> bool {
        let mut networks = self.clients.iter().map(|used| used.network);
        networks.all(|network| self.down.contains(&network))
    }

    fn exclude(&mut self, offer: &Offer, objection: Objection, why: Again) {
        self.learnt
            .excluded
            .insert(offer.fingerprint.clone(), objection);
        self.prepared.another_turn = self.prepared.another_turn.max(Some(why));
    }

    /// Among what is ready; when it is not, why is written down.
    async fn one(&mut self, pick: &Pick) -> Result<(), StoreError> {
        let judged = &self.of.judged[pick.choice];
        let offer = &judged.offer;
        if offer
            .network
            .is_some_and(|network| self.down.contains(&network))
        {
            return Ok(());
        }
        let Some(payload) = self.payload(pick, offer).await? else {
            return Ok(());
        };
        // Only now it is known that it is a release which is blocked under another name.
        let content = payload.id();
        let mut forms = content.forms().into_iter();
        if let Some(why) = forms.find_map(|form| self.blocked.get(&form).cloned()) {
            let blocked = (Decision::Refused, Reason::Blocked { why });
            self.exclude(offer, blocked, Again::Failed);
            return Ok(());
        }
        let known = (self.of.stored, self.of.profile);
        let fetched = match in_part::fetched(self.app, known, judged, pick, &payload) {
            Ok(fetched) => fetched,
            Err(objection) => {
                self.exclude(offer, objection, Again::Apart);
                return Ok(());
            }
        };
        let known = Known {
            payload: payload.clone(),
            fetched,
        };
        let fingerprint = offer.fingerprint.clone();
        self.learnt.resolved.insert(fingerprint, known);
        // The rules let through what some client takes; one may have been removed since.
        let Some(used) = self.clients.on(content.network()).cloned() else {
            self.prepared.problem = Some(SendError::NoClientOf(content.network()).to_string());
            return Ok(());
        };
        // Asked before anything is written: a client that is down leaves no grab in doubt.
        let is_there = match used.client.find(&content).await {
            Ok(found) => found.is_some(),
            Err(error) => {
                self.is_down(&used, &error).await?;
                return Ok(());
            }
        };
        self.prepared.ready.push(Ready {
            choice: pick.choice,
            reserves: pick.reserves.clone(),
            payload,
            fetched,
            is_there,
            client: used.client,
            client_row: used.row,
        });
        Ok(())
    }

    async fn payload(&mut self, pick: &Pick, offer: &Offer) -> Result<Option<Payload>, StoreError> {
        if let Some(known) = self.learnt.resolved.get(&offer.fingerprint) {
            return Ok(Some(known.payload.clone()));
        }
        match resolve(self.app, self.of.stored.series.id, offer).await? {
            Ok(payload) => Ok(Some(payload)),
            Err(Unresolved { cause, .. }) => {
                self.learnt.report.picks.push(PickLine {
                    title: offer.title.clone(),
                    indexer: offer.indexer.clone(),
                    volumes: pick.reserves.clone(),
                    outcome: Outcome::Failed,
                    message: Some(format!("{}: {cause}", offer.indexer)),
                });
                let failed = (Decision::Refused, Reason::NotResolved { cause });
                self.exclude(offer, failed, Again::Failed);
                Ok(None)
            }
        }
    }

    /// What the other network has takes the place of what this one would have given; without another one nothing can be sent.
    async fn is_down(&mut self, used: &Used, error: &PortError) -> Result<(), StoreError> {
        health::failed(self.app, used.row.id, error).await?;
        let cause = format!("{}: {error}", used.row.name);
        self.down.push(used.network);
        if self.is_hopeless() {
            self.prepared.problem = Some(cause);
            return Ok(());
        }
        self.learnt.report.notes.push(cause.clone());
        let of = self.of;
        let of_it = of.judged.iter().map(|judged| &judged.offer);
        for offer in of_it.filter(|offer| offer.network == Some(used.network)) {
            let cause = cause.clone();
            let not_sent = (Decision::Refused, Reason::NotSent { cause });
            self.exclude(offer, not_sent, Again::Failed);
        }
        Ok(())
    }
}
