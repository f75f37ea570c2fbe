//! Adopts a rating form that stands in the document, whoever drew it: counts characters, sends it
//! without leaving the page, and hands the receipt on. It never replaces or refills a control.

use super::{
    faults,
    form::{Held, length, new_key},
    page::fetch_citizen,
};
use crate::{
    client::{self, ratings::Door},
    kit::{dom, draft, load::send, speak},
};
use contract::rate::{Receipt, field};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement};
use words::Key;

/// What happens with a receipt and the key that the rating was sent with.
pub type Arrived = Box<dyn Fn(Receipt, String)>;

struct Adopted {
    form: HtmlFormElement,
    door: Door,
    arrived: Arrived,
    busy: Cell<bool>,
}

/// Adopts a form.
pub fn adopt(form: HtmlFormElement, door: Door, arrived: Arrived) {
    // A form that is already ours stays with its first owner.
    if form.has_attribute("data-adopted") {
        return;
    }
    dom::toggle(&form, "data-adopted", true);
    count_characters(&form);
    let spoken = form.clone();
    speak::offer(&form, move || aloud(&spoken));
    let adopted = Rc::new(Adopted {
        form: form.clone(),
        door,
        arrived,
        busy: Cell::new(false),
    });
    listen(&form, "submit", move |event| adopted.clone().submit(&event));
    fetch_at_first_input(&form);
}

/// Whoever begins to fill in the form is going to see the receipt. Often that was the very sign for
/// which the app has started.
fn fetch_at_first_input(form: &HtmlFormElement) {
    // What does not come now is fetched again when it is needed.
    let fetch = || send(async { drop(fetch_citizen().await) });
    let chosen = format!("input[name={}]:checked", field::LEVEL);
    let begun = Cell::new(dom::find(form, &chosen).is_some());
    if begun.get() {
        fetch();
    }
    listen(form, "input", move |_| {
        if !begun.replace(true) {
            fetch();
        }
    });
}

/// A listener that lives as long as its element.
fn listen(element: &Element, name: &str, act: impl Fn(Event) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(act);
    drop(element.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref()));
    listener.forget();
}

impl Adopted {
    fn submit(self: Rc<Self>, event: &Event) {
        self.take_own_key();
        let Some(held) = Held::read(&self.form) else {
            return;
        };
        event.prevent_default();
        // A double click is one rating.
        if self.busy.replace(true) {
            return;
        }
        faults::clear(&self.form);
        self.button(true);
        let (rating, key) = (held.rating(&self.door), held.get(field::KEY));
        send(async move {
            let result = client::ratings::create(&rating, &key).await;
            self.busy.set(false);
            self.button(false);
            match result {
                Ok(receipt) => {
                    // Nothing of it stands there for whoever goes back.
                    self.form.reset();
                    self.forget_key();
                    draft::forget();
                    (self.arrived)(receipt, key);
                }
                Err(error) => faults::show(&self.form, &error),
            }
        });
    }

    /// What is sent goes under a key that nobody has read in the page; a second try, also after a reload, under the
    /// same. A browser without randomness sends the page's.
    fn take_own_key(&self) {
        if let Some(key) = key_of(&self.form).filter(|key| !key.has_attribute(draft::OWN))
            && let Some(own) = new_key()
        {
            key.set_value(&own);
            dom::toggle(&key, draft::OWN, true);
        }
    }

    /// Whoever comes next is to find nothing of it.
    fn forget_key(&self) {
        if let Some(key) = key_of(&self.form) {
            key.set_value(&new_key().unwrap_or_default());
            dom::toggle(&key, draft::OWN, false);
        }
    }

    /// The button stays focusable while the form is being sent.
    fn button(&self, busy: bool) {
        let Some(button) = dom::find(&self.form, "button.button") else {
            return;
        };
        let text = if busy {
            Key::RATE_SENDING
        } else {
            Key::RATE_SEND
        };
        button.set_text_content(Some(text.text()));
        dom::set(
            &button,
            "aria-disabled",
            if busy { "true" } else { "false" },
        );
    }
}

fn key_of(form: &HtmlFormElement) -> Option<HtmlInputElement> {
    let selector = format!("input[name={}]", field::KEY);
    dom::find(form, &selector)?.dyn_into().ok()
}

/// Place, question and levels, as they stand in the form.
fn aloud(form: &HtmlFormElement) -> String {
    // As it is shown, with its lines apart.
    let text = |selector| dom::find(form, selector).map_or_else(String::new, |it| it.inner_text());
    let (place, question) = (text(".place"), text("legend"));
    let levels: Vec<String> = dom::all(form, ".face span")
        .iter()
        .filter_map(|level| level.text_content())
        .collect();
    let levels = levels.join(Key::SHARED_LIST_SEP.text());
    let levels = Key::SETTINGS_SPEAK_LEVELS.fill(&[("levels", &levels)]);
    format!("{place}\n{question}\n{levels}")
}

fn count_characters(form: &HtmlFormElement) {
    let Some(counter) = dom::find(form, "[data-counter]") else {
        return;
    };
    let Some(text) = text_of(&counter) else {
        return;
    };
    let max = counter
        .get_attribute("data-max")
        .and_then(|max| max.parse().ok())
        .unwrap_or(0);
    let typed = !text.value().is_empty();
    let show = {
        let text = text.clone();
        move || {
            let n = length(&text.value());
            counter.set_text_content(Some(&counter_text(n, max)));
            counter.set_class_name(if n > max { "hint over" } else { "hint" });
        }
    };
    // An empty text needs no count, and a new line would move the button under the finger.
    if typed {
        show();
    }
    listen(&text, "input", move |_| show());
}

fn text_of(counter: &Element) -> Option<HtmlTextAreaElement> {
    let id = counter.get_attribute("data-counter")?;
    dom::by_id(&id)?.dyn_into().ok()
}

/// How many characters there are, or how many too many.
fn counter_text(n: usize, max: usize) -> String {
    let (key, n) = if n > max {
        (Key::RATE_COUNTER_OVER, n - max)
    } else {
        (Key::RATE_COUNTER, n)
    };
    key.fill(&[("n", &n.to_string()), ("max", &max.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_tells_what_is_left_and_then_what_is_too_much() {
        assert!(counter_text(150, 150).contains("150"));
        let over = counter_text(153, 150);
        assert!(over.contains('3'), "{over}");
        assert_ne!(over, counter_text(3, 150));
    }
}
