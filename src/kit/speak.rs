//! Reading aloud with the browser's own voice. The button is in the page, hidden; it shows only
//! where the browser can speak. The boot script shows it before the app is there, and marks it when
//! it is pressed.

use super::dom;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{HtmlElement, SpeechSynthesis, SpeechSynthesisUtterance};
use words::Key;

/// The button's attribute.
const MARK: &str = "data-speak";
/// It was pressed before the app was there.
const PRESSED: &str = "data-pressed";

/// Shows the button below an element, if the browser can speak. `what` is asked at each press.
pub fn offer(below: &web_sys::Element, what: impl Fn() -> String + 'static) {
    let Some(button) = dom::find(below, &format!("[{MARK}]")).filter(|_| voice().is_some()) else {
        return;
    };
    dom::toggle(&button, "hidden", false);
    let early = button.has_attribute(PRESSED);
    let pressed = button.clone();
    let press = move || {
        let Some(voice) = voice() else { return };
        // A browser may still be speaking for the page before this one.
        voice.cancel();
        if is_on(&pressed) {
            show(&pressed, false);
        } else if speak(&voice, &what(), &pressed).is_some() {
            show(&pressed, true);
        }
    };
    if early {
        press();
    }
    let press = Closure::<dyn Fn()>::new(press);
    drop(button.add_event_listener_with_callback("click", press.as_ref().unchecked_ref()));
    press.forget();
    stop_when_leaving();
}

fn voice() -> Option<SpeechSynthesis> {
    let there = js_sys::Reflect::get(&window(), &JsValue::from_str("speechSynthesis")).ok()?;
    there.is_object().then(|| there.unchecked_into())
}

fn speak(voice: &SpeechSynthesis, text: &str, button: &HtmlElement) -> Option<()> {
    let utterance = SpeechSynthesisUtterance::new_with_text(text).ok()?;
    let language = document().document_element()?.get_attribute("lang")?;
    // Voices are named by region: no system knows of zh-Hans.
    utterance.set_lang(match language.as_str() {
        "zh-Hant" => "zh-TW",
        "en" => "en-GB",
        _ => "zh-CN",
    });
    // Slower than usual: whoever listens may be old, or in a noisy hall.
    utterance.set_rate(0.9);
    let button = button.clone();
    let over = Closure::once_into_js(move || show(&button, false));
    utterance.set_onend(Some(over.unchecked_ref()));
    voice.speak(&utterance);
    Some(())
}

fn is_on(button: &HtmlElement) -> bool {
    button.get_attribute("aria-pressed").as_deref() == Some("true")
}

fn show(button: &HtmlElement, on: bool) {
    let text = if on {
        Key::SETTINGS_SPEAK_STOP
    } else {
        Key::SETTINGS_SPEAK
    };
    button.set_text_content(Some(text.text()));
    dom::set(button, "aria-pressed", if on { "true" } else { "false" });
}

/// The browser would go on speaking on the next page.
fn stop_when_leaving() {
    let stop = Closure::<dyn Fn()>::new(|| {
        if let Some(voice) = voice() {
            voice.cancel();
        }
    });
    drop(window().add_event_listener_with_callback("pagehide", stop.as_ref().unchecked_ref()));
    stop.forget();
}
