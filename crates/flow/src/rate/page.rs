//! The rating page: what is asked, of which place, and whether it has been answered.

use super::target::{Entry, Target, place, resolve, window_of};
use crate::{FlowError, app::App};
use contract::{
    paths,
    rate::{RatePage, TagChoice},
};
use rules::rating::SubjectKind;

/// What the rating page shows.
///
/// # Errors
/// `NotFound` for an unknown code, `PlateRevoked` for a plate that is out of use.
pub async fn page(app: &App, entry: &Entry) -> Result<RatePage, FlowError> {
    let target = resolve(app, entry).await?;
    if target.revoked {
        return Err(FlowError::PlateRevoked);
    }
    let taken = match target.subject.kind() {
        SubjectKind::Event => app
            .store()
            .slot(&target.unit, &target.subject.key())
            .await?
            .is_some(),
        _ => false,
    };
    Ok(view(app, entry, &target, taken))
}

/// The same without asking the store, for the form that says that nothing could be stored.
///
/// # Errors
/// `NotFound` where the place is known to the store only, `PlateRevoked` as `page`.
pub fn place_only(app: &App, entry: &Entry) -> Result<RatePage, FlowError> {
    match entry {
        Entry::Plate(code) => match window_of(app, code)? {
            target if target.revoked => Err(FlowError::PlateRevoked),
            target => Ok(view(app, entry, &target, false)),
        },
        Entry::Service(_) => Err(FlowError::NotFound),
    }
}

fn view(app: &App, entry: &Entry, target: &Target<'_>, already_rated: bool) -> RatePage {
    let catalogue = &app.policies().catalogue;
    let tags = catalogue
        .tags
        .iter()
        .filter(|tag| tag.enabled)
        .map(|tag| TagChoice {
            code: tag.code,
            level: tag.level,
            shown: tag.shown,
        });
    RatePage {
        region: app.region().name.clone(),
        demo: app.region().demo,
        place: place(app, target),
        subject: target.subject.kind(),
        served_on: target.served_on.clone(),
        labels: target.profile.label_set(),
        scopes: target.profile.scopes(),
        catalogue: catalogue.version.clone(),
        tags: tags.collect(),
        text_max: u32::try_from(target.profile.text_max()).unwrap_or(150),
        action: match entry {
            Entry::Plate(code) => paths::fill(paths::PLATE, code),
            Entry::Service(code) => paths::fill(paths::SERVICE, code),
        },
        already_rated,
    }
}
