//! Every parameter of a profile, in one table: its field, type, key in the file and the
//! direction in which a jurisdiction below may move it.

use super::{
    AppealPath, Basis, Cadence, Card, Channel, CountedIn, Escalation, FollowupFrom, InHallSource,
    Investigated, Param, Raw, Reveals, Scope, Term, Value, WhoMayAppeal,
};
use crate::level::{LabelSet, Level};
use crate::ticket::ContactOutcome;
use serde::{Deserialize, Serialize};

/// Which way is stricter towards the government (国办发〔2019〕51号, 明确责任标准(四): 各地区
/// 可以提出更高的标准要求).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A shorter term.
    Shorter,
    /// A longer term: one that runs for the citizen.
    Longer,
    /// A higher number.
    Higher,
    /// A lower number.
    Lower,
    /// Yes.
    Yes,
    /// No.
    No,
    /// At least the same elements.
    Superset,
    /// At most the same elements.
    Subset,
    /// At least as often.
    Oftener,
    /// Neither way is stricter; the value is free.
    Free,
}

/// One parameter without its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Key in the file.
    pub key: &'static str,
    /// The value's plain form.
    pub value: Option<Raw>,
    /// Where it comes from.
    pub basis: &'a Basis,
    /// What the words leave open.
    pub note: Option<&'a str>,
}

/// What fills [`Parameters`], key by key: the file reader of the server.
pub trait ParameterReader {
    /// The parameter under a key. A reader that meets a fault notes it and gives a placeholder.
    fn parameter<T: Value>(&mut self, key: &'static str) -> Param<T>;
}

macro_rules! parameters {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $key:literal, $direction:ident;)+) => {
        /// Every parameter of a profile (`policies/<jurisdiction>/<version>.toml`).
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct Parameters { $(
            $(#[$doc])*
            #[cfg_attr(feature = "openapi", schema(value_type = super::AnyParam))]
            pub $field: Param<$type>
        ),+ }

        /// The one table of directions, in the order of the file.
        pub const DIRECTIONS: &[(&str, Direction)] = &[$(($key, Direction::$direction)),+];

        impl Parameters {
            /// Fills every field from a reader.
            pub fn read(reader: &mut impl ParameterReader) -> Self {
                Parameters { $($field: reader.parameter($key)),+ }
            }

            /// Every parameter without its type, in the order of the file.
            #[must_use]
            pub fn entries(&self) -> Vec<Entry<'_>> {
                vec![$(Entry {
                    key: $key,
                    value: self.$field.value.as_ref().map(Value::raw),
                    basis: &self.$field.basis,
                    note: self.$field.note.as_deref(),
                }),+]
            }
        }
    };
}

parameters! {
    /// Is a default recorded for who didn't rate?
    default_rating_enabled: bool = "default_rating.enabled", Free;
    /// The level recorded for who didn't rate.
    default_rating_level: Level = "default_rating.level", Free;
    /// When it is recorded.
    default_rating_after: Term = "default_rating.after", Free;
    /// Which figures it enters.
    default_rating_counted_in: CountedIn = "default_rating.counted_in", Free;
    /// 补充评价: how long who didn't rate on the spot may still do so.
    supplement_window: Term = "supplement_window", Longer;
    /// 追评: how often a rater may rate again after rectification.
    followup_rating_max: u32 = "followup_rating.max", Higher;
    /// 追评: from which step on.
    followup_rating_after: FollowupFrom = "followup_rating.after", Free;
    /// 追评: for how long after that step.
    followup_rating_within: Term = "followup_rating.within", Longer;
    /// The words of the five levels.
    label_set: LabelSet = "label_set", Free;
    /// What is rated.
    scope_set: Vec<Scope> = "scope_set", Free;
    /// Version of the tag catalogue.
    tag_catalogue_version: String = "tag_catalogue_version", Free;
    /// Must a bad rating have a tag or text?
    bad_requires_reason: bool = "bad_requires_reason", No;
    /// Longest text of a rating.
    text_max: u32 = "text_max", Higher;
    /// May one rate without saying who one is?
    anonymous_allowed: bool = "anonymous.allowed", Free;
    /// What an anonymous rater's ticket tells of its time.
    anonymous_reveals: Reveals = "anonymous.reveals", Free;
    /// First contact.
    first_contact: Term = "first_contact", Shorter;
    /// Reply.
    reply: Term = "reply", Shorter;
    /// Rectification.
    rectify_simple: Term = "rectify_simple", Shorter;
    /// The most a complex rectification may take.
    rectify_complex_max: Term = "rectify_complex_max", Shorter;
    /// Must the authority approve an extension?
    extension_needs_approval: bool = "extension.needs_approval", Yes;
    /// Must an extension state its reason and new period?
    extension_needs_reason: bool = "extension.needs_reason", Yes;
    /// How many extensions there may be.
    extension_max_times: u32 = "extension.max_times", Lower;
    /// Per cent of real-name bad ratings called back (回访率).
    callback_target: u32 = "callback.target", Higher;
    /// Per cent of real-name bad ratings rectified (整改率).
    rectified_target: u32 = "callback.rectified_target", Higher;
    /// How many attempts make an unanswered call back a duty done.
    callback_attempts: u32 = "callback.attempts", Higher;
    /// How a contact can end.
    callback_outcomes: Vec<ContactOutcome> = "callback.outcomes", Free;
    /// Who may appeal.
    appeal_who: Vec<WhoMayAppeal> = "appeal.who", Superset;
    /// Who decides for a unit in the hall.
    appeal_in_hall_path: AppealPath = "appeal.in_hall_path", Free;
    /// Who decides for a unit outside the hall.
    appeal_out_of_hall_path: AppealPath = "appeal.out_of_hall_path", Free;
    /// How long one may appeal.
    appeal_file_within: Term = "appeal.file_within", Longer;
    /// How long the decision may take.
    appeal_decide_within: Term = "appeal.decide_within", Shorter;
    /// How an upheld appeal is marked in the results.
    appeal_mark_text: String = "appeal.mark_text", Free;
    /// How often the bulletin comes.
    bulletin_cadence: Cadence = "bulletin.cadence", Oftener;
    /// Until when a period's events count, as HH:MM of its last day.
    bulletin_cut_off: String = "bulletin.cut_off", Free;
    /// Ratings needed before anything is ranked.
    min_n: u32 = "bulletin.min_n", Free;
    /// The levels that count as 好评.
    good_levels: Vec<Level> = "bulletin.good_levels", Subset;
    /// Does the bulletin also show the figure 含默认评价?
    include_default: bool = "bulletin.include_default", No;
    /// Per cent of raters drawn for a survey call (抽取回访).
    sampling_ratio: u32 = "sampling_ratio", Higher;
    /// What follows on staying bad, mildest first.
    escalation_ladder: Vec<Escalation> = "escalation_ladder", Superset;
    /// How many of the last are looked at.
    rank_bottom_n: u32 = "rank_bottom.n", Higher;
    /// After how many periods in a row.
    rank_bottom_consecutive: u32 = "rank_bottom.consecutive", Lower;
    /// 红黄牌: the cards that the supervision gives.
    cards: Vec<Card> = "cards", Superset;
    /// 一事一调查: what is investigated one by one.
    investigation_of: Vec<Investigated> = "investigation.of", Superset;
    /// Per cent of them that are investigated.
    investigation_target: u32 = "investigation.target", Higher;
    /// Which calendar counts.
    calendar_id: String = "calendar_id", Free;
    /// How ratings arrive.
    channels: Vec<Channel> = "channels", Superset;
    /// Is there a paper form?
    paper_entry: bool = "paper_entry", Yes;
    /// Are there text messages?
    sms: bool = "sms", Free;
    /// Does the hotline take ratings?
    hotline: bool = "hotline", Yes;
    /// Where it is known whether a unit works in the hall.
    in_hall_source: InHallSource = "in_hall_flag.source", Free;
    /// Ratings a cell must gain before it is released; protects the raters.
    release_k: u32 = "release_k", Higher;
}
