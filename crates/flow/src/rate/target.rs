//! What a plate or a link leads to.

use crate::{
    FlowError,
    app::App,
    secrets::{self, Purpose},
};
use contract::place::Place;
use rules::{profile::Profile, rating::Subject};

/// Through which door a citizen came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The plate at a window.
    Plate(String),
    /// The link of one service event.
    Service(String),
}

impl Entry {
    /// The code in the address.
    pub fn typed(&self) -> &str {
        match self {
            Self::Plate(code) | Self::Service(code) => code,
        }
    }
}

/// What an entry leads to: what is rated, where, and under which profile.
pub(super) struct Target<'a> {
    pub(super) subject: Subject,
    pub(super) unit: String,
    pub(super) hall: String,
    pub(super) win: String,
    pub(super) item: Option<String>,
    pub(super) staff: Option<String>,
    pub(super) served_on: Option<String>,
    pub(super) profile: &'a Profile,
    /// The plate that led here is out of use: nothing new is taken through it.
    pub(super) revoked: bool,
}

pub(super) async fn resolve<'a>(app: &'a App, entry: &Entry) -> Result<Target<'a>, FlowError> {
    match entry {
        Entry::Plate(code) => window_of(app, code),
        Entry::Service(code) => {
            let hash = secrets::code_hash(Purpose::Service, code);
            let event = app
                .store()
                .event_by_code(&hash)
                .await?
                .ok_or(FlowError::NotFound)?;
            let profile = app
                .profile(&event.profile, &event.profile_version)
                .ok_or_else(|| FlowError::Internal("an event names an unknown profile".into()))?;
            Ok(Target {
                subject: Subject::Event {
                    project_no: event.project_no,
                    service_no: event.service_no,
                },
                unit: event.unit,
                hall: event.hall,
                win: event.win,
                item: Some(event.item),
                staff: event.staff,
                served_on: Some(event.served_on),
                profile,
                revoked: false,
            })
        }
    }
}

pub(super) fn window_of<'a>(app: &'a App, code: &str) -> Result<Target<'a>, FlowError> {
    let directory = app.directory();
    let plates = app.plates();
    let plate = plates.known(code).ok_or(FlowError::NotFound)?;
    let window = directory.window(&plate.win).ok_or(FlowError::NotFound)?;
    let profile = app
        .profile_on(app.clock().today())
        .ok_or_else(|| FlowError::Internal("no profile is in force".into()))?;
    Ok(Target {
        subject: Subject::Window {
            window: window.code.clone(),
        },
        unit: window.unit.clone(),
        hall: window.hall.clone(),
        win: window.code.clone(),
        item: window.item.clone(),
        staff: directory.sole_person_at(&window.code).map(str::to_owned),
        served_on: None,
        profile,
        revoked: plate.revoked,
    })
}

pub(super) fn place(app: &App, target: &Target<'_>) -> Place {
    app.directory().place(&target.win, target.item.as_deref())
}
