//! The summary of errors above a form. It takes the focus, and each line leads to its control.

use super::dom;
use leptos::{html, prelude::*};
use words::Key;

/// One line: the id of the control, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The control's id; empty where no control is at fault.
    pub control: String,
    /// What is wrong.
    pub text: String,
}

impl Line {
    /// A line of a control.
    pub fn new(control: &str, text: impl Into<String>) -> Self {
        Self {
            control: control.to_owned(),
            text: text.into(),
        }
    }
}

/// The title of a summary with so many lines.
pub fn title(lines: usize) -> String {
    words::fill(
        Key::SHARED_ERRORS_TITLE.text(),
        &[("n", &lines.to_string())],
    )
}

/// Shows nothing as long as there is no error.
#[component]
pub fn ErrorSummary(
    /// The lines.
    lines: RwSignal<Vec<Line>>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        lines.track();
        if let Some(summary) = node.get() {
            dom::focus(&summary);
        }
    });
    let list = move || {
        let all = lines.get();
        (!all.is_empty()).then(|| {
            let heading = title(all.len());
            view! {
                <div class="error-summary" role="alert" tabindex="-1" node_ref=node>
                    <h2 class="error-summary__title">{heading}</h2>
                    <ul>{all.into_iter().map(line).collect_view()}</ul>
                </div>
            }
        })
    };
    view! { {list} }
}

fn line(line: Line) -> impl IntoView {
    let text = line.text;
    if line.control.is_empty() {
        return view! { <li>{text}</li> }.into_any();
    }
    view! { <li><a href=format!("#{}", line.control)>{text}</a></li> }.into_any()
}
