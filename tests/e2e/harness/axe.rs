//! axe-core in the page: the part of WCAG 2.2 A and AA that a machine can check.

use super::Journey;
use std::{fs, path::Path, path::PathBuf, sync::OnceLock};

// A colour on its way to another mode is nobody's colour: transitions are brought to their end
// first. What never ends cannot be finished and throws; it moves on while axe looks.
const RUN: &str = "const done = arguments[0]; \
    for (const one of document.getAnimations()) { try { one.finish(); } catch (endless) {} } \
    axe.run(document, {resultTypes: ['violations'], \
    runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}}) \
    .then(found => done(found.violations.map(rule => rule.id + ': ' + rule.help + '\\n' + \
        rule.nodes.map(node => '  ' + node.html + '\\n  ' + node.failureSummary).join('\\n'))))\
    .catch(error => done([String(error)]))";

impl Journey {
    /// No violation of WCAG 2.2 A and AA that axe-core finds.
    pub async fn is_accessible(&self, page: &str) {
        let found = self.barriers().await;
        assert!(found.is_empty(), "{page}\n{}", found.join("\n"));
    }

    /// What axe-core finds.
    pub async fn barriers(&self) -> Vec<String> {
        // Typed into the console, so to speak: the content policy stays in force for the page.
        self.js(source()).await;
        let found = self
            .browser
            .client
            .execute_async(RUN, Vec::new())
            .await
            .expect("axe runs");
        let found = found.as_array().expect("a list").iter();
        found
            .map(|rule| rule.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// The page fits a width.
    pub async fn fits(&self, page: &str, width: u32) {
        assert!(
            self.is_within(width).await,
            "{page} is wider than a window of {width} px"
        );
    }

    /// Whether nothing scrolls sideways at a width.
    pub async fn is_within(&self, width: u32) -> bool {
        self.width(width).await;
        self.js("return document.scrollingElement.scrollWidth <= innerWidth")
            .await
            == true
    }
}

fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let usual =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/axe-core/axe.min.js");
        let path = std::env::var_os("HAOCHAPING_AXE").map_or(usual, PathBuf::from);
        fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; npm ci", path.display()))
    })
}
