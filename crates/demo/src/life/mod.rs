//! Months in the invented city: services, ratings, and what became of the bad ones.

mod cases;
mod scene;
mod send;
mod shape;
mod words;

use super::{DemoError, chance::Chance, city::Size};
use cases::{Desk, Opened};
use contract::{paths, staff::EventCreate};
use flow::{
    FlowError,
    app::App,
    clock::{Millis, Stopwatch, instant},
    events, release, tickets,
};
use rules::{
    can::Actor,
    date::{self, Date},
    profile::{Profile, Scope},
};
use scene::Scene;
use shape::Slot;
use std::{collections::VecDeque, convert::Infallible};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
};

/// How much happens, and where.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// The city.
    pub city: Size,
    /// Ratings altogether.
    pub ratings: u32,
    /// Days before the last one.
    pub days: u16,
}

impl Amount {
    /// What suits a size: two months of the small city, six of the whole prefecture.
    pub fn of(city: Size) -> Self {
        match city {
            Size::Small => Self {
                city,
                ratings: 5_000,
                days: 60,
            },
            Size::Full => Self {
                city,
                ratings: 200_000,
                days: 183,
            },
        }
    }
}

/// What was made, and how long each part of it took, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// Service events.
    pub services: u64,
    /// Ratings.
    pub ratings: u64,
    /// Tickets opened.
    pub tickets: u64,
    /// Steps that staff took.
    pub steps: u64,
    /// Time for service events.
    pub services_ms: u64,
    /// Time for ratings.
    pub ratings_ms: u64,
    /// Time for tickets.
    pub tickets_ms: u64,
    /// Time for releases.
    pub releases_ms: u64,
}

/// The demo's last day; its clock stands on its evening.
const LAST_DAY: &str = "2026-10-31";
const SEED: u64 = 0x5eed_2026;
/// Minutes past the hour at which an hour's ratings are sent.
const MINUTE: i64 = 10;
/// Unrated services that are remembered, for those who rate at home.
const REMEMBERED: usize = 400;
/// The latest of them are left to whoever looks at the demo.
const LEFT: usize = 8;
/// Fewer ratings than this are no city in which scenes would be believed.
const SCENES_FROM: u32 = 500;

fn last_day() -> Date {
    date::parse_iso(LAST_DAY).unwrap_or(Date::MIN)
}

fn days_of(amount: &Amount) -> Vec<Date> {
    let mut days = vec![last_day()];
    for _ in 0..amount.days {
        if let Some(day) = days.last().and_then(|day| day.previous_day()) {
            days.push(day);
        }
    }
    days.reverse();
    days
}

/// The instant at which the demo's time begins.
pub fn first_morning(amount: &Amount) -> Millis {
    instant(
        days_of(amount).first().copied().unwrap_or_else(last_day),
        8,
        0,
    )
}

/// Lives through the days; gives links of service events that nobody has rated, and what was made.
pub async fn live(
    app: &App,
    amount: &Amount,
    set: impl Fn(Millis) -> Result<(), DemoError>,
) -> Result<(Vec<String>, Made), DemoError> {
    let days = days_of(amount);
    let mut life = Life::new(app, SEED);
    let scenes = if amount.ratings < SCENES_FROM {
        Vec::new()
    } else {
        scene::on_the_last_evening(app, &days)
    };
    let ratings = u64::from(amount.ratings).saturating_sub(scenes.len() as u64);
    life.through(&days, ratings, &scenes, &set).await?;
    // The latest services are those that somebody may still want to rate.
    let links = life
        .unrated
        .iter()
        .rev()
        .take(5)
        .map(|one| paths::fill(paths::SERVICE, &one.code))
        .collect();
    Ok((links, life.made))
}

/// The days of the scene at the turn of the year.
const YEAR_END: [&str; 2] = ["2026-12-21", "2027-01-04"];
/// Ratings of that scene.
const YEAR_END_RATINGS: u64 = 240;

/// The morning on which the scene at the turn of the year begins.
pub fn year_end_begins() -> Millis {
    date::parse_iso(YEAR_END[0]).map_or(0, |day| instant(day, 8, 0))
}

/// Lives through the turn of the year: terms that run into 2027, whose holidays no notice has
/// settled yet, so that due dates are provisional.
pub async fn year_end(
    app: &App,
    set: impl Fn(Millis) -> Result<(), DemoError>,
) -> Result<Made, DemoError> {
    let [first, last] = YEAR_END.map(|day| date::parse_iso(day).unwrap_or(Date::MIN));
    let mut days = vec![first];
    while let Some(next) = days
        .last()
        .and_then(|day| day.next_day())
        .filter(|next| *next < last)
    {
        days.push(next);
    }
    let mut life = Life::new(app, SEED ^ 0x2027);
    let scenes = scene::at_year_end(&days);
    life.through(&days, YEAR_END_RATINGS, &scenes, &set).await?;
    set(instant(last, 8, 30))?;
    release::tick(app).await?;
    Ok(life.made)
}

/// A service that nobody has rated.
struct Unrated {
    window: usize,
    item: String,
    staff: Option<String>,
    code: String,
}

/// A window as the generator sees it.
struct Place {
    code: String,
    plate: String,
    unit: String,
    items: Vec<String>,
    staff: Vec<String>,
}

struct Life<'a> {
    app: &'a App,
    chance: Chance,
    seed: u64,
    n: u64,
    places: Vec<Place>,
    sought: Vec<u64>,
    /// What the region's text has rated besides the whole.
    scopes: Vec<Scope>,
    unrated: VecDeque<Unrated>,
    desk: Desk,
    made: Made,
    /// The ratings of the hour before, on their way to the store while the next hour begins.
    storing: Stored,
    /// The figures of the day before, on their way to the public while the day begins.
    releasing: Option<Releasing>,
}

/// A release on its way; gives how long it took, in milliseconds.
type Releasing = JoinHandle<Result<u64, FlowError>>;

/// What becomes of the ratings of an hour: of each bad one a ticket follows.
type Stored = JoinSet<Result<Option<Opened>, FlowError>>;

/// The ratings of an hour on their way: all are prepared before the first is stored, since the
/// lane's batches are cheaper the larger they are.
struct Sending {
    tasks: Stored,
    preparing: Option<mpsc::Sender<Infallible>>,
    prepared: mpsc::Receiver<Infallible>,
    open: watch::Sender<bool>,
}

/// What one rating waits at. A task that fails before drops it, and keeps nobody waiting.
struct Gate {
    preparing: Option<mpsc::Sender<Infallible>>,
    opens: watch::Receiver<bool>,
}

impl Gate {
    async fn pass(mut self) {
        drop(self.preparing);
        // The last word is heard even where the other end is gone by then.
        let _ = self.opens.wait_for(|open| *open).await;
    }
}

impl Sending {
    fn new() -> Self {
        let (preparing, prepared) = mpsc::channel(1);
        Self {
            tasks: JoinSet::new(),
            preparing: Some(preparing),
            prepared,
            open: watch::Sender::new(false),
        }
    }

    fn gate(&self) -> Gate {
        Gate {
            preparing: self.preparing.clone(),
            opens: self.open.subscribe(),
        }
    }

    /// Waits until all are prepared, or have failed.
    async fn all_prepared(&mut self) {
        // Nothing is ever sent: this ends when the last end to send with is gone.
        drop(self.preparing.take());
        self.prepared.recv().await;
    }

    /// Lets those that are prepared go, and gives the tasks.
    fn let_go(self) -> Stored {
        self.open.send_replace(true);
        self.tasks
    }
}

impl<'a> Life<'a> {
    fn new(app: &'a App, seed: u64) -> Self {
        let places = places(app);
        Self {
            app,
            chance: Chance::of(seed, 0),
            seed,
            n: 0,
            sought: places
                .iter()
                .map(|place| shape::popularity(&place.code))
                .collect(),
            scopes: app
                .profile_on(app.clock().today())
                .map(Profile::scopes)
                .unwrap_or_default(),
            places,
            unrated: VecDeque::new(),
            desk: Desk::default(),
            made: Made::default(),
            storing: Stored::new(),
            releasing: None,
        }
    }

    /// Lives through some days with so many ratings.
    async fn through(
        &mut self,
        days: &[Date],
        ratings: u64,
        scenes: &[Scene],
        set: &impl Fn(Millis) -> Result<(), DemoError>,
    ) -> Result<(), DemoError> {
        let slots = shape::slots(&self.app.policies().calendar, days, ratings);
        for day in days {
            let today = slots.iter().filter(|slot| slot.day == *day);
            let scenes = scenes.iter().filter(|scene| scene.on == *day);
            self.day(*day, today, scenes, set).await?;
        }
        Ok(())
    }

    async fn day(
        &mut self,
        day: Date,
        slots: impl Iterator<Item = &Slot>,
        scenes: impl Iterator<Item = &Scene>,
        set: &impl Fn(Millis) -> Result<(), DemoError>,
    ) -> Result<(), DemoError> {
        let works = self.app.policies().calendar.day(day).kind.is_working();
        set(instant(day, 8, 0))?;
        release::turn(self.app).await?;
        let app = self.app.clone();
        self.releasing = Some(tokio::spawn(async move {
            let watch = Stopwatch::start();
            release::release_closed(&app).await?;
            Ok(watch.millis())
        }));
        let mut scenes: Vec<&Scene> = scenes.collect();
        for slot in slots {
            if slot.hour == shape::EVENING && works {
                self.stored().await?;
                // Whoever sits at a window works on what the release of the morning has told.
                self.released().await?;
                set(instant(day, 17, 40))?;
                let watch = Stopwatch::start();
                self.made.steps += self.desk.work(self.app, day).await? as u64;
                self.made.tickets_ms += watch.millis();
            }
            set(instant(day, slot.hour, MINUTE))?;
            self.slot(slot, std::mem::take(&mut scenes)).await?;
        }
        // The day ends with everything that belongs to it.
        self.stored().await?;
        self.released().await
    }

    /// Waits until the figures of the day before are public.
    async fn released(&mut self) -> Result<(), DemoError> {
        if let Some(releasing) = self.releasing.take() {
            let took = releasing
                .await
                .map_err(|error| FlowError::Internal(error.to_string()))??;
            self.made.releases_ms += took;
        }
        Ok(())
    }

    async fn slot(&mut self, slot: &Slot, scenes: Vec<&Scene>) -> Result<(), DemoError> {
        let mut sending = Sending::new();
        let watch = Stopwatch::start();
        let mut served = Vec::new();
        if slot.hour != shape::EVENING {
            served = self.serve(slot).await?;
        }
        self.made.services_ms += watch.millis();
        let watch = Stopwatch::start();
        for scene in scenes {
            self.send_scene(&mut sending, scene);
        }
        let mut left = slot.ratings;
        for one in served {
            // One service in eight is not rated on the spot.
            if left > 0 && self.chance.percent(88) {
                self.send(&mut sending, slot.day, one);
                left -= 1;
            } else {
                self.remember(one);
            }
        }
        let at_home = slot.hour == shape::EVENING;
        for _ in 0..left {
            let at_home = at_home && self.unrated.len() > LEFT;
            match at_home.then(|| self.unrated.pop_front()).flatten() {
                Some(one) => self.send(&mut sending, slot.day, one),
                // A rating of the window itself: a question, a refusal, no case at hand.
                None => self.send_of_window(&mut sending, slot),
            }
        }
        // One hour is prepared while the one before is being stored.
        sending.all_prepared().await;
        self.stored().await?;
        self.storing = sending.let_go();
        self.made.ratings_ms += watch.millis();
        Ok(())
    }

    /// Waits until the ratings on their way are stored.
    async fn stored(&mut self) -> Result<(), DemoError> {
        let mut opened = Vec::new();
        while let Some(sent) = self.storing.join_next().await {
            self.made.ratings += 1;
            opened.extend(sent.map_err(|error| FlowError::Internal(error.to_string()))??);
        }
        if opened.is_empty() {
            return Ok(());
        }
        tickets::follow(self.app).await?;
        for one in opened {
            self.made.tickets += 1;
            self.desk.put(cases::open(self.app, one).await?);
        }
        Ok(())
    }

    fn remember(&mut self, one: Unrated) {
        if self.unrated.len() >= REMEMBERED {
            self.unrated.pop_front();
        }
        self.unrated.push_back(one);
    }

    /// The services of an hour: fewer than its ratings, since some rate the window itself.
    async fn serve(&mut self, slot: &Slot) -> Result<Vec<Unrated>, DemoError> {
        let how_many = slot.ratings / 2 + usize::from(slot.ratings > 0);
        let mut events = Vec::with_capacity(how_many);
        let mut served = Vec::with_capacity(how_many);
        for at in 0..how_many {
            let window = self.window(slot);
            let place = &self.places[window];
            let item = &place.items[self.chance.below(place.items.len())];
            let staff = on_shift(place, slot);
            events.push(EventCreate {
                project_no: format!(
                    "5399{}{:02}{at:03}",
                    date::iso(slot.day).replace('-', ""),
                    slot.hour
                ),
                service_no: 1,
                item: item.clone(),
                window: place.code.clone(),
                staff: staff.clone(),
                served_on: date::iso(slot.day),
            });
            served.push(Unrated {
                window,
                item: item.clone(),
                staff,
                code: String::new(),
            });
        }
        for (events, served) in events
            .chunks(events::EVENTS_MAX)
            .zip(served.chunks_mut(events::EVENTS_MAX))
        {
            let accepted = events::push(self.app, &Actor::System, events).await?;
            for (one, event) in served.iter_mut().zip(accepted.events) {
                one.code = event.code;
            }
        }
        self.made.services += served.len() as u64;
        Ok(served)
    }

    /// A window, by how sought it is; at noon only every fifth is staffed.
    fn window(&mut self, slot: &Slot) -> usize {
        if let Some(at) = shape::burst_on(slot.day).filter(|_| self.chance.percent(10)) {
            return self
                .places
                .iter()
                .position(|place| place.code == at)
                .unwrap_or(0);
        }
        loop {
            let at = self.chance.weighted(&self.sought);
            if !(12..14).contains(&slot.hour) || at.is_multiple_of(5) {
                return at;
            }
        }
    }
}

fn places(app: &App) -> Vec<Place> {
    let directory = app.directory();
    let plates = app.plates();
    let mut places: Vec<Place> = plates
        .valid()
        .filter_map(|plate| {
            let window = directory.window(&plate.win)?;
            let of_unit = || {
                directory
                    .items_of(&window.unit)
                    .map(|item| item.code.clone())
                    .collect()
            };
            Some(Place {
                code: window.code.clone(),
                plate: plate.code.clone(),
                unit: window.unit.clone(),
                items: window.item.clone().map_or_else(of_unit, |item| vec![item]),
                staff: rota(app, window),
            })
        })
        .collect();
    // By window: the codes of the plates are random.
    places.sort_by(|a, b| a.code.cmp(&b.code));
    places
}

/// Who takes turns at a window: those who sit there, or else those of the unit's other windows.
fn rota(app: &App, window: &store::Window) -> Vec<String> {
    let at = |person: &&store::Staff| person.win.as_deref() == Some(&window.code);
    let of_unit: Vec<&store::Staff> = app
        .directory()
        .staff_of(&window.unit)
        .filter(|person| person.win.is_some())
        .collect();
    let own: Vec<&&store::Staff> = of_unit.iter().filter(|person| at(person)).collect();
    match own.is_empty() {
        true => of_unit.iter().map(|person| person.id.clone()).collect(),
        false => own.into_iter().map(|person| person.id.clone()).collect(),
    }
}

/// Two shifts a day, which change places every day.
fn on_shift(place: &Place, slot: &Slot) -> Option<String> {
    let afternoon = usize::from(slot.hour >= 13);
    let day = usize::try_from(slot.day.to_julian_day()).unwrap_or(0);
    let at = (day + afternoon).checked_rem(place.staff.len())?;
    place.staff.get(at).cloned()
}
