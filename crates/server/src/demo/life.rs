//! Two months in the invented city: services, ratings, and what became of the bad ones.

use super::DemoError;
use crate::{
    app::App,
    clock::{Millis, instant},
    flow::{FlowError, events, rate, release, staff::SignedIn, tickets},
};
use contract::{paths, staff::EventCreate, ticket::TicketAct};
use rules::{
    can::{Action, Actor, Role},
    date::{self, Date},
    level::Level,
    rating::{Input, RawLevel},
    tag::Shown,
    ticket::{ContactOutcome, RevisitOutcome, State},
};
use tokio::task::JoinSet;

/// How much happens.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Ratings altogether, about.
    pub ratings: u32,
    /// Days before the last one.
    pub days: u16,
}

impl Default for Amount {
    fn default() -> Self {
        Self {
            ratings: 5_000,
            days: 60,
        }
    }
}

/// The demo's last day; its clock stands on its evening.
const LAST_DAY: &str = "2026-10-31";
const HOURS: [i64; 7] = [9, 10, 11, 14, 15, 16, 17];
const SEED: u64 = 0x5eed_2026;

/// Splitmix64: the same city every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.next() % 100 < chance
    }
}

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
    instant(days_of(amount).first().copied().unwrap_or_else(last_day), 8, 0)
}

/// Lives through the days; gives links of service events that nobody has rated.
pub async fn live(
    app: &App,
    amount: &Amount,
    set: impl Fn(Millis) -> Result<(), DemoError>,
) -> Result<Vec<String>, DemoError> {
    let mut chance = Chance(SEED);
    let mut unrated = Vec::new();
    let days = days_of(amount);
    let calendar = &app.policies().calendar;
    let open = days.iter().filter(|day| calendar.day(**day).kind.is_working()).count().max(1);
    let an_hour = (amount.ratings as usize).div_ceil(open * HOURS.len()).max(1);
    for day in days {
        set(instant(day, 8, 0))?;
        release::tick(app).await?;
        let open = calendar.day(day).kind.is_working();
        for hour in HOURS.into_iter().filter(|_| open) {
            set(instant(day, hour, 10))?;
            unrated.extend(hour_of(app, &mut chance, day, hour, an_hour).await?);
        }
        if open {
            set(instant(day, 17, 40))?;
            staff_at_work(app, &mut chance).await?;
        }
    }
    // The latest services are those that somebody may still want to rate.
    Ok(unrated.into_iter().rev().take(5).collect())
}

async fn hour_of(
    app: &App,
    chance: &mut Chance,
    day: Date,
    hour: i64,
    ratings: usize,
) -> Result<Vec<String>, DemoError> {
    let mut sending: JoinSet<Result<(), FlowError>> = JoinSet::new();
    let mut unrated = Vec::new();
    let plates = app.directory().plates();
    for at in 0..ratings + ratings / 4 + 1 {
        let plate = &plates[chance.below(plates.len())];
        let window = app.directory().plate(&plate.plate).map(|plate| plate.win.clone()).unwrap_or_default();
        // One rating in five is of the window itself: a question, a refusal, no case at hand.
        if chance.percent(20) {
            send(app, &mut sending, rate::Entry::Plate(plate.plate.clone()), input(app, chance, &window), chance);
            continue;
        }
        let Some(code) = serve(app, chance, &window, day, hour, at).await? else { continue };
        if chance.percent(80) {
            send(app, &mut sending, rate::Entry::Service(code), input(app, chance, &window), chance);
        } else {
            unrated.push(paths::fill(paths::SERVICE, &code));
        }
    }
    while let Some(sent) = sending.join_next().await {
        sent.map_err(|error| FlowError::Internal(error.to_string()))??;
    }
    Ok(unrated)
}

async fn serve(
    app: &App,
    chance: &mut Chance,
    window: &str,
    day: Date,
    hour: i64,
    at: usize,
) -> Result<Option<String>, DemoError> {
    let Some(place) = app.directory().window(window) else { return Ok(None) };
    let items: Vec<String> = app.directory().items_of(&place.unit).map(|item| item.code.clone()).collect();
    let item = place.item.clone().unwrap_or_else(|| items[chance.below(items.len())].clone());
    let event = EventCreate {
        project_no: format!("5399{}{hour:02}{at:03}", date::iso(day).replace('-', "")),
        service_no: 1,
        item,
        window: window.to_owned(),
        staff: None,
        served_on: date::iso(day),
    };
    let actor = Actor::Connector {
        unit: place.unit.clone(),
    };
    let accepted = events::push(app, &actor, &[event]).await?;
    Ok(accepted.events.into_iter().next().map(|event| event.code))
}

fn send(
    app: &App,
    sending: &mut JoinSet<Result<(), FlowError>>,
    entry: rate::Entry,
    input: Input,
    chance: &mut Chance,
) {
    let app = app.clone();
    let key = format!("demo-{:016x}", chance.next());
    sending.spawn(async move {
        rate::submit(&app, &entry, &input, &key, rate::Channel::Form).await.map(|_| ())
    });
}

/// The windows of two units are weaker than the others, so that figures have something to say.
fn level(chance: &mut Chance, window: &str) -> Level {
    let weak = matches!(window, "w01" | "w10");
    let roll = chance.next() % 1000;
    let steps: [u64; 4] = if weak { [18, 45, 110, 330] } else { [4, 11, 45, 240] };
    match steps.iter().position(|step| roll < *step) {
        Some(0) => Level::L1,
        Some(1) => Level::L2,
        Some(2) => Level::L3,
        Some(3) => Level::L4,
        _ => Level::L5,
    }
}

const TEXTS: [&str; 4] = [
    "材料清单上没有写要复印件，来回跑了两趟。",
    "等了一个多小时才叫到号，窗口只开了一个。",
    "问了三个窗口才问清楚在哪里办。",
    "系统一直打不开，让下午再来。",
];

fn input(app: &App, chance: &mut Chance, window: &str) -> Input {
    let level = level(chance, window);
    let tags: Vec<String> = app
        .policies()
        .catalogue
        .of(level, Shown::Core)
        .map(|tag| tag.code.to_string())
        .collect();
    let tags = if chance.percent(60) { vec![tags[chance.below(tags.len())].clone()] } else { Vec::new() };
    let text = if level.is_bad() && chance.percent(70) { TEXTS[chance.below(TEXTS.len())] } else { "" };
    let stated = chance.percent(if level.is_bad() { 45 } else { 15 });
    Input {
        level: RawLevel::Number(i64::from(level.get())),
        tags,
        text: text.to_owned(),
        stated,
        name: if stated { "演示市民".to_owned() } else { String::new() },
        // 139 0000 …: a range that the demo made up; no such number is ever called.
        phone: if stated { format!("1390000{:04}", chance.below(10_000)) } else { String::new() },
    }
}

/// An evening's work: some tickets move on, some are left until their term has passed.
async fn staff_at_work(app: &App, chance: &mut Chance) -> Result<(), DemoError> {
    let authority = person(app, "p-zhou")?;
    let open = tickets::worklist(app, &authority, None, false, None).await?;
    for row in open.rows {
        // A unit that is short of hands works one evening in five, the others every second.
        let slow = row.place.unit.ends_with("自然资源和规划局");
        if !chance.percent(if slow { 18 } else { 55 }) {
            continue;
        }
        step(app, chance, &authority, &row.number).await?;
    }
    Ok(())
}

async fn step(app: &App, chance: &mut Chance, authority: &SignedIn, number: &str) -> Result<(), DemoError> {
    let view = tickets::view(app, authority, number).await?;
    let handler = match &view.handler {
        Some(handler) => person(app, &handler.id)?,
        None => authority.clone(),
    };
    let mut act = TicketAct {
        action: Action::Assign,
        seq: view.seq,
        handler: None,
        contact: None,
        revisit: None,
        text: String::new(),
    };
    let by = match view.state {
        State::ToAssign => {
            let Some(choice) = view.choices.first() else { return Ok(()) };
            act.handler = Some(choice.id.clone());
            authority
        }
        State::ToContact => {
            act.action = Action::Contact;
            act.contact = Some(if chance.percent(85) { ContactOutcome::Reached } else { ContactOutcome::NoAnswer });
            &handler
        }
        State::Verifying => {
            act.action = if chance.percent(80) { Action::Rectify } else { Action::Explain };
            act.text = "已核实情况，更新了窗口的材料清单并对当班人员作了提醒。".to_owned();
            &handler
        }
        State::ToAnswer => {
            act.action = Action::Answer;
            act.text = "您反映的问题已经整改，感谢您的监督。再办此事只需带身份证原件。".to_owned();
            &handler
        }
        State::ToRevisit => {
            act.action = Action::Revisit;
            act.revisit = Some(if chance.percent(80) { RevisitOutcome::Satisfied } else { RevisitOutcome::NoAnswer });
            authority
        }
        State::ToClose => {
            act.action = Action::Close;
            authority
        }
        State::Closed => return Ok(()),
    };
    match tickets::act(app, by, number, &act).await {
        // Not everything is allowed to everyone; the next evening is another day.
        Ok(_) | Err(FlowError::Forbidden(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn person(app: &App, id: &str) -> Result<SignedIn, DemoError> {
    let person = app.directory().person(id).ok_or(FlowError::NotFound)?;
    let role = if person.role == "authority" { Role::Authority } else { Role::Handler };
    Ok(SignedIn {
        actor: Actor::Staff {
            id: person.id.clone(),
            role,
            unit: person.unit.clone(),
        },
        id: person.id.clone(),
        name: person.name.clone(),
        role,
        unit: person.unit.clone(),
    })
}
