//! The split itself: one linked module becomes a main part and one part per lazy route.

use super::{Built, Job, address, emptied, write};
use crate::report::{During, Failure, Result, say};
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Code that must not be in the part a citizen loads, by a piece of its mangled names.
const FOREIGN: [(&str, &str); 3] = [
    ("console", "14haochaping_app7console"),
    ("disclosure", "14haochaping_app10disclosure"),
    ("charming", "8charming"),
];

/// Splits the linked module and writes all parts into the folder `assets`.
pub fn run(job: &Job, module: &[u8], built: &mut Built) -> Result<()> {
    let work = job
        .place
        .target("spa-parts")
        .join(if job.release { "release" } else { "debug" });
    emptied(&work)?;

    let app = format!("app-{}", job.id);
    let link = format!("split-{}.js", job.id);
    let main_module = format!("./{app}.js");
    let link_name = format!("./{link}");
    let main_part = work.join("main.wasm");
    let mut options = Options::new(module);
    options.output_dir = &work;
    options.main_out_path = &main_part;
    options.main_module = &main_module;
    options.link_name = &link_name;
    let parts = transform(options).map_err(|error| {
        Failure::new(format!(
            "splitting the app: {error:#}. Is -Clink-args=--emit-relocs still in .cargo/config.toml?"
        ))
    })?;
    say(format_args!(
        "split the app into a main part and {} more",
        parts.split_modules.len()
    ));

    let whole = std::fs::read(&main_part).during("reading the main part")?;
    built.foreign = foreign_code(&whole)?;
    bind(job, &main_part, &app)?;
    // Each part carries the build in its name; the link file is told.
    let mut script = std::fs::read_to_string(work.join(&link)).during("reading the link file")?;
    for part in &parts.split_modules {
        let stem = stem(part);
        let name = part_name(&stem, &job.id);
        script = script.replace(&format!("\"./{stem}.wasm\""), &format!("\"./{name}\""));
        std::fs::copy(part, job.assets.join(&name)).during(format_args!("copying {stem}"))?;
    }
    write(&job.assets.join(&link), script.as_bytes())?;

    built.main = vec![
        address(&format!("{app}.js")),
        address(&format!("{app}_bg.wasm")),
        address(&link),
    ];
    for (route, needed) in parts.prefetch_map {
        let files = needed
            .iter()
            .map(|stem| address(&part_name(stem, &job.id)))
            .collect();
        built.chunks.insert(route, files);
    }
    Ok(())
}

/// Binds the main part to the browser, with the very version of the library that is in the app.
fn bind(job: &Job, main_part: &Path, app: &str) -> Result<()> {
    let failed = |error| Failure::new(format!("binding the main part to the browser: {error:#}"));
    let mut bindgen = Bindgen::new();
    bindgen.input_path(main_part).out_name(app);
    bindgen.typescript(false).demangle(false);
    // The split parts refer to what the linker exported.
    bindgen.keep_lld_exports(true);
    bindgen.remove_name_section(job.release);
    bindgen.remove_producers_section(job.release);
    let bindgen = bindgen.web(true).map_err(failed)?;
    bindgen.generate(&job.assets).map_err(failed)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn part_name(stem: &str, id: &str) -> String {
    format!("{stem}-{id}.wasm")
}

/// Counts, by the names of its functions, the code of a module that belongs elsewhere.
fn foreign_code(module: &[u8]) -> Result<std::collections::BTreeMap<String, usize>> {
    let mut imported = 0_u32;
    let mut sizes = Vec::new();
    let mut found: std::collections::BTreeMap<String, usize> = FOREIGN
        .iter()
        .map(|(audience, _)| ((*audience).to_owned(), 0))
        .collect();
    for payload in Parser::new(0).parse_all(module) {
        match payload.during("reading the main part")? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.during("reading the imports")?;
                    imported += u32::from(matches!(import.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                sizes.push(usize::try_from(range.end - range.start).unwrap_or_default());
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else {
                    continue;
                };
                for subsection in names {
                    let Name::Function(names) = subsection.during("reading the names")? else {
                        continue;
                    };
                    for naming in names {
                        let naming = naming.during("reading a name")?;
                        let Some(own) = naming.index.checked_sub(imported) else {
                            continue;
                        };
                        let size = sizes.get(own as usize).copied().unwrap_or_default();
                        count(&mut found, naming.name, size);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn count(found: &mut std::collections::BTreeMap<String, usize>, name: &str, size: usize) {
    for (audience, piece) in FOREIGN {
        if name.contains(piece) {
            *found.entry(audience.to_owned()).or_default() += size;
        }
    }
}
