//! Where a request comes from: the network at the other end, behind proxies that are trusted, and a cookie that
//! tells one phone of a hall from another. Neither is ever logged or answered.

use super::cookies::{self, Abroad, Cookie};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
    response::Response,
};
use flow::{
    app::App,
    secrets::{self, Purpose},
    source::Source,
};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::{Arc, Once},
};

/// A range of addresses, such as `10.0.0.0/8`; without a length it is one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    of: IpAddr,
    length: u8,
}

/// Why a text is no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give an address or a range of addresses, such as 10.0.0.7 or 10.0.0.0/8")]
pub struct NoRange;

impl FromStr for Range {
    type Err = NoRange;

    fn from_str(text: &str) -> Result<Self, NoRange> {
        let (of, length) = match text.split_once('/') {
            Some((of, length)) => (of, Some(length.parse().map_err(|_| NoRange)?)),
            None => (text, None),
        };
        let of: IpAddr = of.parse().map_err(|_| NoRange)?;
        let most = if of.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(most);
        (length <= most)
            .then_some(Self { of, length })
            .ok_or(NoRange)
    }
}

impl Range {
    fn holds(&self, address: IpAddr) -> bool {
        let differs = match (self.of, address) {
            (IpAddr::V4(of), IpAddr::V4(other)) => (of.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V6(of), IpAddr::V6(other)) => (of.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
        };
        differs >= u32::from(self.length)
    }
}

/// The proxies that are believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[Range]>);

impl Proxies {
    /// These and no others.
    pub fn new(ranges: Vec<Range>) -> Self {
        Self(ranges.into())
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.holds(address))
    }

    /// The address for which a request was made. Anybody may write a header; what a trusted proxy appended to it
    /// stands at its end. Where the two headers that there are for it disagree, one of them came from outside.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.holds(peer) {
            tell_of_a_stranger(headers);
            return peer;
        }
        let named = [
            self.last_outside(peer, &all(headers, BY_CUSTOM)),
            self.last_outside(peer, &forwarded(&all(headers, BY_STANDARD))),
        ];
        match named {
            [Some(one), Some(other)] if one == other => one,
            [Some(_), Some(_)] | [None, None] => peer,
            [Some(one), None] | [None, Some(one)] => one,
        }
    }

    /// The right-most address that is no trusted proxy; none where nothing is said.
    fn last_outside(&self, peer: IpAddr, hops: &[String]) -> Option<IpAddr> {
        let mut last = None;
        for hop in hops.iter().rev() {
            let Some(address) = address(hop) else {
                return Some(last.unwrap_or(peer));
            };
            last = Some(address);
            if !self.holds(address) {
                return last;
            }
        }
        last
    }
}

/// Says once that somebody unknown speaks for others. It may be a proxy that nobody has named, and then all of a
/// city are one network; or anybody who wrote the header, so that the log does not say who.
fn tell_of_a_stranger(headers: &HeaderMap) {
    static TOLD: Once = Once::new();
    if headers.contains_key(BY_CUSTOM) || headers.contains_key(BY_STANDARD) {
        TOLD.call_once(|| {
            tracing::warn!(
                "a request says for whom it is made and is not believed; if that was your proxy, name it with --trusted-proxy"
            );
        });
    }
}

/// Where proxies say for whom they ask: as most do, and as the standard has it (RFC 7239).
const BY_CUSTOM: &str = "x-forwarded-for";
const BY_STANDARD: &str = "forwarded";

/// Every element of a header that is a list, over all of its lines.
fn all(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers.get_all(name).iter();
    let text = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    text.flat_map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// What each element of `Forwarded` says after `for=`.
fn forwarded(elements: &[String]) -> Vec<String> {
    let of = |element: &String| {
        let mut pairs = element
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        let found = pairs.find(|(name, _)| name.eq_ignore_ascii_case("for"));
        found.map_or_else(String::new, |(_, value)| value.to_owned())
    };
    elements.iter().map(of).collect()
}

/// An address as proxies write it: with a port, in brackets or in quotes.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let bare = bare.map_or(text, |(inside, _)| inside);
    let parsed: Option<IpAddr> = bare.parse().ok();
    parsed
        .or_else(|| text.parse::<SocketAddr>().ok().map(|with| with.ip()))
        .map(|address| address.to_canonical())
}

/// An address of IPv4 is one household, office or hall; of the other kind, a customer has at least as much as
/// the first 56 bits leave.
fn network(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..7].to_vec(),
    }
}

/// Who sends.
pub struct Visitor(pub Source);

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let proxies = parts.extensions.get::<Proxies>();
        let client = peer.map(|ConnectInfo(peer)| {
            let peer = peer.ip().to_canonical();
            proxies.map_or(peer, |proxies| proxies.client(peer, &parts.headers))
        });
        Ok(Self(Source {
            network: client.map(network),
            device: device(app, &parts.headers),
        }))
    }
}

const COOKIE: &str = "device";
/// A day: nothing follows a phone from one visit to the next.
const COOKIE_S: i64 = 24 * 60 * 60;

/// What our cookie holds; one that we have not signed is none.
fn device(app: &App, headers: &HeaderMap) -> Option<[u8; 12]> {
    let value = cookies::read(headers, COOKIE)?;
    let (device, signed) = value.split_once('.')?;
    let device = secrets::unhex::<12>(device)?;
    (app.secrets().code(Purpose::Device, &device) == signed).then_some(device)
}

/// Gives a phone a cookie unless it has one.
pub fn remember(app: &App, source: &Source, mut response: Response) -> Response {
    if source.device.is_some() {
        return response;
    }
    // Without randomness there is none, and the network has to do.
    let Ok(device) = secrets::random::<12>() else {
        return response;
    };
    let signed = app.secrets().code(Purpose::Device, &device);
    let cookie = Cookie {
        name: COOKIE,
        value: &format!("{}.{signed}", secrets::hex(&device)),
        seconds: COOKIE_S,
        abroad: Abroad::ByLink,
    };
    cookies::set(app, &mut response, cookie);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[(&'static str, &str)]) -> String {
        let trusted = ["10.0.0.0/8", "2001:db8:5::/48", "192.0.2.7"];
        let ranges = trusted.map(|range| range.parse().expect("a range"));
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a value"));
        }
        let peer = peer.parse().expect("an address");
        Proxies::new(ranges.into())
            .client(peer, &headers)
            .to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let says = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("198.51.100.1", &says), "198.51.100.1");
        assert_eq!(client("10.1.2.3", &says), "203.0.113.9");
        assert_eq!(client("10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn what_a_client_wrote_itself_stands_left_of_what_the_proxies_wrote() {
        let says = [
            ("x-forwarded-for", "1.1.1.1, 203.0.113.9"),
            ("x-forwarded-for", "192.0.2.7:4000, 10.9.9.9"),
        ];
        assert_eq!(client("10.1.2.3", &says), "203.0.113.9");
        let garbled = [("x-forwarded-for", "203.0.113.9, unknown, 10.9.9.9")];
        assert_eq!(client("10.1.2.3", &garbled), "10.9.9.9");
    }

    #[test]
    fn the_standard_header_is_read_as_it_is_written() {
        let says = [(
            "forwarded",
            "for=1.1.1.1, for=\"[2001:db8:9::17]:4711\";proto=https, By=x;For=10.3.3.3",
        )];
        assert_eq!(client("2001:db8:5::1", &says), "2001:db8:9::17");
    }

    #[test]
    fn where_two_headers_disagree_neither_is_believed() {
        let both = |other| [("x-forwarded-for", "203.0.113.9"), ("forwarded", other)];
        assert_eq!(client("10.1.2.3", &both("for=203.0.113.9")), "203.0.113.9");
        assert_eq!(client("10.1.2.3", &both("for=8.8.8.8")), "10.1.2.3");
    }

    #[test]
    fn a_range_is_an_address_and_a_length_that_it_can_have() {
        for text in [
            "",
            "10.0.0.0/33",
            "2001:db8::/129",
            "10.0.0/8",
            "x",
            "10.0.0.0/",
        ] {
            assert_eq!(text.parse::<Range>(), Err(NoRange), "{text}");
        }
        assert_eq!(network("::1".parse().expect("an address")).len(), 7);
    }
}
