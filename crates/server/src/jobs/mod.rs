//! What runs beside the requests.

use crate::{
    app::App,
    flow::{release, staff},
};
use std::time::Duration;

/// How often the clock file is looked at and the day's door is tried.
const EVERY: Duration = Duration::from_millis(500);

/// Releases days that are over, follows a rehearsal clock, forgets what has expired.
pub async fn run(app: App) {
    let mut failing = false;
    loop {
        if let Err(error) = app.clock().reload() {
            tracing::warn!(%error, "the clock file cannot be read");
        }
        match release::tick(&app).await {
            Ok(()) => failing = false,
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the release waits");
            }
            Err(_) => {}
        }
        if let Err(error) = app.reload_continuations().await {
            tracing::debug!(%error, "continuations wait");
        }
        if let Err(error) = app.reload_plates().await {
            tracing::debug!(%error, "plates wait");
        }
        if let Err(error) = expire(&app).await {
            tracing::debug!(%error, "expiry waits");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn expire(app: &App) -> Result<(), store::StoreError> {
    let now = app.clock().now();
    app.store().sessions_expire(now).await?;
    app.store()
        .throttles_expire(now - rules::sign_in::LONGEST_MS)
        .await?;
    staff::note_use(app).await?;
    app.store().private_expire(now).await?;
    Ok(())
}
