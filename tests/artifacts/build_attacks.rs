//! Lists the attacks of `tests/guests/hostile`: the tasks of its Rust guests, and its files of component text.

use std::fmt::Write as _;
use std::path::Path;

use super::{constant, stems};

/// Writes where the guests and the texts are, and a macro that gets the names of all attacks.
pub(super) fn list(source: &mut String, hostile: &Path, built: &Path) {
    let mut attacks = Vec::new();
    let guests = stems(hostile, "rs");
    for guest in &guests {
        constant(source, &format!("hostile_{guest}"), &built.join(format!("hostile_{guest}.wasm")));
        let path = hostile.join(format!("{guest}.rs"));
        let text = std::fs::read_to_string(&path).expect("the guest can be read");
        let tasks = tasks(&text);
        assert!(!tasks.is_empty(), "{} has no tasks", path.display());
        attacks.extend(tasks);
    }
    let names: Vec<String> = guests.iter().map(|guest| format!("HOSTILE_{}", guest.to_uppercase())).collect();
    let _ = writeln!(source, "/// The hostile guests that are written in Rust.");
    let _ = writeln!(source, "pub const HOSTILE_GUESTS: &[&str] = &[{}];", names.join(", "));

    let texts = stems(hostile, "wat");
    let _ = writeln!(source, "/// The hostile guests that are written as text, each with its name.");
    let _ = writeln!(source, "pub const HOSTILE_TEXTS: &[(&str, &str)] = &[");
    for name in &texts {
        let path = hostile.join(format!("{name}.wat"));
        let _ = writeln!(source, "    ({name:?}, include_str!({:?})),", path.display().to_string());
    }
    source.push_str("];\n");
    attacks.extend(texts);

    let _ = writeln!(source, "/// Where the parts are that the texts have in common.");
    let _ = writeln!(source, "pub const HOSTILE_FRAME: &str = {:?};", hostile.join("frame").display().to_string());
    let _ = writeln!(source, "/// Calls a macro with the names of all attacks.");
    let _ = writeln!(source, "#[macro_export]\nmacro_rules! foreach_attack {{\n    ($callback:ident) => {{");
    let _ = writeln!(source, "        $callback! {{ {} }}\n    }};\n}}", attacks.join(" "));
}

/// The tasks of a guest: its functions with the SDK's attribute, or the names that a guest without the SDK tells apart.
fn tasks(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        match function.and_then(|rest| rest.split_once('(')) {
            Some((name, _)) if marked => names.push(name.to_owned()),
            _ => {}
        }
        marked = line.starts_with("#[task") || (marked && line.starts_with("#["));
        let case = line.strip_prefix('"').and_then(|rest| rest.split_once("\" => "));
        if let Some((name, _)) = case
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}
