//! Short names for what a module and its script have of each other, and a script without what the types say too.
//!
//! The generator ends each of some hundred names with a hash, in the module and again in the script. Nothing compresses
//! them, and nobody calls them but the two.

use std::collections::BTreeMap;
use std::path::Path;

use walrus::{Module, ModuleConfig};

use super::damaged;
use crate::error::Result;
use crate::paths::{read, write};

/// Gives the imports and exports of the module `base` in `out` short names, in the module and in its script. `named`: its
/// functions keep theirs.
pub fn shorten(out: &Path, base: &str, named: bool) -> Result {
    let (wasm, script) = (
        out.join(format!("{base}_bg.wasm")),
        out.join(format!("{base}.js")),
    );
    let fail = |cause| damaged(&format!("{} cannot be read: {cause:#}", wasm.display()));
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_name_section(named)
        .generate_producers_section(false)
        .parse_file(&wasm)
        .map_err(fail)?;
    let direct = direct(&mut module, base);
    let short = rename(&mut module);
    module.emit_wasm_file(&wasm).map_err(fail)?;
    let text = replace(&without_docs(&read(&script)?), &short);
    write(&script, by_name(&text, &direct)?)
}

/// What the module takes straight from one of the crate's own scripts.
struct Direct {
    /// Of the script, as the generator has it.
    path: String,
    name: String,
}

impl Direct {
    /// What the two call it.
    fn short(index: usize) -> String {
        format!("d{index}")
    }
}

/// The imports of `module` that need nothing done to their arguments, so that it has them from a script of the crate's. They
/// come from the generator's script hereafter, like all others.
fn direct(module: &mut Module, base: &str) -> Vec<Direct> {
    let mut direct = Vec::new();
    for import in module.imports.iter_mut() {
        if import.module.starts_with("./snippets/") {
            let path = std::mem::replace(&mut import.module, format!("./{base}_bg.js"));
            let name = std::mem::replace(&mut import.name, Direct::short(direct.len()));
            direct.push(Direct { path, name });
        }
    }
    direct
}

/// The script with the functions in `direct` by their names, instead of the whole scripts that they stand in: of those a
/// bundler would have to keep everything, with all its names.
fn by_name(script: &str, direct: &[Direct]) -> Result<String> {
    const FIRST: &str = "__proto__: null,\n";
    let is_whole = |line: &str| {
        let line = line.trim_start();
        line.starts_with("\"./snippets/") || line.starts_with("import * as import")
    };
    let kept: String = script
        .split_inclusive('\n')
        .filter(|line| !is_whole(line))
        .collect();
    let (before, after) = kept
        .split_once(FIRST)
        .ok_or_else(|| damaged("the script has no object of imports"))?;
    let (mut imports, mut fields) = (String::new(), String::new());
    for (index, Direct { path, name }) in direct.iter().enumerate() {
        let short = Direct::short(index);
        imports += &format!("import {{ {name} as {short} }} from '{path}';\n");
        fields += &format!("{short},\n");
    }
    // The first line may be a comment that has to be the first.
    let (head, before) = before.split_at(before.find("import ").unwrap_or(0));
    Ok([head, &imports, before, FIRST, &fields, after].concat())
}

/// The script without the comments on what it exports: the declarations have them, and they are an eighth of what a page loads of it.
fn without_docs(script: &str) -> String {
    let mut is_doc = false;
    let mut kept = String::new();
    for line in script.split_inclusive('\n') {
        is_doc |= line.trim_start().starts_with("/**");
        if !is_doc {
            kept += line;
        }
        is_doc &= !line.trim_end().ends_with("*/");
    }
    kept
}

/// The short name of each import and export whose name has a hash, which it has in `module` already.
fn rename(module: &mut Module) -> BTreeMap<String, String> {
    let mut short = BTreeMap::new();
    let imports = module.imports.iter_mut().map(|it| &mut it.name);
    let exports = module.exports.iter_mut().map(|it| &mut it.name);
    for name in imports.chain(exports).filter(|name| has_hash(name)) {
        let next = format!("i{}", short.len());
        name.clone_from(short.entry(name.clone()).or_insert(next));
    }
    short
}

fn has_hash(name: &str) -> bool {
    name.rsplit_once('_').is_some_and(|(_, hash)| {
        let hash = hash.strip_prefix('h').unwrap_or(hash);
        hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The script with each of the words in `short` by its short name.
fn replace(script: &str, short: &BTreeMap<String, String>) -> String {
    let is_in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    script
        .split_inclusive(|c| !is_in_word(c))
        .map(|part| {
            let word = part.trim_end_matches(|c| !is_in_word(c));
            match short.get(word) {
                Some(name) => part.replacen(word, name, 1),
                None => part.to_owned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "__wbg_now_31456edf1be00084";
    const CLOSURE: &str = "wasm_bindgen__invoke__hdcb488ae308eb9fa";

    #[test]
    fn a_name_with_a_hash_is_short_in_module_and_script() {
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        for name in [LONG, "memory_of_the_script", LONG] {
            let (function, _) = module.add_import_func("./script.js", name, ty);
            module.exports.add(CLOSURE, function);
        }
        let short = rename(&mut module);
        let names: Vec<&str> = module.imports.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["i0", "memory_of_the_script", "i0"]);
        assert!(module.exports.iter().all(|it| it.name == "i1"));
        let script = format!("({{ {LONG}: 1, {LONG}0: 2, memory_of_the_script: {CLOSURE} }})");
        assert_eq!(
            replace(&script, &short),
            format!("({{ i0: 1, {LONG}0: 2, memory_of_the_script: i1 }})")
        );
    }

    #[test]
    fn what_comes_from_a_script_comes_by_its_name() {
        const PATH: &str = "./snippets/crate/glue.js";
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        for (path, name) in [("./a_bg.js", LONG), (PATH, "soon"), (PATH, "late")] {
            module.add_import_func(path, name, ty);
        }
        let direct = direct(&mut module, "a");
        let imports: Vec<_> = module
            .imports
            .iter()
            .map(|it| (it.module.as_str(), it.name.as_str()))
            .collect();
        let ours = "./a_bg.js";
        assert_eq!(imports, [("./a_bg.js", LONG), (ours, "d0"), (ours, "d1")]);
        let script = "/* types */\nimport { a } from './b.js';\nimport * as import1 from \"./snippets/crate/glue.js\"\nlet o = {\n  __proto__: null,\n  a,\n  \"./snippets/crate/glue.js\": import1,\n};\n";
        let expected = "/* types */\nimport { soon as d0 } from './snippets/crate/glue.js';\nimport { late as d1 } from './snippets/crate/glue.js';\nimport { a } from './b.js';\nlet o = {\n  __proto__: null,\nd0,\nd1,\n  a,\n};\n";
        assert_eq!(by_name(script, &direct).unwrap(), expected);
        assert!(by_name("let o = {};", &direct).is_err());
    }

    #[test]
    fn comments_on_exports_go_and_others_stay() {
        let script =
            "/* types */\n/**\n * Sends.\n */\nexport let a;\n  /** One. */\n  let b; // c\n";
        let expected = "/* types */\nexport let a;\n  let b; // c\n";
        assert_eq!(without_docs(script), expected);
    }

    #[test]
    fn only_a_whole_hash_is_one() {
        assert!(has_hash(LONG) && has_hash(CLOSURE));
        assert!(!has_hash("__wbg_now_31456edf1be0008"));
        assert!(!has_hash("__wbg_now_31456edf1be0008x"));
        assert!(!has_hash("31456edf1be00084"));
    }
}
