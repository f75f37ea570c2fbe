//! Who uses the product. Everything goes through the public HTTP.

use crate::{Act, Http, Rating, Reply, fresh_key};
use axum::{body::Body, http::Method};
use contract::{
    follow::{FollowAsk, FollowCode, FollowPage},
    paths::{self, fill},
    rate::Receipt,
    staff::{EventCreate, EventsAccepted, EventsCreate, SignIn},
    ticket::{TicketView, Worklist},
};

/// The header without which nothing of staff is changed.
const GUARD: (&str, &str) = ("x-requested-with", "haochaping");

/// Somebody with a phone.
#[derive(Clone)]
pub struct Citizen {
    pub(crate) http: Http,
}

impl Citizen {
    /// The same person at an address, with a phone that takes no cookies.
    pub fn from(&self, peer: &str) -> Self {
        Self {
            http: self.http.from(peer),
        }
    }

    /// The same person with a phone of their own: it opens the page of a plate and keeps the cookie.
    pub async fn with_device(&self, plate: &str) -> Self {
        let page = self.http.get(&fill(paths::PLATE, plate)).await.expect(200);
        let cookie = page
            .header("set-cookie")
            .and_then(|set| set.split(';').next());
        Self {
            http: self.http.with_cookie(cookie.expect("a cookie")),
        }
    }

    /// Sends a rating by the API.
    pub async fn send(&self, rating: &Rating, key: &str) -> Reply {
        self.http
            .post_json(
                paths::API_RATINGS,
                &[("idempotency-key", key)],
                &rating.json(),
            )
            .await
    }

    /// Sends a rating by the script-free form, and goes where the answer leads, with its cookie, as a browser
    /// does.
    pub async fn send_form(&self, rating: &Rating, key: &str) -> Reply {
        let reply = self.http.post_form(&rating.page(), rating.form(key)).await;
        if reply.status != 303 {
            return reply;
        }
        let cookie = reply.header("set-cookie").unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default();
        let to = reply.header("location").expect("a place to go");
        self.http
            .send(Method::GET, to, &[("cookie", cookie)], Body::empty())
            .await
    }

    /// Rates; gives the receipt and the key.
    pub async fn rate(&self, rating: &Rating) -> (Receipt, String) {
        let key = fresh_key();
        (self.send(rating, &key).await.expect(201).json(), key)
    }

    /// Asks for the follow-up code.
    pub async fn ask(&self, receipt: &str, key: &str) -> Reply {
        let ask = FollowAsk {
            receipt: receipt.to_owned(),
            key: key.to_owned(),
        };
        self.http.post_json(paths::API_FOLLOW_ASK, &[], &ask).await
    }

    /// Rates and asks to follow; gives receipt code and follow-up code.
    pub async fn rate_and_follow(&self, rating: &Rating) -> (String, String) {
        let (receipt, key) = self.rate(rating).await;
        let follow: FollowCode = self.ask(&receipt.code, &key).await.expect(200).json();
        (receipt.code, follow.code)
    }

    /// What became of the rating.
    pub async fn follow(&self, code: &str) -> FollowPage {
        self.http
            .get(&fill(paths::API_FOLLOW, code))
            .await
            .expect(200)
            .json()
    }
}

/// A business system with the key of a unit.
#[derive(Clone)]
pub struct Connector {
    pub(crate) http: Http,
    pub(crate) key: String,
}

impl Connector {
    /// Pushes events, right or wrong.
    pub async fn send(&self, events: &[EventCreate]) -> Reply {
        let bearer = format!("Bearer {}", self.key);
        let body = EventsCreate {
            events: events.to_vec(),
        };
        self.http
            .post_json(paths::API_EVENTS, &[("authorization", &bearer)], &body)
            .await
    }

    /// Pushes one event; gives the code of its link.
    pub async fn push(&self, event: EventCreate) -> String {
        let accepted: EventsAccepted = self.send(&[event]).await.expect(200).json();
        accepted.events[0].code.clone()
    }

    /// The key, for requests of one's own.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A member of staff.
#[derive(Clone)]
pub struct Staff {
    pub(crate) http: Http,
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) cookie: String,
    /// The cookie by which the device is known.
    pub(crate) device: String,
}

impl Staff {
    /// Tries to sign in with some password.
    pub async fn try_sign_in(&self, password: &str) -> Reply {
        let body = SignIn {
            login: self.login.clone(),
            password: password.to_owned(),
        };
        let headers = [GUARD, ("cookie", self.device.as_str())];
        self.http
            .post_json(paths::API_SESSION, &headers, &body)
            .await
    }

    /// The same person on another device, somewhere else.
    pub fn from(&self, ip: &str) -> Self {
        Self {
            http: self.http.from(ip),
            cookie: String::new(),
            device: String::new(),
            ..self.clone()
        }
    }

    /// Signs in with the right password.
    pub async fn sign_in(&mut self) -> Reply {
        let reply = self.try_sign_in(&self.password.clone()).await;
        let set: Vec<&str> = reply
            .headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        if let [session, device] = set[..] {
            session.clone_into(&mut self.cookie);
            device.clone_into(&mut self.device);
        }
        reply
    }

    /// The cookie, for requests of one's own.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// The right password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The id of the person.
    pub fn id(&self) -> String {
        format!("p-{}", self.login)
    }

    /// `GET` with the session.
    pub async fn get(&self, path: &str) -> Reply {
        self.http
            .send(
                Method::GET,
                path,
                &[("cookie", &self.cookie)],
                Body::empty(),
            )
            .await
    }

    /// `POST` with session and guard.
    pub async fn post(&self, path: &str, body: &impl serde::Serialize) -> Reply {
        self.http
            .post_json(path, &[("cookie", &self.cookie), GUARD], body)
            .await
    }

    /// The open tickets one sees.
    pub async fn worklist(&self) -> Worklist {
        self.get(paths::API_TICKETS).await.expect(200).json()
    }

    /// The only open ticket one sees.
    pub async fn only_ticket(&self) -> String {
        let list = self.worklist().await;
        assert_eq!(list.rows.len(), 1, "{list:?}");
        list.rows[0].number.clone()
    }

    /// A ticket.
    pub async fn ticket(&self, number: &str) -> TicketView {
        self.get(&fill(paths::API_TICKET, number))
            .await
            .expect(200)
            .json()
    }

    /// Tries something on a ticket, having seen the stream up to `seq`.
    pub async fn try_act(&self, number: &str, seq: i64, act: &Act) -> Reply {
        self.post(&fill(paths::API_TICKET_ACTIONS, number), &act.seen(seq))
            .await
    }

    /// Does something on a ticket as it is now.
    pub async fn act(&self, number: &str, act: &Act) -> TicketView {
        let seq = self.ticket(number).await.seq;
        self.try_act(number, seq, act).await.expect(200).json()
    }
}

/// A member of staff past the door, for what no page shows.
pub fn signed_in(app: &flow::app::App, id: &str) -> flow::staff::SignedIn {
    let person = app.directory().person(id).expect("staff of the demo");
    flow::staff::signed_in(app.directory(), person).expect("a role")
}
