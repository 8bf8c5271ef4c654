//! `flyte-host cache info` and `flyte-host cache clear`.

use std::path::{Path, PathBuf};

use flyte_host::build::{Workshop, WorkshopContents};
use flyte_host::history::HistoryError;
use flyte_host::record::Json;
use flyte_host::report::printable;
use flyte_host::results::{Results, ResultsContents};
use flyte_host::{CacheContents, CacheError, CompileCache};
use serde::Serialize;

use crate::args::{CacheClearArgs, CacheInfoArgs, OutputFormat};
use crate::compile_cache::CachePlace;
use crate::diagnosis::{Diagnosis, of_history_error};
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
    /// Bytes of all their files.
    bytes: u64,
    /// How many components that were built from Python and JavaScript files.
    built: u64,
    built_bytes: u64,
    /// How many sets of tools.
    tools: u64,
    tool_bytes: u64,
    /// The directory that has the results, if anything names one.
    home: Option<String>,
    results: u64,
    result_bytes: u64,
}

/// Tells where the cache is and what it has.
pub(crate) fn info(args: &CacheInfoArgs, printer: Printer) -> Result<(), Diagnosis> {
    let dir = named(&args.place)?;
    let (compiled, built) = match open(&dir)? {
        Some((cache, workshop)) => (cache.contents().map_err(failed)?, workshop.contents().map_err(failed)?),
        None => Default::default(),
    };
    let home = args.home.dir();
    let kept = home.as_ref().map_or(Ok(ResultsContents::default()), Results::contents);
    // What can't be told of results is no reason to tell nothing of the rest.
    let kept = kept.unwrap_or_else(|error| {
        let hint = match &error {
            HistoryError::Corrupt { .. } | HistoryError::Newer { .. } => &[CLEAR][..],
            _ => &[],
        };
        printer.warning(&format!("what is kept of results can't be told: {}", error.told()), hint);
        ResultsContents::default()
    });
    if args.json {
        let CacheContents { components, quick, bytes, .. } = compiled;
        let WorkshopContents { components: in_workshop, component_bytes, tools, tool_bytes, .. } = built;
        let dir = dir.display().to_string();
        let info = Info {
            dir,
            components,
            quick,
            bytes,
            built: in_workshop,
            built_bytes: component_bytes,
            tools,
            tool_bytes,
            home: home.map(|home| home.display().to_string()),
            results: kept.results,
            result_bytes: kept.bytes,
        };
        let info = Json::from_serialize(&info)
            .map_err(|error| Diagnosis::new(Exit::HostFault, "cannot write JSON").cause(error))?;
        return printer.json(&info, OutputFormat::Json);
    }
    let mut lines: Vec<String> = std::iter::once(told(compiled)).chain(told_of_workshop(built)).collect();
    if let Some(home) = home.filter(|_| kept != ResultsContents::default()) {
        lines.push(format!("{} in {}", told_of_results(kept), home.display()));
    }
    printer.data(&printable(&format!("{}\n{}", dir.display(), lines.join("\n"))))
}

/// Removes all that the cache has.
pub(crate) fn clear(args: &CacheClearArgs, printer: Printer) -> Result<(), Diagnosis> {
    let dir = named(&args.place)?;
    let (compiled, built) = match open(&dir)? {
        Some((cache, workshop)) => (cache.clear().map_err(failed)?, workshop.clear().map_err(failed)?),
        None => Default::default(),
    };
    printer.note(&format!("removed {} from {}", told(compiled), dir.display()));
    for line in told_of_workshop(built) {
        printer.note(&format!("removed {line}"));
    }
    if let Some(home) = args.home.dir() {
        let kept = Results::clear(&home).map_err(|error| of_history_error(&error))?;
        if kept != ResultsContents::default() {
            printer.note(&format!("removed {} from {}", told_of_results(kept), home.display()));
        }
    }
    Ok(())
}

fn named(place: &CachePlace) -> Result<PathBuf, Diagnosis> {
    place.dir().ok_or_else(|| {
        Diagnosis::usage("nothing names a directory of compiled components").hint("give one with `--cache-dir DIR`")
    })
}

/// The cache, if its directory is there: it is not made for being looked at.
fn open(dir: &Path) -> Result<Option<(CompileCache, Workshop)>, Diagnosis> {
    match dir.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        _ => {
            let cache = CompileCache::open(dir).map_err(failed)?;
            Ok(Some((cache, Workshop::open(dir).map_err(failed)?)))
        }
    }
}

fn failed(error: CacheError) -> Diagnosis {
    Diagnosis::new(Exit::BadInput, error.to_string()).causes_of(&error)
}

const CLEAR: &str = "`flyte-host cache clear` removes it";

/// `3 results of tasks, 2.1 MB`.
fn told_of_results(contents: ResultsContents) -> String {
    let ResultsContents { results, bytes, .. } = contents;
    format!("{results} result{} of tasks, {}", plural(results), size(bytes))
}

/// `3 compiled components (1 not optimised yet), 2.1 MB`.
fn told(contents: CacheContents) -> String {
    let CacheContents { components, quick, bytes, .. } = contents;
    let quick = if quick == 0 { String::new() } else { format!(" ({quick} not optimised yet)") };
    format!("{components} compiled component{}{quick}, {}", plural(components), size(bytes))
}

/// A line for components that were built from files, and one for tools, where there are any.
fn told_of_workshop(contents: WorkshopContents) -> Vec<String> {
    let WorkshopContents { components, component_bytes, tools, tool_bytes, .. } = contents;
    let mut lines = Vec::new();
    if components > 0 {
        let plural = plural(components);
        lines.push(format!("{components} component{plural} built from files, {}", size(component_bytes)));
    }
    if tools > 0 {
        lines.push(format!("{tools} set{} of tools to build files with, {}", plural(tools), size(tool_bytes)));
    }
    lines
}

fn plural(number: u64) -> &'static str {
    if number == 1 { "" } else { "s" }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
