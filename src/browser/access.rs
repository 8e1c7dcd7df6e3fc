//! What the browser will say to a connection before it is tried: `access.js` asks it.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::broker_options::check_url;
use super::error::mqtt_invalid;
use super::later::when;

#[wasm_bindgen(module = "/src/browser/access.js")]
extern "C" {
    /// A promise of an [`Answer`], about a URL that has been checked.
    #[wasm_bindgen(js_name = access)]
    fn ask(url: &str) -> Promise;

    type Answer;
    #[wasm_bindgen(method, getter)]
    fn access(this: &Answer) -> String;
    #[wasm_bindgen(method, getter)]
    fn advice(this: &Answer) -> String;
}

/// What the browser will do with a connection.
pub(super) enum Access {
    Open,
    Prompt(String),
    Blocked(String),
}

/// What the browser will say to a connection before it is tried.
#[wasm_bindgen(js_name = checkAccess, skip_typescript)]
pub fn check_access(url: JsValue) -> Promise {
    match check_url(&url) {
        Ok(url) => ask(&url),
        Err(invalid) => Promise::reject(&mqtt_invalid(&invalid)),
    }
}

/// Asks the browser about `url`, which has been checked.
pub(super) fn access(url: &str, then: impl FnOnce(Access) + 'static) {
    when(&ask(url), |answer| {
        let answer = answer.map(JsCast::unchecked_into::<Answer>);
        then(match &answer {
            Ok(answer) if answer.access() == "prompt" => Access::Prompt(answer.advice()),
            Ok(answer) if answer.access() == "blocked" => Access::Blocked(answer.advice()),
            // Where the browser cannot be asked, the connection will tell.
            _ => Access::Open,
        });
    });
}
