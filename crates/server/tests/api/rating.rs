//! Rating: one path for all levels, one rating for one key.

use contract::{ProblemKind, rate::Receipt};
use testkit::{Rating, TestApp, event, fresh_key, on_both};

on_both! {
    // clause: N-25
    async fn all_five_levels_are_accepted_by_the_same_path_and_each_gets_a_receipt(app: &TestApp) {
        let citizen = app.citizen();
        for level in 1..=5 {
            let rating = Rating::of_plate(&app.plate("w01")).level(level);
            let receipt: Receipt = citizen.send(&rating, &fresh_key()).await.expect(201).json();
            assert_eq!(receipt.code.len(), 19);
            assert_eq!(receipt.day, "2026-10-28");
            let page = citizen.send_form(&rating, &fresh_key()).await.expect(200).text();
            assert!(page.contains("class=\"code\""), "{page}");
        }
        assert_eq!(app.dump().await.count("rating_event"), 10);
    }

    async fn the_same_key_and_body_give_the_same_receipt_again(app: &TestApp) {
        let citizen = app.citizen();
        for level in 1..=5 {
            let (rating, key) = (Rating::of_plate(&app.plate("w02")).level(level).text("一样"), fresh_key());
            let first: Receipt = citizen.send(&rating, &key).await.expect(201).json();
            let again: Receipt = citizen.send(&rating, &key).await.expect(200).json();
            assert_eq!(first, again);
        }
        assert_eq!(app.dump().await.count("rating_event"), 5);
    }
}
