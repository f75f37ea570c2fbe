//! Language and display, as forms send them.

/// Names of the form's fields, and of the values that several of them share.
pub mod field {
    /// A language's tag.
    pub const LANGUAGE: &str = "lang";
    /// The elder mode, `on` or `off`.
    pub const ELDER: &str = "elder";
    /// High contrast, `on` or `off`.
    pub const CONTRAST: &str = "contrast";
    /// `auto`, `light` or `dark`.
    pub const THEME: &str = "theme";
    /// The path and query to go back to.
    pub const BACK: &str = "back";
    /// Switches on.
    pub const ON: &str = "on";
    /// Switches off.
    pub const OFF: &str = "off";
}

/// The header by which an answer of the API names the app's build that the server carries.
pub const BUILD_HEADER: &str = "x-app-build";
