//! The API's own description: OpenAPI 3.1, generated from the handlers.

use super::{api_public, api_rate, api_staff, session};
use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "好差评 API",
        description = "政务服务好差评: ratings, tickets, released figures. Changing requests of staff carry the header X-Requested-With.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        api_rate::push_events,
        api_rate::create_rating,
        api_rate::rate_plate,
        api_rate::rate_service,
        api_rate::halls,
        api_rate::receipt,
        api_rate::follow_ask,
        api_rate::follow,
        session::who_am_i,
        session::sign_in,
        session::sign_out,
        session::sign_out_everywhere,
        api_staff::worklist,
        api_staff::ticket,
        api_staff::act,
        api_staff::reveal_contact,
        api_staff::plates,
        api_staff::plate_versions,
        api_staff::revoke_plate,
        api_staff::held,
        api_staff::rule_held,
        api_staff::rotate_plate,
        api_staff::continue_profile,
        api_public::figures,
        api_public::today,
        api_public::profiles,
        api_public::profile,
        api_public::calendar,
        api_public::due,
    ),
    modifiers(&Keys)
)]
struct Description;

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "connector",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("haochaping"))),
        );
    }
}

/// The document as it is served and as its snapshot is kept.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// `GET /api/v1/openapi.json`.
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(description())
}
