//! Imports whose task has other types: refused when they are loaded, and the message names the difference.

use crate::text::{Function, builder, exporter, importer, refusal};

const FACE: &str = "acme:p/values";
const COLOR: &str = r#"(enum "red" "blue")"#;

/// Only to be loaded: it does nothing.
fn function<'t>(types: &'t [(&'t str, &'t str)], ty: &'t str, core: &'t str) -> Function<'t> {
    Function { types, label: "f", ty, core }
}

fn components(
    wanted: (&[(&str, &str)], &str),
    given: (&[(&str, &str)], &str),
    core: &str,
) -> [(&'static str, String); 2] {
    let core = format!("{core} unreachable");
    [
        ("importer.wasm", importer(FACE, function(wanted.0, wanted.1, ""))),
        ("a.wasm", exporter(FACE, function(given.0, given.1, &core))),
    ]
}

/// The same, without names for the types.
fn plain(wanted: &str, given: &str, core: &str) -> [(&'static str, String); 2] {
    components((&[], wanted), (&[], given), core)
}

/// With a type `t` each.
fn named(wanted: &str, given: &str, ty: &str, core: &str) -> [(&'static str, String); 2] {
    components((&[("t", wanted)], ty), (&[("t", given)], ty), core)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_type_is_compared() {
    const OF: &str = "(param \"of\" $t)";
    const RESULT: &str = "(result $t)";
    let param = |ty: &str| format!("(param \"of\" {ty})");
    let result = |ty: &str| format!("(result {ty})");
    let in_and_out = |wanted: &str, given: &str, core: &str| plain(&param(wanted), &param(given), core);
    let out = |wanted: &str, given: &str| plain(&result(wanted), &result(given), "(result i32)");
    let mut told = Vec::new();
    for (what, components) in [
        (
            "a field that the importer does not give",
            named(
                r#"(record (field "x" u8))"#,
                r#"(record (field "x" u8) (field "y-axis" u8))"#,
                OF,
                "(param i32 i32)",
            ),
        ),
        (
            "a field that the task does not give",
            named(
                r#"(record (field "x" u8) (field "y-axis" u8))"#,
                r#"(record (field "x" u8))"#,
                RESULT,
                "(result i32)",
            ),
        ),
        ("a wider integer for the task", in_and_out("u32", "u8", "(param i32)")),
        ("a wider integer for the importer", out("u8", "u32")),
        ("an integer with another sign", out("s8", "u8")),
        (
            "a case that the task does not know",
            named(r#"(variant (case "a") (case "b" u8))"#, r#"(variant (case "a"))"#, OF, "(param i32)"),
        ),
        (
            "a case that the importer does not know",
            named(r#"(variant (case "a"))"#, r#"(variant (case "a") (case "b" u8))"#, RESULT, "(result i32)"),
        ),
        (
            "a payload of another type",
            named(r#"(variant (case "b" string))"#, r#"(variant (case "b" u8))"#, RESULT, "(result i32)"),
        ),
        (
            "a name that the importer does not know",
            named(r#"(enum "red")"#, r#"(enum "red" "blue")"#, RESULT, "(result i32)"),
        ),
        (
            "a flag that the importer does not know",
            named(r#"(flags "read")"#, r#"(flags "read" "write")"#, RESULT, "(result i32)"),
        ),
        (
            "a text for a name that the importer wants",
            components((&[("t", COLOR)], RESULT), (&[], "(result string)"), "(result i32)"),
        ),
        (
            "a text for a name that the task wants",
            components(
                (&[], &param("(option string)")),
                (&[("t", COLOR)], "(param \"of\" (option $t))"),
                "(param i32 i32)",
            ),
        ),
        (
            "a letter for a case",
            components(
                (&[("t", "(variant (case \"a\") (case \"b\" u8))")], RESULT),
                (&[], "(result char)"),
                "(result i32)",
            ),
        ),
        (
            "texts for flags",
            components((&[("t", "(flags \"read\")")], RESULT), (&[], "(result (list string))"), "(result i32)"),
        ),
        ("an option for what is there", in_and_out("(option u8)", "u8", "(param i32)")),
        ("what may be missing", out("u8", "(option u8)")),
        ("an option in an option", out("(option (option u8))", "(option u8)")),
        ("a longer tuple", out("(tuple u8 u8)", "(tuple u8 u8 u8)")),
        ("a list of something else", out("(list u16)", "(list string)")),
        ("bytes for numbers", out("(list u16)", "(list u8)")),
        ("a text for a number", out("u8", "string")),
        ("a value for none", plain("", &result("u8"), "(result i32)")),
        ("none for a value", plain(&result("u8"), "", "")),
        ("a parameter too few", plain("", &param("u8"), "(param i32)")),
        ("a parameter too many", plain(&param("u8"), "", "")),
        ("another parameter", plain(&param("u8"), "(param \"other\" u8)", "(param i32)")),
        ("an error for none", out("u8", "(result u8 (error string))")),
        ("another error", out("(result u8 (error u8))", "(result u8 (error (option u8)))")),
        ("an error that is a text", out("(result u8 (error u8))", "(result u8 (error string))")),
        ("an error without a value", out("(result u8 (error u8))", "(result u8)")),
    ] {
        let (reason, is_loaded) = refusal(&components).await;
        assert!(is_loaded, "{what}: {reason}");
        told.push(format!("{what}: {reason}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fits_is_loaded() {
    let param = |wanted: &str, given: &str| {
        plain(&format!("(param \"of\" {wanted})"), &format!("(param \"of\" {given})"), "(param i32)")
    };
    let out = |wanted: &str, given: &str| {
        plain(&format!("(result {wanted})"), &format!("(result {given})"), "(result i32)")
    };
    for components in [
        param("u8", "u32"),
        out("(option u8)", "u8"),
        // A name is a text.
        components((&[], "(result string)"), (&[("t", COLOR)], "(result $t)"), "(result i32)"),
        components((&[], "(result (option string))"), (&[("t", COLOR)], "(result $t)"), "(result i32)"),
        components((&[("t", COLOR)], "(param \"of\" $t)"), (&[], "(param \"of\" string)"), "(param i32 i32)"),
        // Nothing, and a message, are known of any error; and a function without one never gives it.
        out("(result u8)", "(result u8 (error string))"),
        out("(result u8)", "(result u8 (error (option u8)))"),
        out("(result u8 (error string))", "(result u8)"),
        out("(result u8 (error string))", "(result u8 (error (option u8)))"),
        out("(result u8 (error u8))", "u8"),
        out("(result u8 (error u16))", "(result u8 (error u8))"),
        // What it does not give, the task does not need.
        plain("", "(param \"of\" (option u8))", "(param i32 i32)"),
    ] {
        builder(&components).build().await.unwrap_or_else(|error| panic!("{error}"));
    }
}
