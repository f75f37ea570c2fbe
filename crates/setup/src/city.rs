//! The file that a region is founded from: read whole, every fault told with its line.

use flow::region::Region;
use policy::{Fault, Policies, What, file::File};
use rules::can::Role;
use std::{collections::BTreeSet, fmt};
use store::{County, Guide, Hall, Item, Staff, Unit, Window};

/// Longest code, in characters: it stands in addresses and in the cells of figures.
const CODE_MAX: usize = 64;
/// Longest name, in characters.
const NAME_MAX: usize = 80;

/// A region as its file wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// Name and profile.
    pub region: Region,
    /// Counties.
    pub counties: Vec<County>,
    /// Units.
    pub units: Vec<Unit>,
    /// Halls.
    pub halls: Vec<Hall>,
    /// Items.
    pub items: Vec<Item>,
    /// Guides to items.
    pub guides: Vec<Guide>,
    /// Windows.
    pub windows: Vec<Window>,
    /// Staff, without passwords.
    pub staff: Vec<Staff>,
    /// Connectors: id and unit.
    pub connectors: Vec<(String, String)>,
}

/// Every fault of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CityError(
    /// At least one.
    pub Vec<Fault>,
);

impl fmt::Display for CityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was changed; to be put right first:")?;
        for fault in &self.0 {
            write!(f, "\n{}:{}: ", fault.file, fault.line)?;
            if !fault.key.is_empty() {
                write!(f, "`{}`: ", fault.key)?;
            }
            write!(f, "{}", fault.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for CityError {}

impl City {
    /// Reads the file.
    ///
    /// # Errors
    /// Every fault: unknown and missing keys, codes that are taken or refer to nothing.
    pub fn read(path: &str, text: &str, policies: &Policies) -> Result<Self, CityError> {
        let file = File::parse(path, text).map_err(|fault| CityError(vec![fault]))?;
        let mut reader = Reader {
            file,
            seen: BTreeSet::new(),
        };
        let city = reader.city(policies);
        reader.file.refuse_unknown_keys();
        let mut faults = reader.file.faults;
        if faults.is_empty() {
            return Ok(city);
        }
        faults.sort_by(|a, b| (a.line, &a.key).cmp(&(b.line, &b.key)));
        Err(CityError(faults))
    }
}

struct Reader {
    file: File,
    /// Kind and code of what has been read.
    seen: BTreeSet<(&'static str, String)>,
}

impl Reader {
    fn city(&mut self, policies: &Policies) -> City {
        // In the order in which one refers to another.
        let region = self.region(policies);
        let counties = self.each("counties", Self::county);
        let units = self.each("units", Self::unit);
        let halls = self.each("halls", Self::hall);
        let (items, guides): (Vec<_>, Vec<_>) = self.each("items", Self::item).into_iter().unzip();
        City {
            region,
            counties,
            units,
            halls,
            items,
            guides: guides.into_iter().flatten().collect(),
            windows: self.each("windows", Self::window),
            staff: self.staff(),
            connectors: self.each("connectors", Self::connector),
        }
    }

    fn each<T>(&mut self, list: &str, read: fn(&mut Self, &str) -> T) -> Vec<T> {
        (0..self.file.count(list))
            .map(|at| read(self, &format!("{list}[{at}]")))
            .collect()
    }

    fn region(&mut self, policies: &Policies) -> Region {
        let region = Region {
            name: self.name("name"),
            profile: self.file.text("profile"),
            demo: false,
        };
        let held = policies.profiles.iter().any(|p| p.id == region.profile);
        if !held && !region.profile.is_empty() {
            self.file.fault("profile", What::NotHeld("profile"));
        }
        region
    }

    fn county(&mut self, at: &str) -> County {
        County {
            code: self.own_code("county", at),
            name: self.name(&format!("{at}.name")),
        }
    }

    fn unit(&mut self, at: &str) -> Unit {
        Unit {
            code: self.own_code("unit", at),
            name: self.name(&format!("{at}.name")),
            in_hall: self.file.flag(&format!("{at}.in_hall")),
        }
    }

    fn hall(&mut self, at: &str) -> Hall {
        Hall {
            code: self.own_code("hall", at),
            name: self.name(&format!("{at}.name")),
            address: self.name(&format!("{at}.address")),
            county: self.reference("county", &format!("{at}.county")),
        }
    }

    fn item(&mut self, at: &str) -> (Item, Option<Guide>) {
        let item = Item {
            code: self.own_code("item", at),
            unit: self.reference("unit", &format!("{at}.unit")),
            name: self.name(&format!("{at}.name")),
        };
        let guide = format!("{at}.guide");
        let guide = self.file.has(&guide).then(|| self.guide(&item, &guide));
        (item, guide)
    }

    fn guide(&mut self, item: &Item, at: &str) -> Guide {
        let list = |texts: Vec<String>| serde_json::Value::from(texts).to_string();
        Guide {
            item: item.code.clone(),
            title: item.name.clone(),
            who: self.file.text(&format!("{at}.who")),
            materials: list(self.file.texts(&format!("{at}.materials"))),
            steps: list(self.file.texts(&format!("{at}.steps"))),
            time_limit: self.name(&format!("{at}.time_limit")),
            fee: self.name(&format!("{at}.fee")),
            place: self.file.text(&format!("{at}.place")),
        }
    }

    fn window(&mut self, at: &str) -> Window {
        let window = Window {
            code: self.own_code("window", at),
            hall: self.reference("hall", &format!("{at}.hall")),
            unit: self.reference("unit", &format!("{at}.unit")),
            no: self.name(&format!("{at}.no")),
            name: self.name(&format!("{at}.name")),
            item: self.optional_reference("item", &format!("{at}.item")),
        };
        let sign = format!("{} {}", window.hall, window.no);
        self.once("sign", &sign, &format!("{at}.no"));
        window
    }

    fn staff(&mut self) -> Vec<Staff> {
        let staff = self.each("staff", Self::person);
        if !staff.iter().any(|one| one.role == Role::Authority.code()) {
            let what = What::Type("at least one person whose role is authority".to_owned());
            self.file.fault("staff", what);
        }
        staff
    }

    fn person(&mut self, at: &str) -> Staff {
        let login = self.code(&format!("{at}.login"));
        self.once("login", &login, &format!("{at}.login"));
        let role = self.role(&format!("{at}.role"));
        let unit = if role == Role::Authority.code() {
            "*".to_owned()
        } else {
            self.reference("unit", &format!("{at}.unit"))
        };
        Staff {
            id: login.clone(),
            login,
            name: self.name(&format!("{at}.name")),
            role,
            unit,
            win: self.optional_reference("window", &format!("{at}.window")),
            password_hash: String::new(),
            left_on: None,
        }
    }

    fn role(&mut self, key: &str) -> String {
        let text = self.file.text(key);
        if text.is_empty() || text.parse::<Role>().is_ok() {
            return text;
        }
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        let what = What::Type(format!("one of {}", known.join(", ")));
        self.file.fault(key, what);
        text
    }

    fn connector(&mut self, at: &str) -> (String, String) {
        let id = self.code(&format!("{at}.id"));
        self.once("connector", &id, &format!("{at}.id"));
        (id, self.reference("unit", &format!("{at}.unit")))
    }

    /// The code of an entry, which no other of its kind may have.
    fn own_code(&mut self, kind: &'static str, at: &str) -> String {
        let key = format!("{at}.code");
        let code = self.code(&key);
        self.once(kind, &code, &key);
        code
    }

    fn once(&mut self, kind: &'static str, code: &str, key: &str) {
        if !code.is_empty() && !self.seen.insert((kind, code.to_owned())) {
            self.file.fault(key, What::Twice(code.to_owned()));
        }
    }

    /// A code that an entry before has.
    fn reference(&mut self, kind: &'static str, key: &str) -> String {
        let code = self.file.text(key);
        if !code.is_empty() && !self.seen.contains(&(kind, code.clone())) {
            self.file.fault(key, What::NotHeld(kind));
        }
        code
    }

    fn optional_reference(&mut self, kind: &'static str, key: &str) -> Option<String> {
        self.file.has(key).then(|| self.reference(kind, key))
    }

    fn code(&mut self, key: &str) -> String {
        let code = self.file.text(key);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if code.chars().count() > CODE_MAX || !code.chars().all(plain) {
            let what = format!("at most {CODE_MAX} of a-z, A-Z, 0-9, - and _");
            self.file.fault(key, What::Type(what));
        }
        code
    }

    fn name(&mut self, key: &str) -> String {
        let name = self.file.text(key);
        if name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            let what = format!("one line of at most {NAME_MAX} characters");
            self.file.fault(key, What::Type(what));
        }
        name.trim().to_owned()
    }
}
