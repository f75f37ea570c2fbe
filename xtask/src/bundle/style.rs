//! One style sheet out of the files that `style/main.css` imports.

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

/// Puts imported files in the place of their `@import`.
fn inline(text: &str, read: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut whole = String::new();
    for line in text.lines() {
        match import(line) {
            Some(name) => whole.push_str(&read(name)?),
            None => whole.push_str(line),
        }
        whole.push('\n');
    }
    Ok(whole)
}

/// The file of a line such as `@import "kit.css";`.
fn import(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("@import")?.trim_start();
    let rest = rest.strip_prefix("url(").unwrap_or(rest);
    let quote = rest
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))?;
    let (name, _) = rest[1..].split_once(quote)?;
    Some(name.trim_start_matches("./"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_replaced_by_its_file() {
        let text = "/* a */\n@import \"./kit.css\";\n@import url('print.css');\n";
        let whole = inline(text, |name| Ok(format!("/* {name} */"))).unwrap();
        assert_eq!(whole, "/* a */\n/* kit.css */\n/* print.css */\n");
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let missing = |name: &str| Err(crate::report::Failure::new(format!("no {name}")));
        assert!(inline("@import \"gone.css\";", missing).is_err());
    }
}
