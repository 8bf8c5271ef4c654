//! Values, in and out: the same bytes in every language.

use flyte_host::run::Failure;

use crate::languages::{ALL, Language, SDKS, Typed, in_each, run};

/// A task, its inputs, its output, and who has it.
type Case = (&'static str, &'static str, &'static str, &'static [Language]);

const GOOD: &[Case] = &[
    ("echo_point", r#"{"point":{"x":1.5,"y":-2.0,"label":"a"}}"#, r#"{"x":1.5,"y":-2.0,"label":"a"}"#, ALL),
    // What comes as a whole number goes out as the float it is.
    ("echo_point", r#"{"point":{"x":1,"y":2e0,"label":null}}"#, r#"{"x":1.0,"y":2.0,"label":null}"#, ALL),
    ("echo_point", r#"{"point":{"y":1e300,"x":1e-7}}"#, r#"{"x":1e-7,"y":1e+300,"label":null}"#, ALL),
    // WIT has no defaults.
    ("echo_point", r#"{"point":{"x":0.1}}"#, r#"{"x":0.1,"y":0.5,"label":null}"#, SDKS),
    (
        "echo_numbers",
        r#"{"numbers":{"whole":9007199254740993,"real":0.30000000000000004}}"#,
        r#"{"whole":9007199254740993,"real":0.30000000000000004}"#,
        ALL,
    ),
    (
        "echo_numbers",
        r#"{"numbers":{"whole":-9223372036854775808,"real":-0.0}}"#,
        r#"{"whole":-9223372036854775808,"real":-0.0}"#,
        ALL,
    ),
    ("echo_text", r#"{"text":""}"#, r#""""#, ALL),
    ("echo_text", r#"{"text":"a\"\\\n\t\u0001 ü 語 😀"}"#, r#""a\"\\\n\t\u0001 ü 語 😀""#, ALL),
    ("echo_bytes", r#"{"bytes":"AAH/"}"#, r#""AAH/""#, ALL),
    ("echo_bytes", r#"{"bytes":""}"#, r#""""#, ALL),
    ("echo_list", r#"{"items":[]}"#, "[]", ALL),
    ("echo_list", r#"{"items":[3,-1,0]}"#, "[3,-1,0]", ALL),
    ("echo_map", r#"{"entries":{"a":1,"b c":2.5}}"#, r#"{"a":1.0,"b c":2.5}"#, ALL),
    ("echo_pair", r#"{"pair":[1,"a"]}"#, r#"[1,"a"]"#, ALL),
    ("echo_optional", r#"{"value":7}"#, "7", ALL),
    ("echo_optional", r#"{"value":null}"#, "null", ALL),
    ("echo_optional", "{}", "null", ALL),
    ("echo_color", r#"{"color":"dark-red"}"#, r#""dark-red""#, ALL),
    ("echo_moment", r#"{"moment":"2026-02-28T12:30:00Z"}"#, r#""2026-02-28T12:30:00Z""#, SDKS),
    ("nothing", "{}", "null", ALL),
    // One of several types: by a field that says which, by what it is, or as WIT has it.
    ("echo_shape", r#"{"shape":{"kind":"circle","radius":1}}"#, r#"{"kind":"circle","radius":1.0}"#, SDKS),
    ("echo_shape", r#"{"shape":{"side":0.5,"kind":"square"}}"#, r#"{"kind":"square","side":0.5}"#, SDKS),
    ("echo_either", r#"{"value":7}"#, "7", SDKS),
    ("echo_either", r#"{"value":"7"}"#, r#""7""#, SDKS),
    ("echo_shape", r#"{"shape":{"circle":1}}"#, r#"{"circle":1.0}"#, &[Typed]),
    ("echo_shape", r#"{"shape":"dot"}"#, r#""dot""#, &[Typed]),
];

/// A task, inputs that are refused, and what is said of them.
const BAD: &[Case] = &[
    ("echo_point", r#"{"point":{"x":1,"y":2,"z":3}}"#, "point.z: unknown field", ALL),
    ("echo_point", r#"{"point":{"y":2}}"#, "point.x: missing", ALL),
    ("echo_point", r#"{"point":{"x":"1","y":2}}"#, "point.x: expected a number, got the string \"1\"", ALL),
    ("echo_point", r#"{"punkt":{}}"#, "punkt: unknown parameter", ALL),
    ("echo_numbers", r#"{"numbers":{"whole":1.5,"real":1}}"#, "numbers.whole: expected an integer, got 1.5", ALL),
    ("echo_list", r#"{"items":[1,"2"]}"#, "items[1]: expected an integer", ALL),
    ("echo_map", r#"{"entries":{"a":null}}"#, "entries.a: expected a number, got null", ALL),
    ("echo_pair", r#"{"pair":[1]}"#, "pair", ALL),
    ("echo_color", r#"{"color":"green"}"#, "color: the string \"green\" is not one of", ALL),
    ("echo_moment", r#"{"moment":"yesterday"}"#, "moment", SDKS),
    ("echo_shape", r#"{"shape":{"kind":"oval","radius":1}}"#, "shape", SDKS),
    ("echo_shape", r#"{"shape":{"kind":"circle","side":1}}"#, "shape", SDKS),
    ("echo_shape", r#"{"shape":{"oval":1}}"#, "shape", &[Typed]),
    ("echo_either", r#"{"value":1.5}"#, "value", SDKS),
    ("echo_text", r#"{"text":null}"#, "text: expected a string, got null", ALL),
];

async fn goes_through(language: Language) {
    for (task, inputs, output, who) in GOOD {
        if who.contains(&language) {
            let given = run(language, task, inputs).await;
            assert_eq!(given.as_deref().ok(), Some(*output), "{language:?}: {task} {inputs}: {given:?}");
        }
    }
}

async fn is_refused(language: Language) {
    for (task, inputs, expected, who) in BAD {
        if who.contains(&language) {
            let failure = run(language, task, inputs).await.expect_err(inputs);
            let Failure::InvalidInput(error) = &failure else {
                panic!("{language:?}: {task} {inputs}: {failure:?}")
            };
            assert!(error.to_string().contains(expected), "{language:?}: {task} {inputs}: {error}");
        }
    }
}

in_each!(values_go_through: goes_through, what_does_not_fit_is_refused: is_refused);
