//! The policy data of `policies/`, read once at start-up and embedded in the binary.
//!
//! A file with a fault stops the start: every fault is told with file, line and key.

mod calendar;
mod fault;
pub mod file;
mod profile;
mod tags;

pub use fault::{Fault, PolicyError, What};

use crate::file::File;
use include_dir::{Dir, include_dir};
use rules::calendar::Calendar;
use rules::date::Date;
use rules::profile::{
    Continuation, Governing, Profile, ancestors, governing, stricter_than_parent,
};
use rules::tag::Catalogue;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../policies");

/// Everything the rules are run with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// Every version of every profile, by id and version.
    pub profiles: Vec<Profile>,
    /// The tags in force, with the disabled codes of earlier versions.
    pub catalogue: Catalogue,
    /// The working-day calendar.
    pub calendar: Calendar,
}

impl Policies {
    /// Reads the files this binary was built with.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn embedded() -> Result<Self, PolicyError> {
        let mut files = Vec::new();
        collect(&EMBEDDED, &mut files);
        Self::read(files)
    }

    /// Reads files given as path (below `policies/`) and text.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn read(texts: impl IntoIterator<Item = (String, String)>) -> Result<Self, PolicyError> {
        let mut faults = Vec::new();
        let mut files: Vec<File> = Vec::new();
        for (path, text) in texts {
            match File::parse(&path, &text) {
                Ok(file) => files.push(file),
                Err(fault) => faults.push(fault),
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let (mut tags, mut years, mut profiles) = (Vec::new(), Vec::new(), Vec::new());
        for file in &mut files {
            match file.path.split('/').collect::<Vec<_>>().as_slice() {
                ["tags", _] => tags.push(tags::read(file)),
                ["calendars", _] => years.push(calendar::read(file)),
                [_, _] => profiles.push(profile::read(file)),
                _ => file.fault("", What::Misplaced),
            }
            file.refuse_unknown_keys();
        }
        let catalogue = tags::catalogue(tags, &mut faults);
        let calendar = calendar::calendar(years, &mut faults);
        for file in &mut files {
            if let Some(profile) = profiles
                .iter()
                .find(|p| file.path == format!("{}.toml", p.reference()))
            {
                check(profile, &profiles, &catalogue, &calendar, file);
            }
        }
        faults.extend(files.into_iter().flat_map(|file| file.faults));
        if faults.is_empty() {
            Ok(Policies {
                profiles,
                catalogue,
                calendar,
            })
        } else {
            Err(PolicyError { faults })
        }
    }

    /// A profile by `id` (its latest version) or `id/version`.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        let exact = self
            .profiles
            .iter()
            .find(|profile| profile.reference() == name);
        exact.or_else(|| {
            self.profiles
                .iter()
                .rev()
                .find(|profile| profile.id == name)
        })
    }

    /// What a service of a jurisdiction on this day runs under ([`rules::profile::governing`]).
    #[must_use]
    pub fn governing<'p, 'c>(
        &'p self,
        continuations: &'c [Continuation],
        id: &str,
        day: Date,
    ) -> Option<Governing<'p, 'c>> {
        governing(&self.profiles, continuations, id, day)
    }

    /// The ids there are, each once, in the order of the profiles.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.profiles.iter().map(|one| one.id.as_str()).collect();
        ids.dedup();
        ids
    }

    /// The profiles above one, nearest first.
    #[must_use]
    pub fn ancestors(&self, profile: &Profile) -> Vec<&Profile> {
        ancestors(profile, &self.profiles)
    }
}

fn collect(dir: &Dir<'_>, files: &mut Vec<(String, String)>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if path.ends_with(".toml") {
            files.push((path, String::from_utf8_lossy(file.contents()).into_owned()));
        }
    }
    for dir in dir.dirs() {
        collect(dir, files);
    }
}

/// What can only be checked with every file read: parents, "only stricter", references.
fn check(
    profile: &Profile,
    all: &[Profile],
    catalogue: &Catalogue,
    calendar: &Calendar,
    file: &mut File,
) {
    if let Some(parent) = &profile.parent
        && (*parent == profile.reference() || !all.iter().any(|p| p.reference() == *parent))
    {
        file.fault("parent", What::NoSuchProfile(parent.clone()));
    }
    for ancestor in ancestors(profile, all) {
        for looser in stricter_than_parent(profile, ancestor) {
            file.fault(&looser.key.clone(), What::Looser(Box::new(looser)));
        }
    }
    let parameters = &profile.parameters;
    if parameters
        .tag_catalogue_version
        .value
        .as_ref()
        .is_some_and(|v| *v != catalogue.version)
    {
        file.fault("tag_catalogue_version", What::NotHeld("tag catalogue"));
    }
    if parameters
        .calendar_id
        .value
        .as_ref()
        .is_some_and(|id| id != calendar.id())
    {
        file.fault("calendar_id", What::NotHeld("calendar"));
    }
    let enabled = parameters.default_rating_enabled.value == Some(true);
    if [
        parameters.default_rating_level.value.is_some(),
        parameters.default_rating_after.value.is_some(),
        parameters.default_rating_counted_in.value.is_some(),
    ] != [enabled; 3]
    {
        file.fault(
            "default_rating",
            What::Type("enabled with level, after and counted_in, or none of them".to_owned()),
        );
    }
}
