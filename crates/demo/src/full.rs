//! The whole prefecture: five counties around the small city, which it leaves as it is.

use super::{
    chance::Chance,
    city::{self, REGION},
    kinds::{COUNTY, KINDS, Kind},
};
use setup::City;
use std::collections::BTreeMap;
use store::{County, Hall, Item, Staff, Unit, Window};

/// Codes that no place has; names that no county has.
const COUNTIES: [(&str, &str); 5] = [
    ("539901", "澜城市"),
    ("539902", "青垭县"),
    ("539903", "望澜县"),
    ("539904", "鹭洲县"),
    ("539905", "松塘县"),
];

/// Units of the prefecture besides those of the small city.
const UNITS: [(&str, &str); 4] = [
    ("mz", "民政局"),
    ("sw", "税务局"),
    ("jt", "教育体育局"),
    ("jy", "交通运输局"),
];

const COUNTY_UNITS: [(&str, &str); 6] = [
    ("rs", "人力资源和社会保障局"),
    ("ga", "公安局"),
    ("sc", "市场监督管理局"),
    ("mz", "民政局"),
    ("zj", "住房和城乡建设局"),
    ("sp", "行政审批局"),
];

/// What is painted over the windows of a kind of unit.
const WINDOWS: [(&str, &[&str]); 9] = [
    ("rs", &["社保综合", "社保卡", "就业服务"]),
    ("ga", &["户籍", "居住证", "身份证"]),
    ("sc", &["企业开办", "食品经营", "综合受理"]),
    ("mz", &["婚姻登记", "社会救助", "养老服务"]),
    ("zj", &["住房保障", "公积金", "工程建设"]),
    ("sp", &["综合受理", "广告设置", "综合出件"]),
    ("sw", &["办税一", "办税二", "办税三", "发票", "社保费"]),
    ("jt", &["入学转学", "教师资格", "体育许可"]),
    ("jy", &["道路运输", "驾驶员", "车辆营运", "超限运输"]),
];

/// The prefecture's further windows: hall, kind of unit, how many.
const MORE: [(&str, &str, usize); 6] = [
    ("h1", "mz", 4),
    ("h1", "sw", 5),
    ("h1", "ga", 1),
    ("h2", "jt", 3),
    ("h2", "jy", 4),
    ("h2", "rs", 1),
];

/// A unit with one member of staff, who sits at a window: whoever is rated there is alone.
pub(super) const ALONE: &str = "539905-zj";
/// Everybody, the small city's included.
const STAFF: usize = 200;

const SURNAMES: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "吴", "赵", "周", "徐", "孙", "马", "朱", "胡", "林",
    "郭", "何", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "曾", "彭",
    "萧", "蔡", "潘", "田", "董", "袁", "于", "余",
];
const GIVEN: [&str; 45] = [
    "建国", "秀英", "志强", "丽华", "晓东", "海燕", "文斌", "玉兰", "永康", "春梅", "立新", "美玲",
    "家豪", "思敏", "国平", "雪琴", "光明", "晓燕", "子轩", "佳怡", "德胜", "桂芳", "振宇", "婉婷",
    "学军", "凤英", "俊杰", "倩", "勇", "静", "磊", "敏", "涛", "娟", "鹏", "艳", "浩然", "雨欣",
    "明辉", "红梅", "正阳", "素珍", "伟", "芳", "云飞",
];

/// The whole prefecture.
pub(super) fn invent() -> City {
    let mut city = city::small();
    units(&mut city);
    halls(&mut city);
    items(&mut city);
    windows(&mut city);
    staff(&mut city);
    city
}

fn units(city: &mut City) {
    let unit = |code: String, name: String| Unit {
        code,
        name,
        in_hall: true,
    };
    let prefecture = UNITS
        .iter()
        .map(|(end, name)| unit(format!("539900-{end}"), format!("{REGION}{name}")));
    city.units.extend(prefecture);
    for (division, county) in COUNTIES {
        let of_county = COUNTY_UNITS
            .iter()
            .map(|(end, name)| unit(format!("{division}-{end}"), format!("{county}{name}")));
        city.units.extend(of_county);
    }
}

fn halls(city: &mut City) {
    for (division, county) in COUNTIES {
        if !city.counties.iter().any(|known| known.code == division) {
            city.counties.push(County {
                code: division.to_owned(),
                name: county.to_owned(),
            });
        }
        for (name, address) in [
            ("政务服务中心", "迎宾路6号"),
            ("城南便民服务中心", "民生街12号"),
        ] {
            city.halls.push(Hall {
                code: format!("h{}", city.halls.len() + 1),
                name: format!("{county}{name}"),
                address: format!("{county}{address}"),
                county: division.to_owned(),
            });
        }
    }
}

fn items(city: &mut City) {
    let item = |division: &str, n: usize, kind: &Kind| Item {
        code: format!("{division}-{n:03}"),
        unit: format!("{division}-{}", kind.unit),
        name: kind.name.to_owned(),
    };
    let known = city.items.len();
    let prefecture = KINDS
        .iter()
        .enumerate()
        .filter(|(at, kind)| *at >= known && kind.unit != "sp");
    city.items
        .extend(prefecture.map(|(at, kind)| item("539900", at + 1, kind)));
    for (division, _) in COUNTIES {
        let kinds = COUNTY
            .iter()
            .flat_map(|(_, kinds)| kinds.iter())
            .enumerate();
        city.items
            .extend(kinds.map(|(at, kind)| item(division, at + 1, &KINDS[*kind])));
    }
}

/// The number that comes next in each hall.
struct Doors(BTreeMap<String, usize>);

impl Doors {
    fn add(&mut self, city: &mut City, hall: &str, unit: &str, at: usize) {
        let end = unit.split('-').next_back().unwrap_or(unit);
        let names = WINDOWS
            .iter()
            .find(|(kind, _)| *kind == end)
            .map_or(&["综合受理"][..], |(_, names)| names);
        let no = self.0.entry(hall.to_owned()).or_insert(0);
        *no += 1;
        city.windows.push(Window {
            code: format!("w{:02}", city.windows.len() + 1),
            hall: hall.to_owned(),
            unit: unit.to_owned(),
            no: format!("{no:02}"),
            name: names[at % names.len()].to_owned(),
            item: None,
        });
    }
}

fn windows(city: &mut City) {
    // The small city numbers its windows through both halls.
    let mut doors = Doors(BTreeMap::from([
        ("h1".to_owned(), 12),
        ("h2".to_owned(), 12),
    ]));
    for (hall, end, how_many) in MORE {
        for at in 0..how_many {
            doors.add(city, hall, &format!("539900-{end}"), at);
        }
    }
    for (county, (division, _)) in COUNTIES.iter().enumerate() {
        let (main, small) = (
            format!("h{}", 3 + 2 * county),
            format!("h{}", 4 + 2 * county),
        );
        for (end, _) in COUNTY_UNITS {
            let unit = format!("{division}-{end}");
            for at in 0..3 {
                doors.add(city, &main, &unit, at);
            }
            doors.add(city, &small, &unit, 0);
        }
    }
}

fn staff(city: &mut City) {
    let mut names = Names::new(city);
    // Every unit has somebody without a window, who can handle what its windows are rated.
    let has_one = |city: &City, unit: &str| {
        city.staff
            .iter()
            .any(|one| one.unit == unit && one.win.is_none())
    };
    let units: Vec<String> = city.units.iter().map(|unit| unit.code.clone()).collect();
    for unit in units {
        if unit != ALONE && !has_one(city, &unit) {
            city.staff.push(names.person(&unit, None));
        }
    }
    let windows: Vec<(String, String)> = city
        .windows
        .iter()
        .skip(12)
        .map(|window| (window.code.clone(), window.unit.clone()))
        .collect();
    // Two shifts at the busier windows; others are served by whoever of the unit has the shift.
    let first = windows.iter().enumerate().filter(|(at, _)| at % 4 != 3);
    let second = windows.iter().enumerate().filter(|(at, _)| at % 2 == 0);
    for (_, (window, unit)) in first.chain(second) {
        let alone = unit == ALONE && city.staff.iter().any(|one| one.unit == ALONE);
        if !alone && city.staff.len() < STAFF {
            city.staff.push(names.person(unit, Some(window.clone())));
        }
    }
}

/// Names that nobody of the city has yet.
struct Names {
    chance: Chance,
    taken: Vec<String>,
    n: usize,
}

impl Names {
    fn new(city: &City) -> Self {
        Self {
            chance: Chance::of(0x0e0e, 1),
            taken: city.staff.iter().map(|one| one.name.clone()).collect(),
            n: city.staff.len(),
        }
    }

    fn person(&mut self, unit: &str, win: Option<String>) -> Staff {
        let name = loop {
            let (surname, given) = (self.chance.one(&SURNAMES), self.chance.one(&GIVEN));
            let name = format!("{}{}", surname.unwrap_or("王"), given.unwrap_or("敏"));
            if !self.taken.contains(&name) {
                break name;
            }
        };
        self.taken.push(name.clone());
        self.n += 1;
        let login = format!("s{:03}", self.n);
        Staff {
            id: format!("p-{login}"),
            login,
            name,
            role: "handler".to_owned(),
            unit: unit.to_owned(),
            win,
            password_hash: String::new(),
            left_on: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::city::Size, *};
    use std::collections::BTreeSet;

    #[test]
    fn the_prefecture_has_five_counties_and_every_item_a_guide() {
        let city = city::invent(Size::Full);
        let sizes = [
            city.units.len(),
            city.halls.len(),
            city.windows.len(),
            city.items.len(),
            city.staff.len(),
        ];
        assert_eq!(sizes, [40, 12, 150, 120, STAFF]);
        assert_eq!((city.windows.len(), city.guides.len()), (150, 120));
        let counties: BTreeSet<&str> = city.halls.iter().map(|hall| hall.county.as_str()).collect();
        assert_eq!(counties.len(), 5);
        for guide in &city.guides {
            assert!(
                guide.place.contains("号窗口") && guide.steps.len() > 20,
                "{guide:?}"
            );
        }
    }

    #[test]
    fn codes_names_and_logins_are_nobody_elses() {
        let city = city::invent(Size::Full);
        let distinct = |of: Vec<&String>| of.iter().collect::<BTreeSet<_>>().len();
        assert_eq!(
            distinct(city.windows.iter().map(|one| &one.code).collect()),
            150
        );
        assert_eq!(
            distinct(city.items.iter().map(|one| &one.code).collect()),
            120
        );
        assert_eq!(
            distinct(city.staff.iter().map(|one| &one.login).collect()),
            STAFF
        );
        assert_eq!(
            distinct(city.staff.iter().map(|one| &one.name).collect()),
            STAFF
        );
        let doors: BTreeSet<(&str, &str)> = city
            .windows
            .iter()
            .map(|one| (one.hall.as_str(), one.no.as_str()))
            .collect();
        assert_eq!(doors.len(), 150, "no hall has a number twice");
    }

    #[test]
    fn every_unit_but_one_has_somebody_without_a_window() {
        let city = city::invent(Size::Full);
        let free = |unit: &Unit| {
            city.staff
                .iter()
                .any(|one| one.unit == unit.code && one.win.is_none())
        };
        let without: Vec<&str> = city
            .units
            .iter()
            .filter(|unit| !free(unit))
            .map(|unit| unit.code.as_str())
            .collect();
        assert_eq!(without, [ALONE]);
        assert_eq!(city.staff.iter().filter(|one| one.unit == ALONE).count(), 1);
    }

    #[test]
    fn in_the_small_city_no_unit_depends_on_one_person_at_a_window() {
        let city = city::invent(Size::Small);
        assert_eq!(city.staff.len(), 10);
        for unit in &city.units {
            let own: Vec<_> = city
                .staff
                .iter()
                .filter(|one| one.unit == unit.code)
                .collect();
            assert!(
                own.len() > 1 || own.iter().any(|one| one.win.is_none()),
                "{}",
                unit.code
            );
        }
    }
}
