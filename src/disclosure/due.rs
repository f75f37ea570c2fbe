//! The calculator of deadlines for everyone. It computes here, in the browser.

use super::due_answer::{Asked, answer, read};
use crate::{
    client::{self, Error},
    common::{
        clock::{Steps, basis, doubt, marked},
        failed::FailedPart,
        loading::{self, Loading},
        say,
    },
    kit::{
        field::FieldError,
        load::{Load, Loader},
        page::{self, Heading},
        summary::{ErrorSummary, Line},
        url,
    },
};
use contract::{
    figures::DueAnswer,
    paths,
    profile::{ProfileRow, ProfileView},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use rules::{calendar::Calendar, profile::Clock, rating::Violation};
use words::{Key, family};

/// The page.
pub fn due() -> AnyView {
    let profiles = Loader::new(client::policy::profiles);
    loading::page(profiles, |profiles| view! { <Page profiles/> }).into_any()
}

fn asked() -> Memo<Asked> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let get = |name| query.get(name).unwrap_or_default();
            Asked {
                profile: get("profile"),
                clock: get("clock"),
                from: get("from"),
            }
        })
    })
}

#[component]
fn Page(profiles: Vec<ProfileRow>) -> impl IntoView {
    let asked = asked();
    let lines = RwSignal::new(Vec::<Line>::new());
    let calendar = Loader::new(client::policy::calendar);
    let profile = Loader::new(move || {
        let id = asked.with(|asked| asked.profile.clone());
        async move {
            // Before anything was asked for there is nothing to fetch.
            if id.is_empty() {
                Ok(None)
            } else {
                client::policy::profile(&id).await.map(Some)
            }
        }
    });
    view! {
        <div class="stack">
            <Heading text=Key::DUE_TITLE.text()/>
            <p>{Key::DUE_LEAD.text()}</p>
            <ErrorSummary lines/>
            <Fields profiles asked lines/>
            {move || result(&asked.get(), profile, calendar)}
        </div>
    }
}

#[component]
fn Fields(
    profiles: Vec<ProfileRow>,
    asked: Memo<Asked>,
    lines: RwSignal<Vec<Line>>,
) -> impl IntoView {
    let profiles: Vec<(String, String)> = profiles
        .into_iter()
        .map(|row| (row.id, row.jurisdiction))
        .collect();
    let clocks: Vec<(String, String)> = Clock::ALL
        .iter()
        .map(|clock| {
            (
                clock.code().to_owned(),
                say::of(family::clock, clock.code()).to_owned(),
            )
        })
        .collect();
    let from = move || asked.with(|asked| asked.from.clone());
    view! {
        <form class="filter card" action=paths::DUE method="get" novalidate on:submit=ask(lines)>
            <Choice id="profile" label=Key::DUE_PROFILE options=profiles lines
                chosen=Signal::derive(move || asked.with(|asked| asked.profile.clone()))/>
            <Choice id="clock" label=Key::DUE_CLOCK options=clocks lines
                chosen=Signal::derive(move || asked.with(|asked| asked.clock.clone()))/>
            <div class="field">
                <label for="from">{Key::DUE_FROM.text()}</label>
                <p id="from-hint" class="hint">{Key::DUE_FROM_HINT.text()}</p>
                <FieldError id="from".to_owned() lines/>
                <input id="from" type="date" name="from" prop:value=from
                    aria-describedby="from-hint from-error"/>
            </div>
            <button class="button">{Key::DUE_COMPUTE.text()}</button>
        </form>
    }
}

#[component]
fn Choice(
    id: &'static str,
    label: Key,
    options: Vec<(String, String)>,
    lines: RwSignal<Vec<Line>>,
    chosen: Signal<String>,
) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let this = value.clone();
            let selected = move || chosen.with(|chosen| *chosen == this);
            view! { <option value=value prop:selected=selected>{text}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id>{label.text()}</label>
            <FieldError id=id.to_owned() lines/>
            <select id=id name=id aria-describedby=format!("{id}-error")>{options}</select>
        </div>
    }
}

/// A readable question becomes the address; a faulty one is told and kept as typed.
fn ask(lines: RwSignal<Vec<Line>>) -> impl Fn(SubmitEvent) + 'static {
    let navigate = use_navigate();
    move |event| {
        event.prevent_default();
        let asked = Asked {
            profile: page::value_of("profile"),
            clock: page::value_of("clock"),
            from: page::value_of("from"),
        };
        let faults = read(&asked).err().unwrap_or_default();
        let faulty = !faults.is_empty();
        lines.set(faults.iter().map(line).collect());
        if !faulty {
            let stay = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&address(&asked), stay);
        }
    }
}

fn line(violation: &Violation) -> Line {
    Line::new(&violation.field, say::violation(violation))
}

fn address(asked: &Asked) -> String {
    format!(
        "{}?profile={}&clock={}&from={}",
        paths::DUE,
        url::encode(&asked.profile),
        url::encode(&asked.clock),
        url::encode(&asked.from)
    )
}

fn result(
    asked: &Asked,
    profile: Loader<Option<ProfileView>, Error>,
    calendar: Loader<Calendar, Error>,
) -> AnyView {
    if asked.is_empty() {
        return view! { <p class="soft">{Key::DUE_CHOOSE.text()}</p> }.into_any();
    }
    match (profile.get(), calendar.get()) {
        (Load::Failed(error), _) => failed(error, move || profile.reload()),
        (_, Load::Failed(error)) => failed(error, move || calendar.reload()),
        // The profile of the question before may still stand here.
        (Load::Ready(Some(view)), Load::Ready(calendar)) if view.profile.id == asked.profile => {
            let answered = read(asked).and_then(|question| {
                answer(question, &view.profile, &view.continuations, &calendar)
            });
            match answered {
                Ok(answer) => view! { <Answer answer profile=view.profile.id/> }.into_any(),
                Err(faults) => faults_of(&faults),
            }
        }
        _ => view! { <Loading/> }.into_any(),
    }
}

fn failed(error: Error, retry: impl Fn() + Send + 'static) -> AnyView {
    view! {
        <p>{Key::DUE_COMPUTING_FAILED.text()}</p>
        <FailedPart error retry/>
    }
    .into_any()
}

/// The faults of a question that came with the address.
fn faults_of(faults: &[Violation]) -> AnyView {
    let items = faults
        .iter()
        .map(|fault| view! { <li>{say::violation(fault)}</li> })
        .collect_view();
    view! { <div class="error" role="alert"><ul class="plain">{items}</ul></div> }.into_any()
}

#[component]
fn Answer(answer: DueAnswer, profile: String) -> impl IntoView {
    let cite = format!("{}{}", say::label(Key::DUE_CITE), basis(&answer.cite));
    let note = answer
        .note
        .map(|note| view! { <p>{Key::DUE_NOTE.fill(&[("note", &note)])}</p> });
    let whole = paths::fill(paths::PROFILE, &profile);
    let doubt = answer.provisional.then(|| doubt(&answer.steps));
    let warning = |key: Key| view! { <p class="notice notice--warning">{key.text()}</p> };
    let steps = (!answer.steps.is_empty()).then(|| view! { <Steps steps=answer.steps/> });
    view! {
        <section class="stack answer" aria-labelledby="result">
            <h2 id="result">{Key::DUE_RESULT.text()}</h2>
            <div class="card" role="status">
                {when(answer.due, doubt.map(|(mark, _)| mark))}
                <p>{cite}</p>
                {note}
                <p><a class="go" href=whole rel="external">{Key::DUE_PROFILE_LINK.text()}</a></p>
            </div>
            {doubt.map(|(_, note)| warning(note))}
            {(!answer.in_force).then(|| warning(Key::DUE_NOT_IN_FORCE))}
            {steps}
        </section>
    }
}

fn when(due: Option<String>, mark: Option<Key>) -> AnyView {
    let Some(due) = due else {
        return view! { <p><b>{Key::DUE_NONE.text()}</b></p> }.into_any();
    };
    let day = say::day(&due);
    view! {
        <p>{Key::DUE_DUE_LABEL.text()}</p>
        <p class="big"><time datetime=due>{day}</time>{marked(mark)}</p>
        <p class="hint">{Key::DUE_END_OF_DAY.text()}</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_in_the_address() {
        let asked = Asked {
            profile: "dehong".to_owned(),
            clock: "rectify".to_owned(),
            from: "2026-02-13".to_owned(),
        };
        assert_eq!(
            address(&asked),
            "/due?profile=dehong&clock=rectify&from=2026-02-13"
        );
    }
}
