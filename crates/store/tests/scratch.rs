#![allow(clippy::unwrap_used, missing_docs)]
#[path = "conformance/fixture.rs"]
#[allow(dead_code)]
mod fixture;
pub type Case =
    fn(fixture::Fixture) -> std::pin::Pin<Box<dyn std::future::Future<Output = ()> + Send>>;
#[test]
fn speed() {
    for e in [store::Engine::Sqlite, store::Engine::Postgres] {
        fixture::run(e, |f| Box::pin(async move {
            for size in [1usize, 32, 100, 500] {
                let batches: Vec<Vec<_>> = (0..40).map(|b| (0..size).map(|i| { let n=(size*100_000 + b*size + i) as u64; fixture::rating(n, 1 + (n as i64*7)%5) }).collect()).collect();
                #[allow(clippy::disallowed_methods)]
                let t = std::time::Instant::now();
                for b in &batches { f.store.ingest("a", b).await.unwrap(); }
                println!("{:?} size {size}: {:.0} ratings/s", f.engine, (40*size) as f64 / t.elapsed().as_secs_f64());
            }
        }));
    }
}
