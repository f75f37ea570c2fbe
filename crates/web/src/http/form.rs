//! The script-free forms, read field by field so that a broken one can be answered precisely.

use axum::{
    body::Bytes,
    extract::rejection::BytesRejection,
    http::{HeaderMap, StatusCode, header},
};
use contract::rate::field;
use flow::FlowError;
use rules::rating::{Input, RawLevel};

/// The fields of a form, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// When the content type is another one, or the text is not UTF-8.
    pub fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, FlowError> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(FlowError::UnsupportedMedia);
        }
        let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        if fields
            .iter()
            .any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}'))
        {
            return Err(FlowError::Malformed("utf-8"));
        }
        Ok(Self(fields))
    }

    /// The first value of a field, or the empty text.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// Reads what arrived, if it did.
    ///
    /// # Errors
    /// As `read`, and when the body is too large or broke off.
    pub fn of_body(
        headers: &HeaderMap,
        sent: Result<Bytes, BytesRejection>,
    ) -> Result<Self, FlowError> {
        match sent {
            Ok(bytes) => Self::read(headers, &bytes),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(FlowError::TooLarge)
            }
            Err(_) => Err(FlowError::Malformed("body")),
        }
    }

    /// The name of every field, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// The rating that the form describes. Tags count only for the chosen level: a form without
    /// script cannot untick those of a level that the citizen has left.
    pub fn rating(&self) -> Input {
        let typed = self.get(field::LEVEL);
        Input {
            level: raw(typed),
            scopes: self.scopes(),
            tags: self.all(&format!("{}{typed}", field::TAG)),
            text: self.get(field::TEXT).to_owned(),
            stated: self.get(field::STATED) == "yes",
            name: self.get(field::NAME).to_owned(),
            phone: self.get(field::PHONE).to_owned(),
        }
    }

    /// What was chosen for each scope; one that is sent twice counts as it was sent first.
    fn scopes(&self) -> Vec<(String, RawLevel)> {
        let mut scopes: Vec<(String, RawLevel)> = Vec::new();
        for (name, value) in &self.0 {
            let Some(scope) = name.strip_prefix(field::SCOPE) else {
                continue;
            };
            if scopes.iter().all(|(known, _)| known != scope) {
                scopes.push((scope.to_owned(), raw(value)));
            }
        }
        scopes
    }
}

fn raw(typed: &str) -> RawLevel {
    match (typed, typed.parse::<i64>()) {
        ("", _) => RawLevel::Missing,
        (_, Ok(number)) => RawLevel::Number(number),
        (_, Err(_)) => RawLevel::NotANumber,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str) -> Fields {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        Fields::read(&headers, &Bytes::from_static(body.as_bytes())).expect("a form")
    }

    #[test]
    fn tags_of_a_level_that_was_left_are_not_sent() {
        let form = read("level=5&tag1=108&tag5=510&tag5=511");
        assert_eq!(form.rating().tags, ["510", "511"]);
    }

    #[test]
    fn a_form_in_another_encoding_is_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("multipart/form-data"),
        );
        assert!(Fields::read(&headers, &Bytes::new()).is_err());
    }
}
