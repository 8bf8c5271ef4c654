//! The table of attacks in SECURITY.md is what the tests say.

use std::fmt::Write as _;
use std::path::Path;

use crate::ATTACKS;

const BEGIN: &str = "<!-- attacks -->\n";
const END: &str = "<!-- /attacks -->";

fn table() -> String {
    let mut table = "| attack | what it tries | what stops it |\n|---|---|---|\n".to_owned();
    let mut attacks: Vec<_> = ATTACKS.iter().collect();
    attacks.sort_by_key(|attack| attack.name);
    for attack in attacks {
        let _ = writeln!(table, "| `{}` | {} | {} |", attack.name, attack.tries, attack.stopped_by);
    }
    table
}

/// `UPDATE_ATTACKS=1` writes it anew.
#[test]
fn the_table_is_what_the_tests_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../SECURITY.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the table begins with a comment");
    let (listed, after) = rest.split_once(END).expect("the table ends with a comment");
    if std::env::var_os("UPDATE_ATTACKS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
    } else {
        assert!(listed == table(), "SECURITY.md is not what the tests say: run them with UPDATE_ATTACKS=1");
    }
}

#[test]
fn there_are_more_than_forty_attacks_each_with_a_name_of_its_own() {
    let mut names: Vec<&str> = ATTACKS.iter().map(|attack| attack.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert!(all > 40 && names.len() == all);
}
