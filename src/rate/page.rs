//! The rating page. What the server sent is adopted; without it the same form is drawn here.

use super::{adopt, markup, receipt::HandedOver};
use crate::{
    client::{self, ratings::Door},
    common::{loading, place},
    kit::{
        dom,
        load::Loader,
        page::{self, Heading},
        served,
    },
};
use contract::{paths, rate::RatePage as Sheet};
use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;
use words::Key;

/// The rating page of a plate or of a service event.
#[component]
pub fn RatePage() -> impl IntoView {
    let door = door();
    if !page::moved() && served::present() {
        // The first form in main is the rating's; a page that says why there is none has no form.
        if let Some(form) = served_form() {
            adopt::adopt(form, door, taken_over());
        }
        return ().into_any();
    }
    drawn(door)
}

fn door() -> Door {
    use_params_map().with_untracked(|params| match params.get("plate") {
        Some(plate) => Door::Plate(plate),
        None => Door::Service(params.get("code").unwrap_or_default()),
    })
}

fn served_form() -> Option<HtmlFormElement> {
    let main = dom::by_id("main")?;
    dom::find(&main, "form.rate")?.dyn_into().ok()
}

/// What happens when the rating is stored: the receipt takes the form's place.
fn taken_over() -> adopt::Arrived {
    let navigate = use_navigate();
    let handed = use_context::<HandedOver>().unwrap_or_default();
    Box::new(move |receipt, key| {
        let to = paths::fill(paths::RECEIPT, &receipt.code);
        handed.give(receipt, key);
        navigate(&to, NavigateOptions::default());
    })
}

fn drawn(door: Door) -> AnyView {
    let wanted = door.clone();
    let loader = Loader::new(move || {
        let door = wanted.clone();
        async move { client::ratings::page(&door).await }
    });
    loading::page(loader, move |sheet| {
        if sheet.already_rated {
            view! { <Already sheet/> }.into_any()
        } else {
            view! { <Drawn sheet door=door.clone()/> }.into_any()
        }
    })
    .into_any()
}

#[component]
fn Drawn(sheet: Sheet, door: Door) -> impl IntoView {
    let node = NodeRef::<html::Form>::new();
    let arrived = StoredValue::new_local(Some(taken_over()));
    Effect::new(move |_| {
        if let Some(form) = node.get()
            && let Some(arrived) = arrived.try_update_value(Option::take).flatten()
        {
            adopt::adopt(form, door.clone(), arrived);
        }
    });
    markup::form(&sheet, &adopt::new_key(), node)
}

#[component]
fn Already(sheet: Sheet) -> impl IntoView {
    let day = sheet
        .served_on
        .as_deref()
        .map(|day| (Key::PLACE_SERVED_ON, day));
    view! {
        <div class="stack">
            {place::above(&sheet.place, day)}
            <Heading text=Key::RATE_ALREADY_TITLE.text()/>
            <p>{Key::RATE_ALREADY_BODY.text()}</p>
            <p>{Key::RATE_ALREADY_WINDOW.text()}</p>
            <p><a href=paths::HOME>{Key::RECEIPT_FIGURES_LINK.text()}</a></p>
        </div>
    }
}
