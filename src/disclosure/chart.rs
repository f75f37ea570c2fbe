//! A chart in the page.

use super::{
    charts::Look,
    echarts::{self, Library},
};
use crate::kit::{modes, near};
use charming::{Chart as Description, WasmRenderer, renderer::wasm_renderer::Echarts};
use js_sys::{Array, Function, JSON, Reflect};
use leptos::{html, leptos_dom::helpers::WindowListenerHandle, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use words::Key;

/// The content policy forbids styles in markup, so that tooltips have to be drawn, not written.
const TOOLTIP: &str = r#"{"tooltip":{"trigger":"axis","renderMode":"richText","confine":true}}"#;

/// A chart below its one message, which is also its name for those who cannot see it. The table
/// beside it says the same.
#[component]
pub fn Chart(
    /// The id of the element that is drawn into.
    id: &'static str,
    /// What it says, as a sentence.
    title: Signal<String>,
    /// What it shows.
    chart: Signal<Option<Description>, LocalStorage>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let library = RwSignal::new(Library::Unasked);
    let drawn = StoredValue::new_local(None::<Echarts>);
    // A slow phone has enough to do with the page; many readers never come to its charts.
    let ask = move || {
        if library.try_get_untracked() == Some(Library::Unasked) {
            echarts::fetch(library);
        }
    };
    let watch = StoredValue::new_local(None::<near::Watch>);
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let watching = near::watch(&element, ask);
        if watching.is_none() {
            ask();
        }
        watch.set_value(watching);
    });
    // Only an element that stands in the document, and has a size, can be drawn into.
    Effect::new(move |_| {
        if node.get().is_none() || library.get() != Library::Ready {
            return;
        }
        if let Some(chart) = chart.get() {
            drawn.update_value(|drawn| draw(id, drawn, &chart));
        }
    });
    let resize: WindowListenerHandle = window_event_listener(leptos::ev::resize, move |_| {
        drawn.with_value(|drawn| {
            if let Some(echarts) = drawn {
                call(echarts, "resize", &JsValue::UNDEFINED);
            }
        });
    });
    on_cleanup(move || {
        resize.remove();
        watch.try_update_value(|watch| drop(watch.take()));
        drawn.try_update_value(|drawn| {
            if let Some(echarts) = drawn.take() {
                call(&echarts, "dispose", &JsValue::UNDEFINED);
            }
        });
    });
    let missing = move || library.get() == Library::Missing;
    view! {
        <div>
            <p class="label">{title}</p>
            <div class="chart" hidden=missing>
                <div id=id role="img" aria-label=title node_ref=node></div>
            </div>
            <p class="hint" role="status">{move || note(library.get())}</p>
        </div>
    }
}

/// How charts look at the moment; it follows the modes of the page.
pub fn look() -> RwSignal<Look> {
    let look = RwSignal::new(read());
    modes::when_changed(move || drop(look.try_set(read())));
    look
}

/// Reads the tokens of the style.
fn read() -> Look {
    let style = document()
        .document_element()
        .and_then(|root| window().get_computed_style(&root).ok().flatten());
    let value = |name: &str| {
        let value = style
            .as_ref()
            .and_then(|style| style.get_property_value(name).ok());
        value.unwrap_or_default().trim().to_owned()
    };
    let root: f64 = value("font-size")
        .trim_end_matches("px")
        .parse()
        .unwrap_or(16.0);
    Look {
        accent: value("--accent"),
        bad: value("--bad"),
        ink: value("--ink"),
        line: value("--line"),
        size: (root * 0.8125).max(if root > 16.0 { 18.0 } else { 13.0 }),
    }
}

fn note(library: Library) -> Option<&'static str> {
    match library {
        Library::Coming => Some(Key::DISCLOSURE_CHART_LOADING.text()),
        Library::Unasked | Library::Ready => None,
        Library::Missing => Some(Key::DISCLOSURE_CHART_FAILED.text()),
    }
}

fn draw(id: &str, drawn: &mut Option<Echarts>, chart: &Description) {
    if let Some(echarts) = drawn {
        WasmRenderer::update(echarts, chart);
        return;
    }
    // Without the element there is nothing to draw into; the table says the same.
    let Ok(echarts) = WasmRenderer::new_opt(None, None).render(id, chart) else {
        return;
    };
    if let Ok(tooltip) = JSON::parse(TOOLTIP) {
        call(&echarts, "setOption", &tooltip);
    }
    *drawn = Some(echarts);
}

/// Calls a method that the crate does not offer.
fn call(echarts: &Echarts, method: &str, argument: &JsValue) {
    let function = Reflect::get(echarts, &JsValue::from_str(method))
        .ok()
        .and_then(|function| function.dyn_into::<Function>().ok());
    if let Some(function) = function {
        drop(function.apply(echarts, &Array::of1(argument)));
    }
}
