//! A lease that is held while a value lives: prolonged in the background, given back at the end, lost in time by a dead process.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    store::{self, StoreError, Tx},
};

/// How often a lease that another holds is asked for again.
const POLL: Duration = Duration::from_millis(200);

/// Proof that no one else works on this.
pub struct Lease {
    app: Arc<App>,
    name: String,
    holder: String,
    keeper: tokio::task::JoinHandle<()>,
    released: bool,
}

impl Lease {
    /// Takes it, or answers none when another holds it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_take(app: &Arc<App>, name: &str) -> Result<Option<Self>, StoreError> {
        // Each attempt is a holder of its own: two tasks of one process must exclude each other as two processes do.
        let holder = format!(
            "{}/{}",
            app.instance,
            hex::encode(crate::secret::random::<6>())
        );
        let now = app.clock.now();
        if !store::lease::take(&app.db, name, &holder, now, now + app.lease_millis()).await? {
            return Ok(None);
        }
        let keeper = tokio::spawn(keep(app.clone(), name.to_owned(), holder.clone()));
        Ok(Some(Self {
            app: app.clone(),
            name: name.to_owned(),
            holder,
            keeper,
            released: false,
        }))
    }

    /// Takes it, waiting up to `patience` for whoever holds it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(
        app: &Arc<App>,
        name: &str,
        patience: Duration,
    ) -> Result<Option<Self>, StoreError> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            if let Some(lease) = Self::try_take(app, name).await? {
                return Ok(Some(lease));
            }
            if tokio::time::Instant::now() >= deadline {
                return Ok(None);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Its name and its holder, for a statement that is to hold only while it does.
    pub fn mark(&self) -> (&str, &str) {
        (&self.name, &self.holder)
    }

    /// Prolongs it now, and says whether it is still ours: a process that was frozen may have lost it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_ours(&self) -> Result<bool, StoreError> {
        let now = self.app.clock.now();
        store::lease::prolong(
            &self.app.db,
            &self.name,
            &self.holder,
            now + self.app.lease_millis(),
        )
        .await
    }

    /// Gives several back together with what is written down of the work. They are held until the transaction is committed; then
    /// each is to be told with [`Lease::is_given_back`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_back(
        tx: &mut Tx,
        leases: impl Iterator<Item = &Self>,
    ) -> Result<(), StoreError> {
        let held = leases.map(|lease| (lease.name.as_str(), lease.holder.as_str()));
        store::lease::release_all(tx, held).await
    }

    /// The transaction that gave it back is committed.
    pub fn is_given_back(mut self) {
        self.released = true;
        self.keeper.abort();
    }

    /// Gives it back now; dropping does so too, a little later.
    pub async fn release(mut self) {
        self.released = true;
        self.keeper.abort();
        if let Err(error) = store::lease::release(&self.app.db, &self.name, &self.holder).await {
            tracing::warn!(lease = self.name, %error, "a lease was not given back; it ends by itself");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.released {
            return;
        }
        self.keeper.abort();
        let (app, name, holder) = (self.app.clone(), self.name.clone(), self.holder.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { store::lease::release(&app.db, &name, &holder).await });
        }
    }
}

async fn keep(app: Arc<App>, name: String, holder: String) {
    let step = Duration::from_millis(app.lease_millis().unsigned_abs() / 3);
    loop {
        tokio::time::sleep(step).await;
        let now = app.clock.now();
        match store::lease::prolong(&app.db, &name, &holder, now + app.lease_millis()).await {
            Ok(true) => {}
            Ok(false) => {
                return tracing::warn!(lease = name, "a lease was lost to another process");
            }
            Err(error) => tracing::warn!(lease = name, %error, "a lease could not be prolonged"),
        }
    }
}
