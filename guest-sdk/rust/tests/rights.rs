//! What the attribute's `rights(…)` become for the host.

use flyte_guest::__private::{Right, RightKind};
use flyte_guest::testing::describe;
use flyte_guest::{Task, task};

#[task]
fn without() {}

#[task(rights(
    read = "/data",
    write = ["/out", "/cache"],
    env = "TOKEN",
    net = "api.example.com:443",
    optional(env = ["DEBUG", "LEVEL"], read = "/etc/data"),
    read = "/models",
    optional(net = "[::1]:5432"),
))]
fn with_all() {}

#[task(rights())]
fn with_none() {}

#[test]
fn a_task_declares_no_rights_unless_it_says_so() {
    assert_eq!(without::RIGHTS, []);
    assert_eq!(with_none::RIGHTS, []);
}

#[test]
fn every_right_arrives_in_its_order() {
    let right = |kind, argument, optional| Right { kind, argument, optional };
    let expected = [
        right(RightKind::Read, "/data", false),
        right(RightKind::Write, "/out", false),
        right(RightKind::Write, "/cache", false),
        right(RightKind::Env, "TOKEN", false),
        right(RightKind::Net, "api.example.com:443", false),
        right(RightKind::Env, "DEBUG", true),
        right(RightKind::Env, "LEVEL", true),
        right(RightKind::Read, "/etc/data", true),
        right(RightKind::Read, "/models", false),
        right(RightKind::Net, "[::1]:5432", true),
    ];
    assert_eq!(with_all::RIGHTS, expected);
}

#[test]
fn a_description_shows_them() {
    let rights = describe::<with_all>().rights;
    assert_eq!(rights[..2], ["read /data", "write /out"]);
    assert_eq!(rights[9], "net [::1]:5432 (optional)");
}
