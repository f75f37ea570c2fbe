//! What citizens of the demo send, and how.

use super::{
    Life, Sending, Unrated,
    cases::{Opened, Until},
    scene::Scene,
    shape::{self, Slot},
    words,
};
use crate::chance::Chance;
use flow::rate;
use rules::{
    date::Date,
    level::Level,
    profile::Scope,
    rating::{Input, RawLevel},
};

impl Life<'_> {
    pub(super) fn send(&mut self, sending: &mut Sending, day: Date, one: Unrated) {
        let entry = rate::Entry::Service(one.code);
        let item = self
            .app
            .directory()
            .item(&one.item)
            .map(|item| item.name.clone())
            .unwrap_or_default();
        let sent = self.sent(one.window, day, item, one.staff);
        self.spawn(sending, entry, sent);
    }

    pub(super) fn send_of_window(&mut self, sending: &mut Sending, slot: &Slot) {
        let window = self.window(slot);
        let place = &self.places[window];
        let rated = self.alone_at(&place.code);
        let entry = rate::Entry::Plate(place.plate.clone());
        let sent = self.sent(window, slot.day, String::new(), rated);
        self.spawn(sending, entry, sent);
    }

    pub(super) fn send_scene(&mut self, sending: &mut Sending, scene: &Scene) {
        let Some(window) = self
            .places
            .iter()
            .position(|place| place.code == scene.window)
        else {
            return;
        };
        let place = &self.places[window];
        let rated = self.alone_at(&place.code);
        let entry = rate::Entry::Plate(place.plate.clone());
        let unit = place.unit.clone();
        let mut chance = Chance::of(self.seed, 0x5ce0 + scene.n);
        let said = words::say(&mut chance, scene.level, "", false, &[]);
        let opened = Opened {
            code: String::new(),
            day: scene.on,
            unit,
            window: scene.window.to_owned(),
            rated,
            stated: scene.stated,
            theme: said.theme,
            until: scene.until,
            dissatisfied: scene.dissatisfied,
            seed: self.seed ^ scene.n,
        };
        let input = input(&mut chance, scene.level, said, scene.stated, &[]);
        let sent = Sent {
            input,
            channel: rate::Channel::Form,
            opened: Some(opened),
        };
        self.spawn(sending, entry, sent);
    }

    /// What somebody sends, decided by dice of its own.
    fn sent(&mut self, window: usize, day: Date, item: String, rated: Option<String>) -> Sent {
        let place = &self.places[window];
        let mut chance = Chance::of(self.seed, self.n + 1);
        let level = shape::level(&mut chance, &place.code, &place.unit, day);
        let praise: Vec<u16> = self
            .app
            .policies()
            .catalogue
            .tags
            .iter()
            .filter(|tag| tag.enabled && tag.level == level)
            .map(|tag| tag.code)
            .collect();
        let said = words::say(
            &mut chance,
            level,
            &item,
            shape::in_burst(&place.code, day),
            &praise,
        );
        let stated = chance.percent(if level.is_bad() { 45 } else { 12 });
        let opened = level.is_bad().then(|| Opened {
            code: String::new(),
            day,
            unit: place.unit.clone(),
            window: place.code.clone(),
            rated,
            stated,
            theme: said.theme,
            until: Until::Closed,
            dissatisfied: false,
            seed: self.seed ^ self.n,
        });
        let channel = if chance.percent(66) {
            rate::Channel::Form
        } else {
            rate::Channel::Api
        };
        Sent {
            input: input(&mut chance, level, said, stated, &self.scopes),
            channel,
            opened,
        }
    }

    fn spawn(&mut self, sending: &mut Sending, entry: rate::Entry, sent: Sent) {
        self.n += 1;
        let key = format!("demo-{:016x}-{:x}", self.n, self.seed);
        let app = self.app.clone();
        let gate = sending.gate();
        sending.tasks.spawn(async move {
            let ready = rate::prepare(&app, &entry, &sent.input, &key, sent.channel).await?;
            gate.pass().await;
            let code = ready.store(&app).await?.receipt.code;
            Ok(sent.opened.map(|opened| Opened { code, ..opened }))
        });
    }

    /// Who is rated when the window is, if it is one person's.
    fn alone_at(&self, window: &str) -> Option<String> {
        let person = self.app.directory().sole_person_at(window);
        person.map(str::to_owned)
    }
}

struct Sent {
    input: Input,
    channel: rate::Channel,
    opened: Option<Opened>,
}

fn input(
    chance: &mut Chance,
    level: Level,
    said: words::Said,
    stated: bool,
    scopes: &[Scope],
) -> Input {
    let (name, phone) = if stated {
        words::contact(chance)
    } else {
        Default::default()
    };
    // One in eight says more precisely what it was.
    let scopes = if chance.percent(12) { scopes } else { &[] };
    let near = |scope: &Scope| {
        let level = i64::from(level.get()) + i64::from(chance.percent(30));
        (scope.code().to_owned(), RawLevel::Number(level.min(5)))
    };
    Input {
        level: RawLevel::Number(i64::from(level.get())),
        scopes: scopes.iter().map(near).collect(),
        tags: said.tags,
        text: said.text,
        stated,
        name,
        phone,
    }
}
