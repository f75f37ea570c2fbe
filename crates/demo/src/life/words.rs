//! What people of the invented city write. Pieces that are put together, so that no two pages
//! read the same; every piece is made up.

use super::super::chance::Chance;
use rules::level::Level;

/// A grievance: its tags at level 1 and 2, what is said of it, and what the unit then did.
struct Theme {
    tags: [&'static str; 2],
    what: &'static [&'static str],
    done: &'static [&'static str],
}

const THEMES: [Theme; 8] = [
    Theme {
        tags: ["109", "208"],
        what: &[
            "材料清单上没有写要复印件",
            "又让补一份指南里没有的证明",
            "少一张表也不早说，排到了才告诉",
            "网上写的材料和窗口要的不一样",
        ],
        done: &[
            "已按办事指南清理窗口自行增加的材料要求，清单重新公示",
            "已更新材料清单并在取号处张贴",
        ],
    },
    Theme {
        tags: ["110", "209"],
        what: &[
            "说好三天办结，过了两个星期还没有消息",
            "等了一个多小时才叫到号，窗口只开了一个",
            "超过了承诺的时间，也没有人打电话说明",
            "下午四点就不收件了",
        ],
        done: &[
            "已补办并向当事人说明超期原因，对承诺时限逐件提醒",
            "高峰时段增开窗口，叫号屏显示预计等候时间",
        ],
    },
    Theme {
        tags: ["113", "212"],
        what: &[
            "问了三个窗口才问清楚在哪里办",
            "来回跑了两趟，每趟都是另一个说法",
            "网上预约了，到了还要重新取号排队",
            "一件事要跑两个部门，互相推",
        ],
        done: &[
            "已明确由综合窗口一口受理，内部流转不再让群众跑动",
            "预约号与现场号合并叫号",
        ],
    },
    Theme {
        tags: ["115", "214"],
        what: &[
            "问一句答一句，态度很生硬",
            "一边看手机一边说话",
            "老人听不清，多问一遍就不耐烦了",
            "说话声音大，让人难堪",
        ],
        done: &[
            "已对当班人员批评教育，并重新学习服务规范",
            "负责人已上门致歉，当班人员调离窗口学习",
        ],
    },
    Theme {
        tags: ["112", "211"],
        what: &[
            "说可以网上办，提交了又说要到现场",
            "系统一直打不开，让下午再来",
            "网上上传了，窗口说看不到",
            "自助机坏了半个月没有人修",
        ],
        done: &[
            "已修复接口，重新核对了网上可办事项的清单",
            "自助机已更换，窗口旁放置了应急流程",
        ],
    },
    Theme {
        tags: ["111", "207"],
        what: &[
            "样表填的例子是错的，照着填被退回来",
            "没有样本，不知道怎么填",
            "指南里的电话打不通",
        ],
        done: &[
            "样表已更正并加印，旧样表全部撤下",
            "咨询电话已更新，安排专人接听",
        ],
    },
    Theme {
        tags: ["114", "210"],
        what: &[
            "同一份证明交了三次",
            "说只跑一次，实际跑了四次",
            "上次交过的材料这次还要",
        ],
        done: &[
            "已通过数据共享核验，不再重复收取同一证明",
            "已核实跑动次数，今后以邮寄代替第二次到场",
        ],
    },
    Theme {
        tags: ["108", "213"],
        what: &[
            "窗口说法和规定不一样，多加了条件",
            "工作人员不熟悉业务，问了好几次同事",
            "换了一个人就换了一个要求",
        ],
        done: &[
            "已撤销自行增加的条件，并对照清单自查",
            "组织业务培训，疑难事项由组长当场答复",
        ],
    },
];

const BURST: [&str; 6] = [
    "登记系统两天都用不了，没有任何通知",
    "系统瘫痪，上午来下午来都办不成",
    "请了假专门来的，结果系统故障，白跑",
    "大厅里挤满了人，没有一个人出来解释",
    "说系统在升级，为什么不提前公告",
    "昨天来过一次，今天还是不行",
];
const OPENINGS: [&str; 8] = [
    "",
    "",
    "今天",
    "上午来办事，",
    "带着老人来的，",
    "第二次来了，",
    "说实话，",
    "从乡下坐车来，",
];
const ENDINGS: [&str; 9] = [
    "。",
    "。",
    "，希望改进。",
    "，请给个说法。",
    "，太折腾人了。",
    "，耽误了一天工。",
    "。请尽快处理。",
    "，不是第一次了。",
    "，请核实。",
];
const PRAISE: [&str; 14] = [
    "材料一次就交齐了",
    "十分钟就办好了",
    "窗口的同志很耐心",
    "帮我把表重新填了一遍",
    "手机上就办完了",
    "证件直接寄到了家里",
    "不用再跑第二趟",
    "老人的轮椅也有人帮着推",
    "讲得很清楚",
    "下班了还帮我办完",
    "一张表就够了",
    "流程比以前简单多了",
    "提前打电话告诉我带什么",
    "导办员带着走了一遍",
];
const PRAISE_END: [&str; 6] = [
    "，谢谢！",
    "，点赞。",
    "。",
    "，希望保持。",
    "，很满意。",
    "，比以前好多了。",
];
const MIDDLING: [&str; 6] = [
    "总体还可以，等的时间长了一点。",
    "办好了，就是来了两次。",
    "还行，指示牌不太好找。",
    "一般，说明可以再细一点。",
    "办是办了，中午没有人。",
    "能办成，座位太少。",
];
const ANSWERS: [&str; 6] = [
    "您好，您反映的情况已经核实：",
    "感谢您的监督，现将处理结果告知您：",
    "您好，您的评价我们已经收到并核查：",
    "给您带来不便，深表歉意。",
    "您好，经核实情况属实，",
    "您反映的问题已经整改，",
];
const ANSWER_END: [&str; 4] = [
    "。今后再办此事如有问题，请直接联系大厅值班主任。",
    "。感谢您的监督。",
    "。再次向您致歉。",
    "。欢迎您继续监督。",
];
const EXPLAINED: [&str; 4] = [
    "经核实，所要材料是法规明文规定的，窗口已当面说明依据",
    "该时限自材料补齐之日起算，未超过规定期限，已向当事人解释",
    "当日系统由上级统一停机维护，已提前公告，窗口已登记并补办",
    "所提要求没有法律依据，已说明理由和其他办理途径",
];

/// What somebody writes to a level, with the tags that go with it.
pub(super) struct Said {
    pub(super) tags: Vec<String>,
    pub(super) text: String,
    /// Of a bad rating: what it is about.
    pub(super) theme: usize,
}

pub(super) fn say(
    chance: &mut Chance,
    level: Level,
    item: &str,
    burst: bool,
    praise_tags: &[u16],
) -> Said {
    let theme = if burst { 4 } else { chance.below(THEMES.len()) };
    if !level.is_bad() {
        let tags = if chance.percent(62) {
            some_of(chance, praise_tags)
        } else {
            Vec::new()
        };
        return Said {
            tags,
            text: pleased(chance, level, item),
            theme,
        };
    }
    let of = &THEMES[theme];
    let tags = if chance.percent(82) {
        vec![of.tags[usize::from(level == Level::L2)].to_owned()]
    } else {
        Vec::new()
    };
    let text = if chance.percent(72) {
        grievance(chance, of, item, burst)
    } else {
        String::new()
    };
    Said { tags, text, theme }
}

fn some_of(chance: &mut Chance, tags: &[u16]) -> Vec<String> {
    let how_many = 1 + chance.below(3);
    (0..how_many.min(tags.len()))
        .map(|_| tags[chance.below(tags.len())].to_string())
        .collect()
}

fn grievance(chance: &mut Chance, theme: &Theme, item: &str, burst: bool) -> String {
    let what = if burst {
        chance.one(&BURST)
    } else {
        chance.one(theme.what)
    }
    .unwrap_or_default();
    let (opening, ending) = (
        chance.one(&OPENINGS).unwrap_or_default(),
        chance.one(&ENDINGS).unwrap_or_default(),
    );
    match item.is_empty() || chance.percent(55) {
        true => format!("{opening}{what}{ending}"),
        false => format!("{opening}来办{item}，{what}{ending}"),
    }
}

fn pleased(chance: &mut Chance, level: Level, item: &str) -> String {
    if level == Level::L3 {
        return if chance.percent(12) {
            chance.one(&MIDDLING).unwrap_or_default().to_owned()
        } else {
            String::new()
        };
    }
    if !chance.percent(7) {
        return String::new();
    }
    let (what, end) = (
        chance.one(&PRAISE).unwrap_or_default(),
        chance.one(&PRAISE_END).unwrap_or_default(),
    );
    match item.is_empty() || chance.percent(50) {
        true => format!("{what}{end}"),
        false => format!("办{item}，{what}{end}"),
    }
}

/// What the handler writes of what was done.
pub(super) fn done(chance: &mut Chance, theme: usize, rectified: bool) -> String {
    let text = match rectified {
        true => THEMES.get(theme).and_then(|theme| chance.one(theme.done)),
        false => chance.one(&EXPLAINED),
    };
    format!("{}。", text.unwrap_or_default())
}

/// What the rater is told.
pub(super) fn answer(chance: &mut Chance, done: &str) -> String {
    let (start, end) = (
        chance.one(&ANSWERS).unwrap_or_default(),
        chance.one(&ANSWER_END).unwrap_or_default(),
    );
    format!("{start}{}{end}", done.trim_end_matches('。'))
}

const SURNAMES: [&str; 16] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
];

/// A name and a number of somebody who is not there: 1390000 is a range that the demo made up.
pub(super) fn contact(chance: &mut Chance) -> (String, String) {
    let title = if chance.percent(50) {
        "先生"
    } else {
        "女士"
    };
    let name = format!("{}{title}", chance.one(&SURNAMES).unwrap_or("王"));
    (name, format!("1390000{:04}", chance.below(10_000)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn people_do_not_all_write_the_same_and_never_too_much() {
        let mut chance = Chance::of(7, 7);
        let said: Vec<String> = (0..400)
            .map(|_| say(&mut chance, Level::L1, "公司设立登记", false, &[]).text)
            .collect();
        let written: BTreeSet<&String> = said.iter().filter(|text| !text.is_empty()).collect();
        assert!(written.len() > 180, "{}", written.len());
        assert!(said.iter().all(|text| text.chars().count() <= 150));
        let told: BTreeSet<String> = (0..200)
            .map(|at| {
                let done = done(&mut chance, at % THEMES.len(), at % 4 != 0);
                answer(&mut chance, &done)
            })
            .collect();
        assert!(told.len() > 100, "{}", told.len());
    }
}
