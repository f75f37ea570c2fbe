//! A labelled control with its error, and a button that is busy.

use super::summary::Line;
use leptos::prelude::*;
use words::Key;

/// Guards a submission against being sent twice.
#[derive(Clone, Copy)]
pub struct Busy(RwSignal<bool>);

impl Busy {
    /// Not busy.
    pub fn new() -> Self {
        Self(RwSignal::new(false))
    }

    /// Begins, unless something is under way.
    pub fn begin(self) -> bool {
        !self
            .0
            .try_update(|busy| std::mem::replace(busy, true))
            .unwrap_or(true)
    }

    /// It is done.
    pub fn end(self) {
        self.0.try_set(false);
    }

    /// For `aria-disabled`: a button that becomes `disabled` would lose the focus.
    pub fn attribute(self) -> Option<&'static str> {
        self.0.get().then_some("true")
    }
}

/// A control with its label above it and its error between them.
#[component]
pub fn Field(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its label.
    label: Key,
    /// The errors of the form.
    lines: RwSignal<Vec<Line>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id.clone()>{label.text()}</label>
            <FieldError id lines/>
            {children()}
        </div>
    }
}

/// The error of one control; its id is the control's with `-error`.
#[component]
pub fn FieldError(
    /// The control's id.
    id: String,
    /// The errors of the form.
    lines: RwSignal<Vec<Line>>,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let text = move || {
        lines.with(|lines| {
            let line = lines.iter().find(|line| line.control == id)?;
            Some(format!("{}{}", Key::SHARED_ERROR_PREFIX.text(), line.text))
        })
    };
    view! { <p class="error" id=error_id>{text}</p> }
}
