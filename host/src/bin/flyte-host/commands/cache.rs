//! `flyte-host cache info` and `flyte-host cache clear`.

use std::path::{Path, PathBuf};

use flyte_host::record::Json;
use flyte_host::report::printable;
use flyte_host::{CacheContents, CacheError, CompileCache};
use serde::Serialize;

use crate::args::{CacheInfoArgs, OutputFormat};
use crate::compile_cache::CachePlace;
use crate::diagnosis::Diagnosis;
use crate::exit::Exit;
use crate::printer::Printer;

/// What `--json` shows. Fields may be added, and don't change.
#[derive(Serialize)]
struct Info {
    /// The directory, also where it is not there yet.
    dir: String,
    /// How many compiled components.
    components: u64,
    /// Those of them that are not optimised yet.
    quick: u64,
    /// Bytes of all files.
    bytes: u64,
}

/// Tells where the cache is and what it has.
pub(crate) fn info(args: &CacheInfoArgs, printer: Printer) -> Result<(), Diagnosis> {
    let dir = named(&args.place)?;
    let contents = open(&dir)?.map_or(Ok(CacheContents::default()), |cache| cache.contents()).map_err(failed)?;
    let CacheContents { components, quick, bytes, .. } = contents;
    if args.json {
        let info = Info { dir: dir.display().to_string(), components, quick, bytes };
        let info = Json::from_serialize(&info)
            .map_err(|error| Diagnosis::new(Exit::HostFault, "cannot write JSON").cause(error))?;
        return printer.json(&info, OutputFormat::Json);
    }
    printer.data(&printable(&format!("{}\n{}", dir.display(), told(contents))))
}

/// Removes all that the cache has.
pub(crate) fn clear(place: &CachePlace, printer: Printer) -> Result<(), Diagnosis> {
    let dir = named(place)?;
    let removed = open(&dir)?.map_or(Ok(CacheContents::default()), |cache| cache.clear()).map_err(failed)?;
    printer.note(&format!("removed {} from {}", told(removed), dir.display()));
    Ok(())
}

fn named(place: &CachePlace) -> Result<PathBuf, Diagnosis> {
    place.dir().ok_or_else(|| {
        Diagnosis::usage("nothing names a directory of compiled components").hint("give one with `--cache-dir DIR`")
    })
}

/// The cache, if its directory is there: it is not made for being looked at.
fn open(dir: &Path) -> Result<Option<CompileCache>, Diagnosis> {
    match dir.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        _ => CompileCache::open(dir).map(Some).map_err(failed),
    }
}

fn failed(error: CacheError) -> Diagnosis {
    Diagnosis::new(Exit::BadInput, error.to_string()).causes_of(&error)
}

/// `3 compiled components (1 not optimised yet), 2.1 MB`.
fn told(contents: CacheContents) -> String {
    let CacheContents { components, quick, bytes, .. } = contents;
    let plural = if components == 1 { "" } else { "s" };
    let size = match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    };
    let quick = if quick == 0 { String::new() } else { format!(" ({quick} not optimised yet)") };
    format!("{components} compiled component{plural}{quick}, {size}")
}
