//! The boot script, the page that carries the app, and the list of files for the server.

use super::{Built, Job, address, put, write};
use crate::report::{During, Failure, Result};
use serde_json::json;

/// The comment in `index.html` that style, preloads and the boot script replace.
const MARK: &str = "<!-- build: style, preloads and the boot script -->";

/// Writes the script that starts the app; it also tells the app where the chart library is.
/// `data-app` on the root element says `started` or `failed`, for tests and for style.
///
/// A rating form works without the app, so there the app is fetched after the first frame and
/// waits for a sign of a person, and then for a moment in which the browser has nothing to do: a
/// slow phone gives its processor to the page and to the first tap (decision 0014). What was kept
/// from before a reload is put back at once. The script keeps to what browsers embedded in old
/// phones can read.
pub fn boot(job: &Job, built: &mut Built) -> Result<()> {
    let script = format!(
        r#"const root = document.documentElement;
root.dataset.echarts = "{echarts}";
root.dataset.build = "{id}";
let coming = null;
const compiled = async () => {{
  const answer = fetch(new URL("./app-{id}_bg.wasm", import.meta.url));
  if (WebAssembly.compileStreaming) return WebAssembly.compileStreaming(answer);
  return WebAssembly.compile(await (await answer).arrayBuffer());
}};
const fetchApp = () => {{
  if (coming === null) {{
    coming = Promise.all([import("./app-{id}.js"), compiled()]);
    coming.catch(() => {{ coming = null; }});
  }}
  return coming;
}};
const start = () => fetchApp().then(([app, code]) => app.default({{ module_or_path: code }})).then(
  () => {{ root.dataset.app = "started"; }},
  (error) => {{
    root.dataset.app = "failed";
    console.warn("好差评：应用未能启动，页面仍可使用。", error);
    const told = document.querySelector("[data-app-failed]");
    if (told) told.hidden = false;
    const waiting = document.querySelector("[data-app-waiting]");
    if (waiting) waiting.hidden = true;
  }},
);
const kept = () => {{ try {{ return sessionStorage.getItem("draft"); }} catch {{ return null; }} }};
if (!document.querySelector("form.rate") || kept()) start();
else {{
  const signs = ["click", "input", "keydown", "pointermove"];
  const idle = self.requestIdleCallback || ((act) => setTimeout(act, 50));
  const begin = () => {{
    for (const sign of signs) document.removeEventListener(sign, begin);
    idle(start, {{ timeout: 1000 }});
  }};
  for (const sign of signs) document.addEventListener(sign, begin, {{ passive: true }});
  const offer = () => {{
    const button = self.speechSynthesis && document.querySelector("[data-speak]");
    if (!button) return;
    button.hidden = false;
    button.onclick = () => {{ button.dataset.pressed = ""; }};
  }};
  requestAnimationFrame(() => idle(() => fetchApp().then(offer, () => {{}})));
}}
"#,
        id = job.id,
        echarts = built.echarts,
    );
    built.boot = put(job, "boot", "js", script.as_bytes())?;
    Ok(())
}

/// Completes the page `index.html`. No script and no style is inline: the content policy forbids both.
pub fn index(job: &Job, built: &Built) -> Result<()> {
    let page = std::fs::read_to_string(job.place.at("index.html")).during("reading index.html")?;
    if !page.contains(MARK) {
        return Err(Failure::new(format!("index.html has lost its line {MARK}")));
    }
    if page.contains("<script") {
        return Err(Failure::new(
            "index.html has a script of its own; put it into src/ instead",
        ));
    }
    let mut head: Vec<String> = built
        .css
        .iter()
        .map(|css| format!(r#"<link rel="stylesheet" href="{css}">"#))
        .collect();
    for file in &built.main {
        head.push(if file.ends_with(".wasm") {
            format!(r#"<link rel="preload" href="{file}" as="fetch" type="application/wasm" crossorigin>"#)
        } else {
            format!(r#"<link rel="modulepreload" href="{file}">"#)
        });
    }
    head.push(format!(
        r#"<script type="module" src="{}"></script>"#,
        built.boot
    ));
    let path = job.staging.join("index.html");
    write(&path, page.replace(MARK, &head.join("\n    ")).as_bytes())
}

/// Writes `assets.json`, from which the server learns the names of this build.
pub fn assets(job: &Job, built: &Built) -> Result<()> {
    let snippets = job.assets.join("snippets");
    let list = json!({
        "id": job.id,
        "boot": built.boot,
        "css": built.css,
        "echarts": built.echarts,
        "echarts_from": built.echarts_from,
        "main": built.main,
        "chunks": built.chunks,
        "release": job.release,
        "wasm_opt": job.release && job.node.is_some(),
        "foreign_bytes_in_main": built.foreign,
        "snippets": snippets.is_dir().then(|| address("snippets/")),
    });
    let text = serde_json::to_string_pretty(&list).during("writing assets.json")?;
    write(&job.staging.join("assets.json"), text.as_bytes())
}
