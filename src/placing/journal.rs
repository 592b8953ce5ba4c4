//! Goes from step to step of the journal: what a step says is done on the disk, then the next is written down; and what is refused is
//! taken back.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::task::spawn_blocking;

use super::{
    error::PlaceError,
    file::{Job, Removed, Written},
    known::{Known, There},
    making::Making,
    point::reached,
    spot,
};
use crate::{
    book::path::{escape, unescape},
    clock::Clock,
    domain::placement::{How, Step},
    secret::random,
    store::{
        Db, StoreError,
        placement::{self, Placement},
    },
};

/// The journal, and what goes by it.
pub struct Journal<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
}

impl Journal<'_> {
    /// Writes down where a row stands.
    ///
    /// # Errors
    /// [`PlaceError::TakenOver`] when it is not ours any more.
    pub async fn save(&self, row: &Placement) -> Result<Placement, PlaceError> {
        let saved = placement::save(self.db, row, self.clock.now()).await?;
        reached();
        saved.ok_or(PlaceError::TakenOver)
    }

    /// Takes over what another process, or an earlier try, left, and goes on to its end.
    ///
    /// # Errors
    /// When it is refused again.
    pub async fn go_on(&self, mut row: Placement) -> Result<Placement, PlaceError> {
        if row.step == Step::Writing {
            if let Err(error) = self.on_disk(&row, Job::remove_temp).await {
                return Err(self.refuse(row, error).await);
            }
            (row.step, row.temp) = (Step::Planned, None);
        }
        let row = self.save(&row).await?;
        self.run(row).await
    }

    /// Goes on with a row of ours to its end.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn run(&self, mut row: Placement) -> Result<Placement, PlaceError> {
        while row.step.is_unfinished() {
            row = match self.step(row.clone()).await {
                Ok(next) => next,
                Err(error) => return Err(self.refuse(row, error).await),
            };
        }
        Ok(row)
    }

    /// Does what its step says, and writes down the next one.
    async fn step(&self, mut row: Placement) -> Result<Placement, PlaceError> {
        match row.step {
            Step::Planned => {
                let plan = self.on_disk(&row, Job::plan).await?;
                row.source_size = Some(plan.size.cast_signed());
                // What was made for it before a crash is there now.
                row.folder = row.folder.or(plan
                    .folder
                    .map(|folder| escape(folder.as_os_str()).into_owned()));
                row.how = Some(plan.how);
                row.temp = Some(temp_name(&row));
                (row.step, row.message) = (Step::Writing, None);
            }
            Step::Writing => {
                let how = row.how.unwrap_or(How::Copy);
                let stop = StopOnDrop(Arc::default());
                let stopped = Arc::clone(&stop.0);
                match self
                    .on_disk(&row, move |job| job.write(how, &stopped))
                    .await?
                {
                    Written::Whole(known) => {
                        remember(&mut row, known);
                        row.step = Step::Renaming;
                    }
                    Written::NoLink => {
                        (row.how, row.temp) = (Some(How::Copy), Some(temp_name(&row)))
                    }
                }
            }
            Step::Renaming => {
                self.on_disk(&row, Job::reveal).await?;
                (row.step, row.temp) = (Step::Placed, None);
            }
            Step::Undoing => self.remove(&mut row).await?,
            Step::Placed | Step::Failed | Step::Undone => {}
        }
        self.save(&row).await
    }

    async fn remove(&self, row: &mut Placement) -> Result<(), PlaceError> {
        let removed = self
            .on_disk(row, |job| {
                job.remove_temp()?;
                let removed = job.remove()?;
                job.bring_back()?;
                Ok(removed)
            })
            .await?;
        let made = placement::folders(self.db, row.library_id).await?;
        let target = Job::of(row)?.target;
        if let Some(topmost) = topmost_made(&target, &made) {
            let gone = self
                .on_disk(row, move |job| {
                    spot::remove_folders(&job.root, &job.target, &topmost)
                })
                .await?;
            if let Some(gone) = gone {
                // Made again by someone else, it is not ours.
                row.folder = row.folder.take().filter(|folder| {
                    !unescape(folder).is_some_and(|folder| Path::new(&folder).starts_with(&gone))
                });
                placement::forget_folders(self.db, row.library_id, &escape(gone.as_os_str()))
                    .await?;
            }
        }
        row.message = match removed {
            Removed::File => None,
            Removed::Nothing => Some("there was nothing to remove".into()),
            Removed::NotOurs => Some("another file stands in its place, and was left".into()),
        };
        (row.step, row.temp, row.undone_at) = (Step::Undone, None, Some(self.clock.now()));
        Ok(())
    }

    /// Takes back what was done of a row that cannot go on, and writes down why.
    async fn refuse(&self, mut row: Placement, error: PlaceError) -> PlaceError {
        // Whoever has it now, or the next who comes, finds everything in the journal.
        match error {
            PlaceError::Store(_) => return error,
            PlaceError::TakenOver => {
                // Only a file that nobody else knows of is ours alone.
                if row.step == Step::Writing {
                    let _ = self.on_disk(&row, Job::remove_temp).await;
                }
                return error;
            }
            _ => {}
        }
        row.message = Some(error.sentence());
        let is_in_place = row.step == Step::Renaming
            && !matches!(
                self.on_disk(&row, Job::there).await,
                Ok(There::Other | There::Nothing)
            );
        if row.step != Step::Undoing
            && !is_in_place
            && self.on_disk(&row, Job::take_back).await.is_ok()
        {
            row.step = if error.is_passing() {
                Step::Planned
            } else {
                Step::Failed
            };
            (row.how, row.temp, row.folder) = (None, None, None);
            // The source's size stays: what was verified is what is placed, whenever that is.
            (row.size, row.inode, row.modified, row.checksum) = (None, None, None, None);
        }
        match self.save(&row).await {
            Err(lost @ PlaceError::Store(_)) => lost,
            _ => error,
        }
    }

    /// Works on the disk, on a thread where it may wait.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn on_disk<T: Send + 'static>(
        &self,
        row: &Placement,
        work: impl FnOnce(&Job) -> Result<T, PlaceError> + Send + 'static,
    ) -> Result<T, PlaceError> {
        let job = Job::of(row)?;
        spawn_blocking(move || work(&job))
            .await
            .unwrap_or(Err(PlaceError::Stopped))
    }
}

/// Stops a copy when nobody waits for it any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Job {
    /// Of a row.
    ///
    /// # Errors
    /// When its paths are none.
    pub fn of(row: &Placement) -> Result<Self, PlaceError> {
        let path = |text: &str| {
            unescape(text)
                .map(PathBuf::from)
                .ok_or(StoreError::Unreadable {
                    place: "placement.target",
                })
        };
        let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(Self {
            id: row.id,
            source: path(&row.source)?,
            root: path(&row.root)?,
            target: path(&row.target)?,
            new_folder: row.new_folder,
            may_link: row.may_link,
            making: Making {
                convert: row.convert,
                comic_info: row.comic_info.clone(),
            },
            temp: row.temp.clone(),
            folder: row.folder.as_deref().map(path).transpose()?,
            size: row.source_size.map(unsigned),
            known: row.inode.map(|inode| Known {
                size: row.size.map(unsigned).unwrap_or_default(),
                inode,
                modified: row.modified.unwrap_or_default(),
                checksum: row.checksum.clone(),
            }),
            damaged: row.replaces.clone(),
        })
    }

    /// Where the file stands, for a message.
    pub fn place(&self) -> PathBuf {
        self.root.join(&self.target)
    }
}

fn remember(row: &mut Placement, known: Known) {
    (row.size, row.inode) = (Some(known.size.cast_signed()), Some(known.inode));
    (row.modified, row.checksum) = (Some(known.modified), known.checksum);
}

/// `.One Piece T01.cbz.lacunarr-7-3f9a0c.part`: hidden, never the same twice, and short enough.
fn temp_name(row: &Placement) -> String {
    let name = row.target.rsplit('/').next().unwrap_or_default();
    let front = &name[..name.floor_char_boundary(200)];
    format!(
        ".{front}.lacunarr-{}-{}.part",
        row.id,
        hex::encode(random::<3>())
    )
}

/// The topmost of a file's folders that were made for one of a library's files and lie directly above each other: what may be removed
/// when it is empty. `made` are the topmost made folders, each with its file.
fn topmost_made(target: &Path, made: &[(String, String)]) -> Option<PathBuf> {
    let made: Vec<(PathBuf, PathBuf)> = made
        .iter()
        .filter_map(|(folder, file)| Some((unescape(folder)?.into(), unescape(file)?.into())))
        .collect();
    let is_made = |folder: &&Path| {
        made.iter()
            .any(|(topmost, file)| folder.starts_with(topmost) && file.starts_with(folder))
    };
    let above = target
        .ancestors()
        .skip(1)
        .filter(|folder| !folder.as_os_str().is_empty());
    above.take_while(is_made).last().map(Path::to_owned)
}
