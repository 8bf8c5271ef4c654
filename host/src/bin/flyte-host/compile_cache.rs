//! Where compiled components are kept, as options; and what is told of it.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use flyte_host::report::{Detail, span};
use flyte_host::{CacheError, CompileCache, HostBuilder, LoadEvent};

use crate::printer::Printer;
use crate::quantity::{self, DiskSize};

/// What gives a process more room.
const MORE_ROOM: &str = "sandboxes reserve address space, not memory: a limit on it (`ulimit -v`) can be raised";

/// The variable that names the directory where no option does.
const VARIABLE: &str = "FLYTE_HOST_CACHE_DIR";

/// Options about the cache of compiled components, for commands that load some.
#[derive(Debug, Args)]
#[command(next_help_heading = "Compiled components")]
pub(crate) struct CacheArgs {
    #[command(flatten)]
    pub place: CachePlace,
    /// Compile each time, and keep no compiled code
    #[arg(long)]
    pub no_compile_cache: bool,
    /// How much is kept of compiled components, and as much of built ones; what was used longest ago goes first
    #[arg(long, value_name = "SIZE", value_parser = quantity::disk_size)]
    #[arg(default_value_t = DiskSize(CompileCache::DEFAULT_MAX_SIZE))]
    pub max_compile_cache: DiskSize,
}

/// Which directory it is.
#[derive(Debug, Args)]
pub(crate) struct CachePlace {
    /// Where compiled and built components and tools are kept; only you may have access [default: FLYTE_HOST_CACHE_DIR of the
    /// environment, $XDG_CACHE_HOME/flyte-host, or ~/.cache/flyte-host]
    #[arg(long, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
}

impl CachePlace {
    /// The directory; `None` where nothing names one.
    pub(crate) fn dir(&self) -> Option<PathBuf> {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // The XDG specification has relative paths ignored.
        let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
        self.cache_dir.clone().or_else(|| variable(VARIABLE)).or_else(|| {
            let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
            Some(base?.join("flyte-host"))
        })
    }
}

impl CacheArgs {
    /// Has the host use the cache, where there is one, and tell what happens while components are loaded.
    /// `called` has for each file what its user calls it, who may never have seen the file.
    pub(crate) fn equip(
        &self,
        builder: HostBuilder,
        called: Vec<(PathBuf, PathBuf)>,
        printer: Printer,
    ) -> HostBuilder {
        let has_warned = AtomicBool::new(false);
        let name = move |file: &Path| {
            let found = called.iter().find(|(loaded, _)| loaded == file);
            found.map_or(file, |(_, name)| name).display().to_string()
        };
        let builder = builder.watch_loading(move |event| tell(event, &name, printer, &has_warned));
        let Some(dir) = self.place.dir().filter(|_| !self.no_compile_cache) else { return builder };
        match CompileCache::open(dir) {
            Ok(cache) => builder.compile_cache(cache.max_size(self.max_compile_cache.0)).compile_quickly(),
            Err(error) => {
                warn_of(&error, printer);
                builder
            }
        }
    }
}

fn tell(event: &LoadEvent<'_>, name: &dyn Fn(&Path) -> String, printer: Printer, has_warned: &AtomicBool) {
    let verbose = printer.detail() == Detail::Everything;
    match event {
        LoadEvent::SmallPool { wanted, instances, reason } => {
            let text = format!("there is room for {instances} sandboxes at once, not for {wanted}: {reason}");
            printer.warning(&text, &[MORE_ROOM]);
        }
        LoadEvent::NoPool { reason, .. } => {
            let text =
                format!("there is no room for a pool of sandboxes, so each call is several times slower: {reason}");
            printer.warning(&text, &[MORE_ROOM]);
        }
        LoadEvent::Compiling { path } => printer.note(&format!("compiling {} …", name(path))),
        LoadEvent::Waiting { path } => {
            printer.note(&format!("waiting for another process that compiles {} …", name(path)));
        }
        LoadEvent::Compiled { path, took, quick } if verbose => {
            let quickly = if *quick { " quickly" } else { "" };
            printer.note(&format!("compiled {}{quickly} in {}", name(path), span(*took)));
        }
        LoadEvent::Cached { path, took, quick } if verbose => {
            let before = if *quick { "compiled quickly before" } else { "compiled before" };
            printer.note(&format!("loaded {} as it was {before}, in {}", name(path), span(*took)));
        }
        LoadEvent::Optimised { path, took } if verbose => {
            printer.note(&format!("optimised {} in {}", name(path), span(*took)));
        }
        LoadEvent::BadEntry { path, entry, reason } => {
            printer.warning(&format!("{} {reason}; {} is compiled anew", entry.display(), name(path)), &[])
        }
        LoadEvent::NotKept { reason, .. } if !has_warned.swap(true, Ordering::Relaxed) => warn_of(reason, printer),
        _ => {}
    }
}

/// Says that there is no cache, and why.
fn warn_of(error: &CacheError, printer: Printer) {
    let mut text = format!("compiled components are not kept: {error}");
    if let Some(cause) = std::error::Error::source(error) {
        text += &format!(": {cause}");
    }
    printer.warning(&text, &["`--cache-dir DIR` names another place, `--no-compile-cache` does without"]);
}
