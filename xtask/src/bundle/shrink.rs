//! Making files small: wasm-opt, esbuild, and compressed copies of each for the server to send.

use super::{Job, write};
use crate::report::{During, Failure, Result, say};
use crate::{sh, stamp};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const WASM_OPT: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-reference-types",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// Shrinks modules and scripts where the tools for it are there.
pub fn run(job: &Job) -> Result<()> {
    let Some(node) = job.node.as_ref().filter(|_| job.release) else {
        return Ok(());
    };
    each(files(job, "wasm")?, |module| {
        let mut command = node.tool(job.place, "wasm-opt");
        command.args(WASM_OPT).arg(module).arg("-o").arg(module);
        sh::run(&format!("wasm-opt {}", name(module)), &mut command)
    })?;
    for script in files(job, "js")?
        .into_iter()
        .filter(|script| !name(script).starts_with("echarts-"))
    {
        let mut command = node.tool(job.place, "esbuild");
        command
            .arg(&script)
            // wasm-bindgen names the link file twice among its imports, which is harmless and
            // the one warning here.
            .args([
                "--minify",
                "--format=esm",
                "--target=es2020",
                "--log-level=error",
            ])
            .arg("--allow-overwrite")
            .arg(format!("--outfile={}", script.display()));
        sh::run(&format!("minifying {}", name(&script)), &mut command)?;
    }
    Ok(())
}

/// Writes a brotli and a gzip copy beside every file that a browser loads.
pub fn compress(job: &Job) -> Result<()> {
    let mut all = Vec::new();
    stamp::collect(&job.assets, &mut all)?;
    say(format_args!("compressing {} files", all.len()));
    each(all, |file| {
        let bytes = std::fs::read(file).during(format_args!("reading {}", file.display()))?;
        let beside = |end: &str| {
            let mut copy = file.as_os_str().to_owned();
            copy.push(end);
            PathBuf::from(copy)
        };
        write(&beside(".br"), &brotli(&bytes)?)?;
        write(&beside(".gz"), &gzip(&bytes)?)
    })
}

/// For old browsers, and for every browser where the address is not https: those ask for gzip only.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).during("compressing")?;
    writer.finish().during("compressing")
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 24);
    writer.write_all(bytes).during("compressing")?;
    drop(writer);
    Ok(packed)
}

fn files(job: &Job, extension: &str) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    stamp::collect(&job.assets, &mut all)?;
    all.retain(|file| file.extension().is_some_and(|own| own == extension));
    Ok(all)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Does a piece of work for every file, on as many threads as there are processors.
fn each(files: Vec<PathBuf>, work: impl Fn(&Path) -> Result<()> + Sync) -> Result<()> {
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(files.len());
    let queue = Mutex::new(files);
    let next = || queue.lock().ok().and_then(|mut waiting| waiting.pop());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(file) = next() {
                        work(&file)?;
                    }
                    Ok(())
                })
            })
            .collect();
        for thread in threads {
            thread
                .join()
                .unwrap_or_else(|_| Err(Failure::new("a worker thread broke off")))?;
        }
        Ok(())
    })
}
