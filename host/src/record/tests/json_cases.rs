//! What is JSON text and what is not, case by case: RFC 8259's grammar, and how the reader decides where the RFC leaves
//! it open. Every text goes the way it goes in use: bytes, then text, then a value.

use crate::record::{Json, SyntaxCause};

/// Texts that the grammar allows.
const WELL_FORMED: &[(&str, &[&str])] = &[
    ("one value", &["null", "true", "false", "0", "\"\"", "[]", "{}", "-1", "1.5", "\"a\""]),
    (
        "white space",
        &[
            " 1",
            "1 ",
            "\t1",
            "1\n",
            "\r\n1\r\n",
            " \t\r\n[ \t\r\n] \t\r\n",
            "{ }",
            "[ 1 , 2 ]",
            "{\"a\" : 1}",
            "{\n\"a\":\n1\n}",
        ],
    ),
    (
        "arrays",
        &[
            "[1]",
            "[1,2]",
            "[[]]",
            "[[],[[]]]",
            "[null,true,\"a\",1,{}]",
            "[[[[[[1]]]]]]",
            "[\"\"]",
            "[{}]",
            "[1,\n2]",
        ],
    ),
    (
        "objects",
        &[
            "{\"a\":1}",
            "{\"\":0}",
            "{\"a\":{\"a\":{}}}",
            "{\"a\":[],\"b\":null}",
            "{\"a b\":1}",
            "{\"a\\u0000b\":1}",
            "{\"日本語\":1}",
            "{\"a\":1,\"A\":2}",
            "{\"a\":1,\"b\":1}",
            "{\"\\\"\":1}",
        ],
    ),
    (
        "whole numbers",
        &[
            "-0",
            "10",
            "-10",
            "9007199254740993",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            "123456789012345678901234567890",
            "100000000000000000000000000000000000000",
        ],
    ),
    (
        "fractions and exponents",
        &[
            "0.0",
            "-0.0",
            "0.1",
            "1.10",
            "0.000001",
            "1e1",
            "1E1",
            "1e+1",
            "1e-1",
            "1E+10",
            "1.5e3",
            "-1.5E-3",
            "0e0",
            "0e+1",
            "0e00",
            "1e00",
            "1e-007",
            "20e1",
            "123.456e78",
            "-0e-0",
        ],
    ),
    (
        "strings",
        &[
            "\"a b\"",
            "\"/\"",
            "\"'\"",
            "\"é\"",
            "\"😀\"",
            "\"日本語\"",
            "\"\u{7f}\"",
            "\"\u{80}\"",
            "\"\u{2028}\u{2029}\"",
            "\"\u{feff}\"",
            "\"\u{fffd}\"",
            "\"\u{ffff}\"",
            "\"\u{10ffff}\"",
            "\"// no comment\"",
            "\"/* nor this */\"",
            "\"[1,{\"",
            "\"\u{200b}\"",
            "\"null\"",
            "\" \"",
        ],
    ),
    (
        "escapes",
        &[
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0041""#,
            r#""\u00e9""#,
            r#""\u00E9""#,
            r#""\u0000""#,
            r#""\u001f""#,
            r#""\u007f""#,
            r#""\u2028\u2029""#,
            r#""\uD83D\uDE00""#,
            r#""\ud83d\ude00x""#,
            r#""\uffff""#,
            r#""\ufdd0""#,
            r#""\udbff\udfff""#,
            r#""\ud800\udc00""#,
            r#""\\u0041""#,
            r#""\\""#,
            r#""\\\"""#,
            r#""\u005c""#,
            r#""\u0022""#,
            r#""a\tb""#,
            r#"["\u0061","a"]"#,
            r#""\ufeff""#,
        ],
    ),
];

/// Texts that the grammar does not allow.
const MALFORMED: &[(&str, &[&str])] = &[
    ("nothing", &["", " ", "\n", "\t\r\n "]),
    (
        "broken off",
        &[
            "[",
            "{",
            "[1",
            "[1,",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "\"",
            "\"a",
            "\"\\",
            "\"\\u",
            "\"\\u00",
            "[[1]",
            "{\"a\":[",
            "t",
            "tru",
            "fals",
            "nul",
            "-",
            "1.",
            "1e",
            "1e+",
            "[\"",
            "[{",
            "{\"",
        ],
    ),
    (
        "too much",
        &[
            "1 2",
            "[]]",
            "{}}",
            "[1]x",
            "\"a\"\"b\"",
            "null null",
            "1,",
            ",1",
            "[] []",
            "{}[]",
            "true,",
            "1;",
            "[1]]]",
            "2]",
            "\"a\"b",
            "{}#",
        ],
    ),
    ("wrong brackets", &["]", "}", "[}", "{]", "[1}", "{\"a\":1]", "(1)", "<1>", "[1)", "{[]}", "[{]}", "[\"a\"}"]),
    (
        "commas",
        &[
            "[1,]",
            "[,1]",
            "[,]",
            "[1,,2]",
            "[1 2]",
            "[\"a\" \"b\"]",
            "{\"a\":1,}",
            "{,\"a\":1}",
            "{\"a\":1,,\"b\":2}",
            "{\"a\":1 \"b\":2}",
            "{,}",
            "[1;2]",
            "[1,2,]",
            "[[],]",
            "[1\n2]",
            "[1,\n]",
        ],
    ),
    (
        "keys and colons",
        &[
            "{\"a\"}",
            "{\"a\" 1}",
            "{\"a\"::1}",
            "{\"a\":}",
            "{:1}",
            "{a:1}",
            "{1:1}",
            "{null:1}",
            "{'a':1}",
            "{[]:1}",
            "{\"a\",\"b\"}",
            "{\"a\"=1}",
            "[\"a\":1]",
            "{\"a\":1:2}",
            "{true:1}",
            "{\"a\"\"b\":1}",
            "{{}:1}",
            "{\"a\":1,b}",
            "{\"a\":1,2}",
        ],
    ),
    (
        "words",
        &[
            "True",
            "FALSE",
            "Null",
            "nil",
            "None",
            "undefined",
            "truee",
            "nulll",
            "NaN",
            "-NaN",
            "Infinity",
            "-Infinity",
            "+Infinity",
            "inf",
            "nan",
            "t rue",
            "abc",
            "[nul]",
            "{\"a\":tru}",
            "[falsee]",
            "TRUE",
            "yes",
        ],
    ),
    (
        "numbers",
        &[
            "+1", "++1", "--1", "- 1", "01", "-01", "00", "007", "0x10", "0b1", "0o7", "1_000", "1,000", ".5",
            "-.5", "1.", "-1.", "1.e1", ".e1", "e1", "1e", "1e+", "1e-", "1ee1", "1e1.5", "1e1e1", "1.2.3", "1 e1",
            "1e 1", "1..2", "0.", "-", "+", "1-1", "1+1", "1f", "1n", "1d", "0x", "1e+-1", "²", "１", "¼", "٣",
            "-a", "1/2", "$1", "1%", "0e", "-00",
        ],
    ),
    (
        "strings",
        &[
            "'a'",
            "\"a'",
            "`a`",
            "“a”",
            "\"a\nb\"",
            "\"a\rb\"",
            "\"a\tb\"",
            "\"\u{0}\"",
            "\"\u{1}\"",
            "\"\u{1f}\"",
            "\"\u{8}\"",
            "\"\\\n\"",
            "a",
            "é",
            "\"a\" \\",
            "\"\u{1b}[0m\"",
        ],
    ),
    (
        "escapes",
        &[
            r#""\a""#,
            r#""\v""#,
            r#""\0""#,
            r#""\'""#,
            r#""\x41""#,
            r#""\U0041""#,
            r#""\u""#,
            r#""\u0""#,
            r#""\u00""#,
            r#""\u004""#,
            r#""\u00g0""#,
            r#""\u{41}""#,
            r#""\u+041""#,
            r#""\u-041""#,
            r#""\u 041""#,
            r#""\u00４1""#,
            r#""\é""#,
            r#""\ ""#,
            r#""\u004é""#,
            r#""\101""#,
            r#""\N""#,
            r#""\😀""#,
            r#"\u0022a""#,
            r#""\""#,
            r#"[\n]"#,
            r#""\d800""#,
        ],
    ),
    (
        "surrogates without their pair",
        &[
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\udfff""#,
            r#""\ud800x""#,
            r#""\ud800\n""#,
            r#""\ud800\ud800""#,
            r#""\udc00\ud800""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\ude0""#,
            r#""\ud83dude00""#,
            r#""\ud83d\ude00\ud83d""#,
            r#"{"\udead":1}"#,
            r#""\ud800\\udc00""#,
        ],
    ),
    (
        "comments and what else some readers take",
        &[
            "// a\n1",
            "1 // a",
            "/* a */ 1",
            "[1 /* a */]",
            "# a\n1",
            "1 # a",
            "[1,/**/2]",
            "{\"a\":/*x*/1}",
            "<!-- a -->",
            "--",
            ";1",
            "{\"a\":1;}",
            "\"a\"+\"b\"",
            "({})",
            "a=1",
            "[...]",
            "[undefined]",
            "%1",
            "&1",
            "{\"a\":1}//",
            "*",
            "@",
        ],
    ),
    (
        "white space that is none",
        &[
            "\u{b}1",
            "\u{c}1",
            "\u{a0}1",
            "\u{2003}1",
            "\u{2028}1",
            "\u{85}1",
            "\u{200b}1",
            "\u{3000}1",
            "1\u{b}",
            "[\u{c}]",
            "[1\u{a0}]",
            "\u{2060}1",
        ],
    ),
    (
        "control characters",
        &[
            "\u{0}",
            "1\u{0}",
            "[\u{0}]",
            "\u{1}",
            "\u{7f}",
            "[1]\u{0}",
            "nu\u{0}ll",
            "\u{1b}[1m1",
            "{\u{0}}",
            "\u{1a}",
        ],
    ),
];

/// What a reader may do as it likes, what this one does, and why.
const LEFT_OPEN: &[(&str, bool, &str)] = &[
    (
        "\u{feff}1",
        false,
        "a byte order mark: RFC 8259 allows to refuse it, and what follows reads it as a character",
    ),
    ("\u{feff}{}", false, "the same"),
    ("\u{feff}", false, "nothing but the mark"),
    ("[1]\u{feff}", false, "the same, at the end"),
    ("1e400", true, "a number is text: only a schema says that it must fit a double"),
    ("-1e400", true, "the same"),
    ("1e-400", true, "the same"),
    ("1e99999999999999999999", true, "the same, where not even the exponent fits an integer"),
    ("-0.00000000000000000000000000000000000000000000000000000000000000000001", true, "digits are kept"),
    ("99999999999999999999999999999999999999999", true, "digits are kept"),
    ("0.1000000000000000055511151231257827021181583404541015625", true, "digits are kept"),
    ("1.7976931348623157e309", true, "beyond a double, and still a number"),
    ("{\"a\":1,\"a\":1}", false, "a key twice: readers differ in which one counts"),
    ("{\"a\":1,\"\\u0061\":2}", false, "the same key in another spelling"),
    ("{\"a\":{\"b\":1,\"b\":2}}", false, "the same, further inside"),
    ("{\"\":1,\"\":2}", false, "the same, with an empty name"),
    ("{\"\\ud83d\\ude00\":1,\"😀\":2}", false, "the same, by a surrogate pair"),
    ("{\"é\":1,\"e\\u0301\":2}", true, "keys that only look alike: characters are compared, not normal forms"),
    ("\"\\u0000\"", true, "a NUL is a character like others"),
    ("\"\\uffff\"", true, "a noncharacter is one that text may hold"),
    ("\"\\ud800\"", false, "half a surrogate pair: no text in UTF-8 can hold it"),
];

/// Bytes that are no text in UTF-8.
const NOT_UTF8: &[(&str, &[u8])] = &[
    ("a lone continuation", b"\"\x80\""),
    ("a sequence cut short by a quote", b"\"\xe2\x82\""),
    ("a sequence cut short by the end", b"\"\xf0\x9f\x98"),
    ("an overlong slash", b"\"\xc0\xaf\""),
    ("an overlong NUL", b"\"\xc0\x80\""),
    ("an overlong slash of three bytes", b"\"\xe0\x80\xaf\""),
    ("an overlong slash of four bytes", b"\"\xf0\x80\x80\xaf\""),
    ("a surrogate", b"\"\xed\xa0\x80\""),
    ("a surrogate pair, each half by itself", b"\"\xed\xa0\xbd\xed\xb8\x80\""),
    ("beyond the last character", b"\"\xf4\x90\x80\x80\""),
    ("a first byte of no sequence", b"\"\xf5\x80\x80\x80\""),
    ("a byte that never occurs", b"\"\xff\""),
    ("another byte that never occurs", b"\"\xfe\""),
    ("Latin-1", b"\"caf\xe9\""),
    ("in a key", b"{\"\xff\":1}"),
    ("between values", b"[1,\xff2]"),
    ("after the value", b"1\xff"),
    ("before the value", b"\xff1"),
    ("after an escape", b"\"\\\xff\""),
    ("inside an escape", b"\"\\u00\xff0\""),
    ("UTF-16 with its mark, little end first", b"\xff\xfe{\0}\0"),
    ("UTF-16 with its mark, big end first", b"\xfe\xff\0{\0}"),
];

/// Text in an encoding that UTF-8 readers take for characters of their own.
const OTHER_ENCODINGS: &[(&str, &[u8])] = &[
    ("UTF-16 without a mark, little end first", b"{\0}\0"),
    ("UTF-16 without a mark, big end first", b"\0{\0}"),
    ("UTF-32 without a mark", b"1\0\0\0"),
    ("UTF-7", b"+ADE-"),
    ("a mark in UTF-8", b"\xef\xbb\xbf1"),
    ("half a mark in UTF-8", b"1\x00"),
];

/// Reads as files and standard input are read, and holds the check without demands to the same answer.
fn is_taken(bytes: &[u8]) -> bool {
    let read = Json::from_utf8(bytes.to_vec());
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert_eq!(Json::parse(text).is_ok(), read.is_ok(), "{text:?}");
        let any = crate::record::tests::schema("true");
        assert_eq!(any.check(text).is_ok(), read.is_ok(), "{text:?}: the check says otherwise");
    }
    match read {
        Ok(json) => {
            assert_eq!(json.as_str().as_bytes(), bytes, "the text is kept");
            assert!(Json::parse(json.compact()).is_ok() && Json::parse(json.pretty()).is_ok());
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn the_tables_are_large() {
    let count = |groups: &[(&str, &[&str])]| groups.iter().map(|(_, texts)| texts.len()).sum::<usize>();
    let texts = count(WELL_FORMED) + count(MALFORMED) + LEFT_OPEN.len() + NOT_UTF8.len() + OTHER_ENCODINGS.len();
    assert!(texts >= 350, "{texts}");
}

#[test]
fn what_the_grammar_allows_is_taken() {
    let wrong: Vec<String> = WELL_FORMED
        .iter()
        .flat_map(|(group, texts)| texts.iter().map(move |text| (group, text)))
        .filter(|(_, text)| !is_taken(text.as_bytes()))
        .map(|(group, text)| format!("{group}: {text:?}"))
        .collect();
    assert!(wrong.is_empty(), "refused:\n{}", wrong.join("\n"));
}

#[test]
fn what_the_grammar_forbids_is_refused() {
    let wrong: Vec<String> = MALFORMED
        .iter()
        .flat_map(|(group, texts)| texts.iter().map(move |text| (group, text)))
        .filter(|(_, text)| is_taken(text.as_bytes()))
        .map(|(group, text)| format!("{group}: {text:?}"))
        .collect();
    assert!(wrong.is_empty(), "taken:\n{}", wrong.join("\n"));
}

#[test]
fn what_the_grammar_leaves_open_is_decided() {
    for (text, taken, why) in LEFT_OPEN {
        assert_eq!(is_taken(text.as_bytes()), *taken, "{text:?}: {why}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    for (what, bytes) in NOT_UTF8 {
        let error = Json::from_utf8(bytes.to_vec()).expect_err(what);
        let SyntaxCause::NotUtf8 { offset } = *error.cause() else { panic!("{what}: {error}") };
        assert!(std::str::from_utf8(&bytes[..offset]).is_ok(), "{what}: {offset}");
        assert!(offset < bytes.len(), "{what}: {offset}");
    }
    for (what, bytes) in OTHER_ENCODINGS {
        assert!(!is_taken(bytes), "{what}");
    }
}

#[test]
fn nesting_has_a_line_and_size_has_none() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), (" [ ", " ] ")] {
        let levels = open.matches(['[', '{']).count();
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth / levels), close.repeat(depth / levels));
        assert!(is_taken(nested(126).as_bytes()), "{open}");
        assert!(!is_taken(nested(128).as_bytes()), "{open}");
        assert!(!is_taken(open.repeat(200_000).as_bytes()), "{open}");
    }
    assert!(!is_taken("[".repeat(200_000).as_bytes()) && !is_taken("]".repeat(200_000).as_bytes()));
    let digits = "7".repeat(100_000);
    for text in [
        digits.clone(),
        format!("0.{digits}"),
        format!("1e{digits}"),
        format!("-1E-{digits}"),
        format!("\"{digits}\""),
    ] {
        assert!(is_taken(text.as_bytes()));
    }
    assert!(!is_taken(format!("0{digits}").as_bytes()));
    assert!(is_taken(format!("[{}1]", "1,".repeat(100_000)).as_bytes()));
    assert!(is_taken(format!("\"{}\"", r"\ud83d\ude00".repeat(20_000)).as_bytes()));
    assert!(is_taken(format!("{}1{}", " ".repeat(100_000), "\n".repeat(100_000)).as_bytes()));
    assert!(!is_taken(format!("[{}]", ",".repeat(100_000)).as_bytes()));
    assert!(!is_taken("\\".repeat(100_001).as_bytes()));
}
