//! HTTP: routes, parsing, sessions, problems. No SQL, no policy.

pub mod api_public;
pub mod api_rate;
pub mod api_staff;
pub mod asking;
pub mod assets;
pub mod connections;
pub mod cookies;
pub mod extract;
pub mod failure;
pub mod form;
pub mod health;
pub mod layers;
pub mod openapi;
pub mod page_guide;
pub mod page_profiles;
pub mod page_public;
pub mod page_rate;
pub mod page_staff;
pub mod preferences;
pub mod session;
pub mod source;
pub mod waiting;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use contract::paths;
use flow::app::App;
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, NotForContentType, Predicate},
};

/// The largest body that is read, in bytes. A rating needs two kilobytes, the longest answer of staff ten: of many that
/// never end there is little to keep.
pub const BODY_MAX: usize = 32 * 1024;
/// The same where a business system sends: five hundred events need 200 kilobytes.
const EVENTS_MAX: usize = 256 * 1024;

/// Everything that the public address serves.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route(paths::API_OPENAPI, get(openapi::document))
        .route(
            paths::API_EVENTS,
            post(api_rate::push_events).layer(DefaultBodyLimit::max(EVENTS_MAX)),
        )
        .route(paths::API_RATINGS, post(api_rate::create_rating))
        .route(paths::API_RATE_PLATE, get(api_rate::rate_plate))
        .route(paths::API_RATE_SERVICE, get(api_rate::rate_service))
        .route(paths::API_HALLS, get(api_rate::halls))
        .route(paths::API_RECEIPT, get(api_rate::receipt))
        .route(paths::API_FOLLOW_ASK, post(api_rate::follow_ask))
        .route(paths::API_FOLLOW, get(api_rate::follow))
        .route(
            paths::API_SESSION,
            get(session::who_am_i)
                .post(session::sign_in)
                .delete(session::sign_out),
        )
        .route(
            paths::API_SESSIONS,
            axum::routing::delete(session::sign_out_everywhere),
        )
        .route(paths::API_TICKETS, get(api_staff::worklist))
        .route(paths::API_TICKET, get(api_staff::ticket))
        .route(paths::API_TICKET_ACTIONS, post(api_staff::act))
        .route(paths::API_TICKET_CONTACT, post(api_staff::reveal_contact))
        .route(paths::API_HELD, get(api_staff::held))
        .route(paths::API_HELD_RULINGS, post(api_staff::rule_held))
        .route(paths::API_PLATES, get(api_staff::plates))
        .route(paths::API_PLATE_VERSIONS, get(api_staff::plate_versions))
        .route(paths::API_PLATE_REVOKE, post(api_staff::revoke_plate))
        .route(paths::API_PLATE_ROTATE, post(api_staff::rotate_plate))
        .route(paths::API_FIGURES, get(api_public::figures))
        .route(paths::API_TODAY, get(api_public::today))
        .route(paths::API_PROFILES, get(api_public::profiles))
        .route(paths::API_PROFILE, get(api_public::profile))
        .route(paths::API_CONTINUATIONS, post(api_staff::continue_profile))
        .route(paths::API_CALENDAR, get(api_public::calendar))
        .route(paths::API_DUE, get(api_public::due));
    let pages = Router::new()
        .route(paths::HOME, get(page_public::figures))
        .route(paths::FIGURES_CSV, get(page_public::figures_csv))
        .route(paths::DUE, get(page_public::due))
        .route(paths::FIND, get(page_public::find))
        .route(paths::PROFILES, get(page_profiles::list))
        .route(paths::PROFILES_COMPARE, get(page_profiles::compare))
        .route(paths::PROFILE, get(page_profiles::one))
        .route(paths::ITEMS, get(page_guide::items))
        .route(paths::ITEM, get(page_guide::item))
        .route(paths::TOUR, get(page_guide::tour))
        .route(
            paths::PLATE,
            get(page_rate::plate).post(page_rate::send_plate),
        )
        .route(
            paths::SERVICE,
            get(page_rate::service).post(page_rate::send_service),
        )
        .route(paths::RECEIPT, get(page_rate::receipt))
        .route(paths::FOLLOW_ASK, post(page_rate::follow_ask))
        .route(paths::FOLLOW, get(page_rate::follow))
        .route(paths::PLATE_SHEET, get(page_staff::plate_sheet))
        .route(paths::HALL_SHEETS, get(page_staff::hall_sheets))
        .route(paths::CATALOGUE, get(page_public::catalogue))
        .route(paths::PREFERENCES, post(preferences::store))
        .route(paths::STAFF, get(page_staff::shell))
        .route("/staff/{*rest}", get(page_staff::shell));
    let files = Router::new()
        .route("/assets/{*path}", get(assets::hashed))
        .route("/assets.json", get(assets::named))
        .route("/icon.svg", get(assets::named))
        .route("/robots.txt", get(assets::named))
        .route("/manifest.webmanifest", get(assets::named));
    let compress = CompressionLayer::new().compress_when(
        DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream")),
    );
    Router::new()
        .merge(api)
        .merge(pages)
        .merge(files)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(page_public::nothing_here)
        .method_not_allowed_fallback(page_public::wrong_method)
        .layer(from_fn_with_state(app.clone(), layers::own_site))
        .layer(from_fn_with_state(app.clone(), preferences::speak))
        .layer(compress)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn(layers::secure))
        .layer(from_fn_with_state(app.clone(), layers::observe))
        .with_state(app)
}

/// What the metrics address serves.
pub fn metrics_router(app: App) -> Router {
    Router::new()
        .route("/metrics", get(health::metrics))
        .with_state(app)
}
