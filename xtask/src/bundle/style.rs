//! One style sheet out of the layered files that `style/main.css` imports.

use super::{Built, Job, put};
use crate::report::{During, Result};
use crate::sh;

/// Bundles the style and names it by its contents.
pub fn run(job: &Job, built: &mut Built) -> Result<()> {
    let css = match &job.node {
        Some(node) => {
            let mut command = node.tool(job.place, "esbuild");
            command
                .arg("style/main.css")
                .args(["--bundle", "--log-level=warning"]);
            command.arg("--external:/assets/*");
            if job.release {
                command.arg("--minify");
            }
            sh::capture(&mut command)?
        }
        None => {
            let main = job.place.at("style/main.css");
            let text = std::fs::read_to_string(main).during("reading style/main.css")?;
            inline(&text, |name| {
                let file = job.place.at("style").join(name);
                std::fs::read_to_string(&file).during(format_args!("reading {}", file.display()))
            })?
        }
    };
    built.css = vec![put(job, "style", "css", css.as_bytes())?];
    Ok(())
}

/// Puts imported files in the place of their `@import`, inside the layer it names.
fn inline(text: &str, read: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut whole = String::new();
    for line in text.lines() {
        match import(line) {
            Some((name, Some(layer))) => {
                whole.push_str(&format!("@layer {layer} {{\n{}\n}}\n", read(name)?));
            }
            Some((name, None)) => {
                whole.push_str(&read(name)?);
                whole.push('\n');
            }
            None => {
                whole.push_str(line);
                whole.push('\n');
            }
        }
    }
    Ok(whole)
}

/// The file and the layer of a line such as `@import "kit.css" layer(kit);`.
fn import(line: &str) -> Option<(&str, Option<&str>)> {
    let rest = line.trim().strip_prefix("@import")?.trim_start();
    let rest = rest.strip_prefix("url(").unwrap_or(rest);
    let quote = rest
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))?;
    let (name, after) = rest[1..].split_once(quote)?;
    let layer = after
        .split_once("layer(")
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(layer, _)| layer);
    Some((name.trim_start_matches("./"), layer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_replaced_by_its_file_inside_its_layer() {
        let text =
            "@layer reset, kit;\n@import \"./kit.css\" layer(kit);\n@import url('print.css');\n";
        let whole = inline(text, |name| Ok(format!("/* {name} */"))).unwrap();
        assert_eq!(
            whole,
            "@layer reset, kit;\n@layer kit {\n/* kit.css */\n}\n/* print.css */\n"
        );
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let missing = |name: &str| Err(crate::report::Failure::new(format!("no {name}")));
        assert!(inline("@import \"gone.css\";", missing).is_err());
    }
}
