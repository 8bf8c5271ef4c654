//! The words of a task line, one a line, against a catalog of tasks. The reader is part of the binary, so its modules
//! are taken in by their paths.
#![no_main]
#![allow(dead_code, unreachable_pub, unused_imports)]

#[path = "../../host/src/bin/flyte-host"]
mod binary {
    pub(crate) mod args;
    pub(crate) mod compile_cache;
    pub(crate) mod diagnosis;
    pub(crate) mod exit;
    pub(crate) mod grants;
    pub(crate) mod home;
    pub(crate) mod interrupt;
    pub(crate) mod limits;
    pub(crate) mod printer;
    pub(crate) mod quantity;
    pub(crate) mod result_cache;
    pub(crate) mod source;
    pub(crate) mod task_line;
    pub(crate) mod value;
}

// There, they are the crate's own.
use binary::{
    args, compile_cache, diagnosis, exit, grants, home, interrupt, limits, printer, quantity, result_cache, source, task_line, value,
};

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use flyte_host::component::{Catalog, ComponentId, ComponentInfo, Task, TaskPolicy, TaskSpec};
use libfuzzer_sys::fuzz_target;

use crate::task_line::TaskLine;
use crate::value::Values;

const PLAN: &str = r#"{"type":"object","title":"Plan","properties":{"steps":{"type":"array","items":{"type":"string"}},
  "batch_id":{"type":"string","default":"x"},"limits":{"type":"object","additionalProperties":{"type":"integer"}}},
  "required":["steps"],"additionalProperties":false}"#;

/// One task a schema: `name`, the properties of its inputs (`PLAN` stands for the record above) and its output.
const TASKS: [(&str, &str, &str); 4] = [
    (
        "make",
        r#""name":{"type":"string"},"times":{"type":"integer","default":1},"dry_run":{"type":"boolean"},"plan":PLAN"#,
        "PLAN",
    ),
    (
        "show",
        r#""plan":PLAN,"title":{"type":["string","null"]},"at":{"type":"string","format":"date-time"}"#,
        r#"{"type":"string"}"#,
    ),
    (
        "join",
        r#""left":PLAN,"right":PLAN,"pair":{"type":"array","prefixItems":[{"type":"integer"},PLAN],"items":false}"#,
        "true",
    ),
    (
        "odd",
        r#""x":{"type":"boolean"},"no_x":{"type":"boolean"},"inputs":{"type":"integer"},"a.b":{"type":"number"},"any":{},
           "shape":{"oneOf":[{"enum":["Dot"]},{"type":"object","properties":{"Circle":{"type":"number"}},"required":["Circle"],"additionalProperties":false}]},
           "level":{"enum":[1,2,"high",null]},"map":{"type":"object"}"#,
        r#"{"type":["integer","null"]}"#,
    ),
];

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let component =
        Arc::new(ComponentInfo { id: ComponentId::default(), origin: "t.wasm".into(), digest: [0; 32], unavailable: Vec::new() });
    let task = |(name, properties, output): (&str, &str, &str)| {
        let inputs = format!(r#"{{"type":"object","properties":{{{properties}}},"additionalProperties":false}}"#);
        let spec = TaskSpec {
            name: name.to_owned(),
            environment: (name == "odd").then(|| "an-env".to_owned()),
            doc: String::new(),
            inputs: inputs.replace("PLAN", PLAN),
            output: output.replace("PLAN", PLAN),
            policy: TaskPolicy::default(),
            rights: Vec::new(),
        };
        Task::new(spec, Arc::clone(&component)).expect("a task")
    };
    let mut catalog = Catalog::default();
    catalog.add(Arc::clone(&component), TASKS.map(task).into()).expect("different names");
    catalog
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let words: Vec<&str> = text.lines().collect();
    // A path without a slash leads to no device and out of no directory.
    let words: Vec<OsString> = words.iter().map(|word| word.replace('/', "\\").into()).collect();
    match task_line::read(&CATALOG, Path::new("t.wasm"), &words, None, &mut Values::new(|_| (), None)) {
        Ok(TaskLine::Help(_)) => {}
        Ok(TaskLine::Steps(steps)) => {
            for step in steps {
                let task = Arc::clone(&step.task);
                let fed = step.feed.is_some();
                // What is not fed was checked: the inputs conform.
                if let (Ok(inputs), false) = (step.inputs(None), fed) {
                    assert!(task.inputs().check(inputs.as_str()).is_ok());
                }
            }
        }
        Err(diagnosis) => assert!(!diagnosis.headline.is_empty()),
    }
});
