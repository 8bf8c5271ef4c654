//! What holds of any type and any JSON: what a type's schema takes has a value, which has JSON again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed};

use crate::component::typed::{Case, Field, IntType, WitType, snake};
use crate::engine::typed::{decode, encode};
use crate::record::{Schema, quote};

const LABELS: [&str; 4] = ["a", "b-c", "ok", "some"];
const INTS: [IntType; 8] =
    [IntType::U8, IntType::U16, IntType::U32, IntType::U64, IntType::S8, IntType::S16, IntType::S32, IntType::S64];

/// What is at the edge of some type of numbers, or beyond it.
const NUMBERS: [&str; 26] = [
    "0",
    "-0",
    "1",
    "1.0",
    "1e2",
    "-1",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "32768",
    "65535",
    "65536",
    "2147483648",
    "4294967296",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "0.1",
    "1e-400",
    "3.4e38",
    "3.5e38",
    "1e309",
];
/// The same of texts.
const TEXTS: [&str; 14] = [
    r#""""#,
    r#""a""#,
    r#""ä""#,
    r#""e\u0301""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""some""#,
    r#""ok""#,
    r#""AAE=""#,
    r#""AAF=""#,
    r#""AA""#,
    r#""AA==""#,
    r#""AB==""#,
    r#""A===""#,
];
/// JSON of other kinds.
const OTHERS: [&str; 7] =
    ["null", "true", "[]", "[0,0]", r#"["a","a"]"#, r#"{"some":null}"#, r#"{"ok":0,"error":0}"#];

fn a_type() -> impl Strategy<Value = WitType> {
    let names =
        || (1..LABELS.len()).prop_map(|count| LABELS[..count].iter().map(|&name| name.to_owned()).collect());
    let leaf = prop_oneof![
        Just(WitType::Bool),
        select(&INTS[..]).prop_map(WitType::Int),
        Just(WitType::F32),
        Just(WitType::F64),
        Just(WitType::Char),
        Just(WitType::String),
        Just(WitType::Bytes),
        names().prop_map(WitType::Enum),
        names().prop_map(WitType::Flags),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let maybe = || proptest::option::of(inner.clone());
        let key = select(&[WitType::String, WitType::Bool, WitType::Char, WitType::Int(IntType::U8)][..]);
        prop_oneof![
            boxed().prop_map(WitType::List),
            (key.prop_map(Box::new), boxed()).prop_map(|(key, value)| WitType::Map(key, value)),
            vec(inner.clone(), 1..LABELS.len())
                .prop_map(|types| WitType::Record(LABELS.iter().zip(types).map(field).collect())),
            vec(inner.clone(), 1..4).prop_map(WitType::Tuple),
            vec(maybe(), 1..LABELS.len())
                .prop_map(|types| WitType::Variant(LABELS.iter().zip(types).map(case).collect())),
            boxed().prop_map(WitType::Option),
            (maybe(), maybe()).prop_map(|(ok, error)| WitType::Result(ok.map(Box::new), error.map(Box::new))),
        ]
    })
}

fn field((label, ty): (&&str, WitType)) -> Field {
    Field { label: (*label).to_owned(), name: snake(label), ty }
}

fn case((name, payload): (&&str, Option<WitType>)) -> Case {
    Case { name: (*name).to_owned(), payload }
}

/// JSON that is of the type, as a rule: `astray` of a thousand parts are something else.
fn json(ty: &WitType, rng: &mut Rng, astray: u32) -> String {
    if rng.u32(..1000) < astray {
        let edges = match ty {
            WitType::Int(_) | WitType::F32 | WitType::F64 => &NUMBERS[..],
            WitType::Char | WitType::String | WitType::Bytes | WitType::Enum(_) => &TEXTS,
            _ => &OTHERS,
        };
        return edges[rng.usize(..edges.len())].to_owned();
    }
    let several = |rng: &mut Rng, one: &mut dyn FnMut(&mut Rng) -> String| {
        (0..rng.usize(..3)).map(|_| one(rng)).collect::<Vec<_>>().join(",")
    };
    match ty {
        WitType::Bool => rng.bool().to_string(),
        WitType::Int(IntType::U8 | IntType::U16 | IntType::U32 | IntType::U64) => rng.u8(..).to_string(),
        WitType::Int(_) => rng.i8(..).to_string(),
        WitType::F32 => serde_json::to_string(&f32::from_bits(rng.u32(..0x7f80_0000))).unwrap(),
        WitType::F64 => serde_json::to_string(&f64::from_bits(rng.u64(..0x7ff0_0000_0000_0000))).unwrap(),
        WitType::Char => quote(&rng.char(..).to_string()),
        WitType::String => quote(&(0..rng.usize(..4)).map(|_| rng.char(..)).collect::<String>()),
        WitType::Bytes => quote(&STANDARD.encode((0..rng.usize(..5)).map(|_| rng.u8(..)).collect::<Vec<_>>())),
        WitType::Enum(names) => quote(&names[rng.usize(..names.len())]),
        WitType::Flags(names) => {
            let some: Vec<String> = names.iter().filter(|_| rng.bool()).map(|name| quote(name)).collect();
            format!("[{}]", some.join(","))
        }
        WitType::List(item) => format!("[{}]", several(rng, &mut |rng| json(item, rng, astray))),
        WitType::Map(key, value) if **key == WitType::String => {
            let entry =
                &mut |rng: &mut Rng| format!("{}:{}", quote(&rng.char(..).to_string()), json(value, rng, astray));
            format!("{{{}}}", several(rng, entry))
        }
        WitType::Map(key, value) => {
            let pair = &mut |rng: &mut Rng| format!("[{},{}]", json(key, rng, astray), json(value, rng, astray));
            format!("[{}]", several(rng, pair))
        }
        WitType::Record(fields) => {
            let there = fields.iter().filter(|field| !field.ty.is_nullable() || rng.bool()).collect::<Vec<_>>();
            let members =
                there.into_iter().map(|field| format!("{}:{}", quote(&field.name), json(&field.ty, rng, astray)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        WitType::Tuple(types) => {
            let items: Vec<String> = types.iter().map(|ty| json(ty, rng, astray)).collect();
            format!("[{}]", items.join(","))
        }
        WitType::Variant(cases) => {
            let Case { name, payload } = &cases[rng.usize(..cases.len())];
            tagged(name, payload.as_ref(), rng, astray)
        }
        WitType::Option(_) if rng.bool() => "null".to_owned(),
        WitType::Option(inner) if inner.is_nullable() => tagged("some", Some(inner), rng, astray),
        WitType::Option(inner) => json(inner, rng, astray),
        WitType::Result(ok, _) if rng.bool() => tagged("ok", ok.as_deref(), rng, astray),
        WitType::Result(_, error) => tagged("error", error.as_deref(), rng, astray),
    }
}

fn tagged(name: &str, payload: Option<&WitType>, rng: &mut Rng, astray: u32) -> String {
    match payload {
        Some(ty) => format!("{{{}:{}}}", quote(name), json(ty, rng, astray)),
        None => quote(name),
    }
}

proptest! {
    #![proptest_config(Config {
        cases: 4_000, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Config::default()
    })]

    #[test]
    fn what_a_schema_takes_has_a_value_that_has_json_again(
        ty in a_type(), seed in any::<u64>(), astray in select(&[0, 50, 200][..])
    ) {
        const MOST: usize = 1 << 20;
        let schema = Schema::compile(ty.schema()).unwrap();
        prop_assert!(schema.accepts(&schema).is_ok());
        let text = json(&ty, &mut Rng::with_seed(seed), astray);
        match schema.check(&text) {
            Ok(()) => {
                let value = decode::value(&text, &ty, MOST);
                prop_assert!(value.is_ok(), "{ty:?} {text}: {:?}", value.unwrap_err().to_string());
                let value = value.unwrap();
                let again = encode::text(&ty, &value).unwrap();
                prop_assert!(schema.check(&again).is_ok(), "{ty:?} {text} {again}");
                let same = decode::value(&again, &ty, MOST).unwrap();
                prop_assert_eq!(&same, &value, "{:?} {}", &ty, &text);
                prop_assert_eq!(encode::text(&ty, &same).unwrap(), again);
            }
            // One key may be there twice.
            Err(error) => prop_assert!(astray > 0 || error.to_string().contains("twice"), "{ty:?} {text}: {error}"),
        }
    }
}
