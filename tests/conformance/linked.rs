//! Components of Python and JavaScript start fast because their libraries are linked. Tools that come to make them in
//! another way would have that undone, silently.

use wasmparser::{ElementItems, ElementKind, Operator, Parser, Payload};

use crate::languages::{JavaScript, Python, component};

/// How many functions a table gets one by one when an instance is made: all in segments whose place is not in the
/// module itself.
fn filled_at_each_start(component: &[u8]) -> u32 {
    let mut functions = 0;
    for payload in Parser::new(0).parse_all(component) {
        let Payload::ElementSection(section) = payload.unwrap() else { continue };
        for element in section {
            let element = element.unwrap();
            let ElementKind::Active { offset_expr, .. } = element.kind else { continue };
            let place = offset_expr.get_operators_reader().read().unwrap();
            if let (false, ElementItems::Functions(items)) =
                (matches!(place, Operator::I32Const { .. }), element.items)
            {
                functions += items.count();
            }
        }
    }
    functions
}

#[tokio::test]
async fn tables_are_filled_ahead_of_time() {
    for language in [Python, JavaScript] {
        let path = component(language).await;
        let functions = filled_at_each_start(&std::fs::read(path).unwrap());
        assert!(functions < 100, "{language:?}: {functions}");
    }
}
