//! An invented prefecture, modelled on 德宏: its division codes are not assigned to any place.

use super::{
    full,
    kinds::{AT_ONCE, IN_DAYS, KINDS},
};
use flow::region::Region;
use setup::City;
use store::{County, Guide, Hall, Item, Staff, Unit, Window};

/// The invented region's name.
pub(super) const REGION: &str = "云澜州";
/// The profile that it follows.
const PROFILE: &str = "dehong";

/// The guides to all items.
fn guides(city: &City) -> Vec<Guide> {
    city.items
        .iter()
        .filter_map(|item| guide(city, item))
        .collect()
}

fn guide(city: &City, item: &Item) -> Option<Guide> {
    let kind = KINDS.iter().find(|kind| kind.name == item.name)?;
    let steps = if kind.days == 0 {
        &AT_ONCE[..]
    } else {
        &IN_DAYS[..]
    };
    let json = |list: Vec<&str>| serde_json::Value::from(list).to_string();
    Some(Guide {
        item: item.code.clone(),
        title: item.name.clone(),
        who: kind.who.to_owned(),
        materials: json(kind.bring.split('；').collect()),
        steps: json(steps.to_vec()),
        time_limit: if kind.days == 0 {
            "当场办结".to_owned()
        } else {
            format!("{}个工作日（演示）", kind.days)
        },
        fee: if kind.fee.is_empty() {
            "不收费".to_owned()
        } else {
            kind.fee.to_owned()
        },
        place: place(city, item),
    })
}

/// The first window of the unit that serves the item, or any.
fn place(city: &City, item: &Item) -> String {
    let serves = |window: &&Window| {
        window.unit == item.unit && window.item.as_ref().is_none_or(|only| *only == item.code)
    };
    let Some(window) = city.windows.iter().find(serves) else {
        return String::from("请到大厅咨询台咨询");
    };
    let hall = city.halls.iter().find(|hall| hall.code == window.hall);
    let (name, address) = hall.map_or(("", ""), |hall| (&hall.name, &hall.address));
    format!("{name}{}号窗口（{}），{address}", window.no, window.name)
}

const UNITS: [(&str, &str); 6] = [
    ("539900-rs", "人力资源和社会保障局"),
    ("539900-ga", "公安局"),
    ("539900-sc", "市场监督管理局"),
    ("539900-zj", "住房和城乡建设局"),
    ("539900-ws", "卫生健康委员会"),
    ("539900-zr", "自然资源和规划局"),
];

const ITEMS: [(usize, &str); 20] = [
    (0, "社会保障卡申领"),
    (0, "企业职工基本养老保险关系转移接续"),
    (0, "失业保险金申领"),
    (0, "工伤认定申请"),
    (1, "居民身份证换领"),
    (1, "户口迁移"),
    (1, "普通护照签发"),
    (1, "居住证申领"),
    (2, "个体工商户设立登记"),
    (2, "公司设立登记"),
    (2, "食品经营许可"),
    (2, "特种设备使用登记"),
    (3, "公租房申请"),
    (3, "建筑工程施工许可"),
    (3, "住房公积金提取"),
    (4, "生育登记"),
    (4, "医疗机构执业登记"),
    (4, "护士执业注册"),
    (5, "不动产转移登记"),
    (5, "不动产抵押登记"),
];

/// Window: hall, unit, name, the only item it serves.
const WINDOWS: [(usize, usize, &str, Option<usize>); 12] = [
    (0, 0, "社保综合", None),
    (0, 0, "社保卡", Some(0)),
    (0, 1, "户籍", None),
    (0, 1, "出入境", Some(6)),
    (0, 2, "企业开办", None),
    (0, 2, "食品经营", Some(10)),
    (1, 3, "住房保障", None),
    (1, 3, "工程建设", Some(13)),
    (1, 4, "卫生健康", None),
    (1, 5, "不动产登记一", None),
    (1, 5, "不动产登记二", None),
    (1, 0, "社保综合", None),
];

/// Staff: name, unit, and the window where they sit; who sits at none can handle what windows
/// are rated.
const HANDLERS: [(&str, &str, usize, Option<usize>); 9] = [
    ("sheng", "盛明", 0, Some(0)),
    ("duan", "段秀兰", 0, None),
    ("yin", "尹国栋", 1, Some(2)),
    ("sun", "孙晓梅", 1, Some(3)),
    ("gao", "高建", 2, Some(4)),
    ("li", "李文静", 2, None),
    ("zhao", "赵铁", 3, None),
    ("he", "何春燕", 4, None),
    ("tao", "陶志远", 5, None),
];

/// How large a city is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// Six units, two halls, twelve windows, ten staff.
    #[default]
    Small,
    /// Five counties, forty units, twelve halls, 150 windows, 120 items, 200 staff.
    Full,
}

/// The region of every demo.
pub fn region() -> Region {
    Region {
        name: REGION.to_owned(),
        profile: PROFILE.to_owned(),
        demo: true,
    }
}

/// Makes a city.
pub fn invent(size: Size) -> City {
    let mut city = match size {
        Size::Small => small(),
        Size::Full => full::invent(),
    };
    city.guides = guides(&city);
    let of = |unit: &Unit| (format!("connector-{}", unit.code), unit.code.clone());
    city.connectors = city.units.iter().map(of).collect();
    city
}

pub(super) fn small() -> City {
    let unit = |at: usize| UNITS[at].0.to_owned();
    let item_code = |at: usize| format!("539900-{:03}", at + 1);
    let windows: Vec<Window> = WINDOWS
        .iter()
        .enumerate()
        .map(|(at, (hall, of, name, item))| Window {
            code: format!("w{:02}", at + 1),
            hall: format!("h{}", hall + 1),
            unit: unit(*of),
            no: format!("{:02}", at + 1),
            name: (*name).to_owned(),
            item: item.map(item_code),
        })
        .collect();
    let handlers = HANDLERS.iter().map(|(login, name, of, window)| Staff {
        id: format!("p-{login}"),
        login: (*login).to_owned(),
        name: (*name).to_owned(),
        role: "handler".to_owned(),
        unit: unit(*of),
        win: window.map(|at| windows[at].code.clone()),
        password_hash: String::new(),
        left_on: None,
    });
    let authority = Staff {
        id: "p-zhou".to_owned(),
        login: "zhou".to_owned(),
        name: "周正".to_owned(),
        role: "authority".to_owned(),
        unit: "*".to_owned(),
        win: None,
        password_hash: String::new(),
        left_on: None,
    };
    City {
        region: region(),
        guides: Vec::new(),
        connectors: Vec::new(),
        units: UNITS
            .iter()
            .map(|(code, name)| Unit {
                code: (*code).to_owned(),
                name: format!("{REGION}{name}"),
                in_hall: true,
            })
            .collect(),
        counties: vec![County {
            code: "539901".to_owned(),
            name: "澜城市".to_owned(),
        }],
        halls: vec![
            Hall {
                code: "h1".to_owned(),
                name: format!("{REGION}政务服务中心"),
                address: "澜城市政通路1号".to_owned(),
                county: "539901".to_owned(),
            },
            Hall {
                code: "h2".to_owned(),
                name: "澜城市便民服务中心".to_owned(),
                address: "澜城市文昌街28号".to_owned(),
                county: "539901".to_owned(),
            },
        ],
        items: ITEMS
            .iter()
            .enumerate()
            .map(|(at, (of, name))| Item {
                code: item_code(at),
                unit: unit(*of),
                name: (*name).to_owned(),
            })
            .collect(),
        staff: handlers.chain([authority]).collect(),
        windows,
    }
}
