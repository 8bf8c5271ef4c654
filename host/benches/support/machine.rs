//! What the system tells of this process. Where there is no `/proc`, it tells nothing.

use std::fs;

/// The page faults of this process so far that needed no disk.
pub(crate) fn faults() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name, which comes second, may have spaces.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    fields.split_whitespace().nth(7).and_then(|faults| faults.parse().ok()).unwrap_or(0)
}

/// The most memory this process had, in bytes.
pub(crate) fn peak_memory() -> Option<u64> {
    status("self", "VmHWM:")
}

/// The memory this process has now, in bytes.
pub(crate) fn memory() -> Option<u64> {
    status("self", "VmRSS:")
}

/// The most memory another process had so far, in bytes; `None` once it has ended.
pub(crate) fn peak_memory_of(process: u32) -> Option<u64> {
    status(&process.to_string(), "VmHWM:")
}

fn status(process: &str, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
}
