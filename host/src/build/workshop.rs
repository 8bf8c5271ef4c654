//! Builds files to components, once for each state of what they depend on.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::build::inputs::{changed_since, key};
use crate::build::kept::Kept;
use crate::build::shelf::Shelf;
use crate::build::tool_sets as tools;
use crate::build::tools::Tools;
use crate::build::watch::Watch;
use crate::build::{BuildError, BuildEvent, BuiltComponent, Language, Stop, driver, link};
use crate::component::inspect;
use crate::disk::{CacheError, Lock, PrivateDir};

/// How often who waits for another process looks again.
const LOOK: Duration = Duration::from_millis(20);
/// How often a file is built again that changes meanwhile.
const TRIES: u32 = 3;

/// Builds Python and JavaScript files, in a directory that keeps what is needed for that and what was built.
///
/// Each language's tools are installed there once, by the machine's own `python3` and `pip`, or `node` and `npm`; that
/// needs the network. A component is built once for each state of the files it depends on; of those who want the
/// same one at the same time, one builds it. The directory is private, as that of a
/// [`CompileCache`](crate::CompileCache) is, and may be the same.
#[derive(Debug, Clone)]
pub struct Workshop {
    dir: PathBuf,
    max_size: u64,
    longest: Duration,
}

/// What a [`Workshop`] has, or had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkshopContents {
    /// How many components that were built from files.
    pub components: u64,
    /// Bytes of those.
    pub component_bytes: u64,
    /// How many sets of tools: one for each language, and those of other versions of this program.
    pub tools: u64,
    /// Bytes of those.
    pub tool_bytes: u64,
}

impl Workshop {
    /// How many bytes of components are kept at most where [`Workshop::max_size`] does not say.
    pub const DEFAULT_MAX_SIZE: u64 = 1 << 30;
    /// How long the build of one file may take where [`Workshop::max_build_time`] does not say.
    pub const DEFAULT_MAX_BUILD_TIME: Duration = Duration::from_secs(600);

    /// The workshop in this directory, which is made if it is missing.
    ///
    /// # Errors
    /// [`CacheError`], where the directory can't be had, or is not private.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, CacheError> {
        let dir = PrivateDir::open(dir.as_ref())?.path().to_owned();
        let dir = dir.canonicalize().map_err(|source| CacheError::Open { path: dir, source })?;
        Ok(Self { dir, max_size: Self::DEFAULT_MAX_SIZE, longest: Self::DEFAULT_MAX_BUILD_TIME })
    }

    /// How many bytes of components are kept at most. What was used longest ago goes first; tools do not count.
    #[must_use]
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.max_size = bytes;
        self
    }

    /// How long the build of one file may take, and each step of the setup of tools.
    #[must_use]
    pub fn max_build_time(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// The component of a file, built if need be. `tell` is told what happens; `stop` ends it from another thread.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn build(
        &self,
        file: &Path,
        stop: &Stop,
        mut tell: impl FnMut(BuildEvent<'_>),
    ) -> Result<BuiltComponent, BuildError> {
        let read = |source| BuildError::Read { path: file.to_owned(), source };
        let language = Language::of(file).ok_or_else(|| BuildError::NoLanguage { file: file.to_owned() })?;
        let source = file.canonicalize().map_err(read)?;
        if Language::of(&source) != Some(language) {
            return Err(BuildError::NoLanguage { file: source });
        }
        self.check_paths(language, &source)?;
        let shelf = self.shelf()?;
        let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let built =
            |Kept { path, in_use }, fresh| BuiltComponent { name, path, fresh, _in_use: Some(Arc::new(in_use)) };
        if let Some(kept) = shelf.find(language, &source) {
            return Ok(built(kept, true));
        }
        // One that can't be read is not worth setting up tools.
        std::fs::File::open(&source).map_err(read)?;
        let mut watch = Watch { tell: &mut tell, stop, longest: self.longest };
        let _lock = lock(&shelf, &source, file, &mut watch)?;
        // Whoever had the lock may have built it.
        if let Some(kept) = shelf.find(language, &source) {
            return Ok(built(kept, true));
        }
        PrivateDir::open(&self.dir.join(TOOLS))?;
        let tools = Tools::ready(&self.dir.join(TOOLS), language, &mut watch)?;
        watch.note(&format!("building {} …", file.display()));
        for _ in 0..TRIES {
            let place = shelf.workplace(&source)?;
            let (since, output) = (SystemTime::now(), place.output(&source));
            let named = driver::drive(&tools, file, &source, &output, &place.work, &mut watch)?;
            finish(file, &output)?;
            let inputs = named.complete(language, &source);
            // First: what changes while it is made is seen by what follows.
            let key = key(language, &source, &inputs)?;
            if let Some(gone) = named.vanished() {
                return Err(BuildError::Vanished { path: gone.to_owned(), file: file.to_owned() });
            }
            if let Some(changed) = changed_since(&source, &inputs, since) {
                watch.note(&format!("{} changed meanwhile, building again …", changed.display()));
                continue;
            }
            return Ok(built(shelf.put(&key, &source, inputs, &place)?, false));
        }
        Err(BuildError::Restless { file: file.to_owned() })
    }

    /// What it has.
    ///
    /// # Errors
    /// [`CacheError::List`].
    pub fn contents(&self) -> Result<WorkshopContents, CacheError> {
        let shelf = self.built()?;
        let list = |source| CacheError::List { path: self.dir.clone(), source };
        let built = shelf.map_or(Ok(Default::default()), |shelf| shelf.count()).map_err(list)?;
        let tools = tools::count(&self.dir.join(TOOLS));
        Ok(contents(built, tools))
    }

    /// Removes what it has and nobody uses, and tells what that was.
    ///
    /// # Errors
    /// [`CacheError::Remove`].
    pub fn clear(&self) -> Result<WorkshopContents, CacheError> {
        let remove = |(path, source)| CacheError::Remove { path, source };
        let built = self.built()?.map_or(Ok(Default::default()), |shelf| shelf.clear()).map_err(remove)?;
        let tools = tools::clear(&self.dir.join(TOOLS)).map_err(remove)?;
        Ok(contents(built, tools))
    }

    /// What tools can't cope with is said before they are set up, rather than by them.
    fn check_paths(&self, language: Language, source: &Path) -> Result<(), BuildError> {
        let bad = |path: &Path, reason| Err(BuildError::Path { path: path.to_owned(), reason });
        for path in [source, &self.dir] {
            if path.to_str().is_none() {
                return bad(path, "it is not UTF-8");
            }
        }
        match language {
            Language::Python if self.dir.to_string_lossy().contains(':') => {
                bad(&self.dir, "a virtual environment cannot be where a path has a `:`")
            }
            _ => Ok(()),
        }
    }

    fn shelf(&self) -> Result<Shelf, CacheError> {
        Shelf::open(&self.dir.join(BUILT), self.max_size)
    }

    /// The shelf, if there is one: it is not made for being looked at.
    fn built(&self) -> Result<Option<Shelf>, CacheError> {
        match self.dir.join(BUILT).symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            _ => self.shelf().map(Some),
        }
    }
}

const BUILT: &str = "built";
const TOOLS: &str = "tools";

fn contents(built: super::shelf::Counted, tools: tools::Counted) -> WorkshopContents {
    WorkshopContents {
        components: built.components,
        component_bytes: built.bytes,
        tools: tools.sets,
        tool_bytes: tools.bytes,
    }
}

fn lock(shelf: &Shelf, source: &Path, file: &Path, watch: &mut Watch<'_>) -> Result<Lock, BuildError> {
    let mut has_told = false;
    loop {
        let locked = shelf.try_lock(source);
        if let Some(lock) = locked.map_err(|source| BuildError::Write { path: file.to_owned(), source })? {
            return Ok(lock);
        }
        if watch.stop.is_stopped() {
            return Err(BuildError::Stopped);
        }
        if !has_told {
            has_told = true;
            watch.note(&format!("waiting for another process that builds {} …", file.display()));
        }
        thread::sleep(LOOK);
    }
}

/// Links the component that the tools made. One that nobody could run is a fault of theirs.
fn finish(file: &Path, output: &Path) -> Result<(), BuildError> {
    let made = std::fs::read(output).map_err(|source| BuildError::Read { path: output.to_owned(), source })?;
    inspect(&made).map_err(|reason| BuildError::UnfitFile { file: file.to_owned(), reason })?;
    let linked = link::linked(&made);
    match linked.map_err(|error| BuildError::Link { file: file.to_owned(), reason: error.to_string() })? {
        Some(linked) => {
            let path = output.to_owned();
            std::fs::write(output, linked).map_err(|source| BuildError::Write { path, source })
        }
        None => Ok(()),
    }
}
