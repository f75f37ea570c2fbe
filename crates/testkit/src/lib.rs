//! Test support for 好差评: a running app, actors, builders, a clock.
