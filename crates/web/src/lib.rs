//! HTTP and the script-free pages of 好差评: routes, answers, assets, the OpenAPI document.

pub mod http;
pub mod pages;
