//! Devices from which somebody has signed in before: strangers keep nobody out of them.

use crate::{
    FlowError,
    app::App,
    secrets::{self, Purpose},
};
use store::Staff;

/// How long a device is known, in seconds.
pub const DEVICE_SECONDS: i64 = 90 * 86_400;

/// A device's cookie: whose it is, something of its own, and our mark under both.
pub(super) fn new_device(app: &App, staff: &str) -> Result<String, FlowError> {
    let own = secrets::hex(&secrets::random::<12>()?);
    let mark = app
        .secrets()
        .code(Purpose::StaffDevice, format!("{staff}.{own}").as_bytes());
    Ok(format!("{own}.{}", secrets::normal(&mark)))
}

/// Has this person signed in from the device before?
pub(super) fn is_known(app: &App, person: Option<&Staff>, device: &str) -> bool {
    let (Some(person), Some((own, mark))) = (person, device.split_once('.')) else {
        return false;
    };
    let ours = app.secrets().code(
        Purpose::StaffDevice,
        format!("{}.{own}", person.id).as_bytes(),
    );
    secrets::normal(&ours) == mark
}
