//! What an auditor asks about: who came in, who did not, and who looked at what.

use crate::{
    FlowError,
    app::{App, iso_day},
    clock::Millis,
    secrets::{self, SecretError},
};
use rules::can::{Action, Actor, On, can};
use store::Audited;

/// What an auditor asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody came in.
    SignedIn,
    /// A wrong password, or a name that nobody has.
    Failed,
    /// So many of them that there is a wait now.
    Locked,
    /// Somebody left.
    SignedOut,
    /// Somebody left on every device.
    AllSignedOut,
    /// Whoever runs the machine gave somebody a new password.
    PasswordGiven,
    /// Contact data were looked at.
    Revealed,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Failed => "failed",
            Self::Locked => "locked",
            Self::SignedOut => "signed_out",
            Self::AllSignedOut => "all_signed_out",
            Self::PasswordGiven => "password_given",
            Self::Revealed => REVEALED,
        }
    }
}

/// The code of a reveal, which the citizen's page looks for.
pub(crate) const REVEALED: &str = "revealed";

/// Writes down what an auditor asks about.
pub(crate) async fn audit(
    app: &App,
    kind: Kind,
    staff: Option<&str>,
    network: &str,
    ticket: Option<(&str, &[u8; 16])>,
) -> Result<(), FlowError> {
    let one = line(app.clock().now(), kind, staff)?;
    let audited = Audited {
        network: network.to_owned(),
        unit: ticket.map(|(unit, _)| unit.to_owned()).unwrap_or_default(),
        ticket: ticket.map(|(_, id)| *id),
        ..one
    };
    Ok(app.store().audit(audited).await?)
}

/// A line about somebody, from no network and about no ticket.
///
/// # Errors
/// When the system gives no randomness.
pub fn line(now: Millis, kind: Kind, staff: Option<&str>) -> Result<Audited, SecretError> {
    Ok(Audited {
        id: secrets::id_at(now)?,
        at: now,
        day: iso_day(now),
        kind: kind.code().to_owned(),
        staff: staff.map(str::to_owned),
        network: String::new(),
        unit: String::new(),
        ticket: None,
    })
}

/// As many lines of the audit as are read at once.
const AUDIT_PAGE: i64 = 1_000;

/// What an auditor asks about, from an instant to another.
///
/// # Errors
/// `Forbidden` for anybody but the authority, until there is an auditor's role.
pub async fn audited(
    app: &App,
    who: &Actor,
    from: i64,
    to: i64,
) -> Result<Vec<Audited>, FlowError> {
    can(who, On::Nothing, Action::ReadAudit)?;
    Ok(app.store().audited(from, to, AUDIT_PAGE).await?)
}
