//! The rules of 好差评: levels, tags, profiles, calendar, deadlines, tickets, permissions, indicators. Pure.
