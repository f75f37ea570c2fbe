//! The texts of 好差评, typed, generated from locales/.
