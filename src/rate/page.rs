//! Which page of a citizen is shown, and by whom: the server's own stays as long as it says all.

use super::{
    adopt, follow, markup,
    receipt::{self, HandedOver},
};
use crate::{
    client::ratings::Door,
    kit::{
        dom, page,
        part::{Missing, Opening},
        served,
    },
};
use contract::paths;
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;

/// The pages that the app draws.
enum Drawn {
    Form(Door),
    Receipt { code: String, key: Option<String> },
    Follow,
}

#[wasm_split(
    citizen,
    wasm_split_path = ::leptos::wasm_split,
    preload(fetch_citizen),
    fallible
)]
pub(super) fn draw_citizen(drawn: Drawn) -> Result<AnyView, Missing> {
    Ok(match drawn {
        Drawn::Form(door) => markup::page(door),
        Drawn::Receipt { code, key } => receipt::page(code, key),
        Drawn::Follow => follow::page(),
    })
}

/// The rating page of a plate or of a service event. What the server sent is adopted; without it
/// the same form is drawn here.
pub fn rate_page() -> Opening {
    Box::pin(async {
        let door = door();
        if page::moved() || !served::present() {
            return draw_citizen(Drawn::Form(door)).await;
        }
        // A page that says why there is no form stays as it is.
        if let Some(form) = served_form() {
            adopt::adopt(form, door, taken_over());
        }
        Ok(().into_any())
    })
}

/// The receipt. What the server sent is complete, unless only this tab knows who sent the rating.
pub fn receipt_page() -> Opening {
    Box::pin(async {
        let code = param("code");
        let key = receipt::key(&code);
        let complete = key.is_none() || offers_follow();
        if !page::moved() && served::present() && complete {
            return Ok(().into_any());
        }
        draw_citizen(Drawn::Receipt { code, key }).await
    })
}

/// What became of a rating. The server's page says all of it.
pub fn follow_page() -> Opening {
    Box::pin(async {
        if !page::moved() && served::present() {
            return Ok(().into_any());
        }
        draw_citizen(Drawn::Follow).await
    })
}

fn param(name: &str) -> String {
    use_params_map().with_untracked(|params| params.get(name).unwrap_or_default())
}

fn door() -> Door {
    let plate = param("plate");
    if plate.is_empty() {
        Door::Service(param("code"))
    } else {
        Door::Plate(plate)
    }
}

fn served_form() -> Option<HtmlFormElement> {
    let main = dom::by_id("main")?;
    dom::find(&main, "form.rate")?.dyn_into().ok()
}

/// Whether the server's page has the form already: right after sending without script.
fn offers_follow() -> bool {
    dom::by_id("main").is_some_and(|main| dom::find(&main, "form").is_some())
}

/// What happens when the rating is stored: the receipt takes the form's place.
pub fn taken_over() -> adopt::Arrived {
    let navigate = use_navigate();
    let handed = use_context::<HandedOver>().unwrap_or_default();
    Box::new(move |receipt, key| {
        let to = paths::fill(paths::RECEIPT, &receipt.code);
        handed.give(receipt, key);
        navigate(&to, NavigateOptions::default());
    })
}
