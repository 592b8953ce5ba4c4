//! What is dangerous about an address that a user names. Pure.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use url::{Host, Url};

/// How far targets may lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// This machine and the private networks around it as well: that is where the programs of a home are.
    #[default]
    Home,
    /// Only addresses that the whole internet can reach.
    Internet,
}

/// An address that is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// Where it would have led.
    pub address: IpAddr,
    /// Why not.
    pub danger: Danger,
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Danger {
    /// Where a cloud keeps the keys of its machines.
    Metadata,
    /// Only this network segment; clouds keep their metadata there.
    LinkLocal,
    /// No address; some systems take it for this machine.
    Unspecified,
    /// Many machines at once.
    Many,
    /// Nobody's.
    Reserved,
    /// Fine, but not where only the internet may be reached.
    Private,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.danger {
            Danger::Metadata => "where a cloud keeps the keys of its machines",
            Danger::LinkLocal => "a link-local address",
            Danger::Unspecified => "which is no address of a machine",
            Danger::Many => "an address of many machines at once",
            Danger::Reserved => "a reserved address",
            Danger::Private => {
                "an address of a private network, and only the internet may be called"
            }
        };
        write!(f, "it leads to {}, {what}", self.address)
    }
}

impl std::error::Error for Forbidden {}

/// Metadata of clouds outside link-local addresses: Amazon, Google, Alibaba, Oracle, Azure.
const METADATA: [IpAddr; 5] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
];

/// Why this address is not called; none when it is.
pub fn forbidden(address: IpAddr, reach: Reach) -> Option<Forbidden> {
    let danger = danger_of(inner(address))?;
    let allowed = danger == Danger::Private && reach == Reach::Home;
    (!allowed).then_some(Forbidden { address, danger })
}

/// Why the address that a URL spells out is not called; none for a name, which is looked at when it is resolved.
pub fn forbidden_literal(url: &Url, reach: Reach) -> Option<Forbidden> {
    match url.host()? {
        Host::Ipv4(address) => forbidden(address.into(), reach),
        Host::Ipv6(address) => forbidden(address.into(), reach),
        Host::Domain(_) => None,
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, translated (RFC 2765), NAT64 (RFC 6052, and RFC 8215 for a network
/// of one's own, with a prefix of 96 bits) and 6to4 lead to it.
fn inner(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        _ => address,
    }
}

fn danger_of(address: IpAddr) -> Option<Danger> {
    if METADATA.contains(&address) {
        return Some(Danger::Metadata);
    }
    match address {
        IpAddr::V4(v4) => danger_of_v4(v4),
        IpAddr::V6(v6) => danger_of_v6(v6),
    }
}

fn danger_of_v4(address: Ipv4Addr) -> Option<Danger> {
    Some(match address.octets() {
        [169, 254, 169, 254] => Danger::Metadata,
        [169, 254, ..] => Danger::LinkLocal,
        [0, ..] => Danger::Unspecified,
        [224..=239, ..] | [255, 255, 255, 255] => Danger::Many,
        [240..=255, ..] => Danger::Reserved,
        // 100.64.0.0/10 is what some private networks between machines use.
        [10 | 127, ..] | [100, 64..=127, ..] | [172, 16..=31, ..] | [192, 168, ..] => {
            Danger::Private
        }
        [198, 18..=19, ..] | [192, 0, 0, _] => Danger::Private,
        _ => return None,
    })
}

fn danger_of_v6(address: Ipv6Addr) -> Option<Danger> {
    let first = address.segments()[0];
    Some(match address {
        Ipv6Addr::UNSPECIFIED => Danger::Unspecified,
        Ipv6Addr::LOCALHOST => Danger::Private,
        _ if address.is_multicast() => Danger::Many,
        _ if first & 0xffc0 == 0xfe80 => Danger::LinkLocal,
        // fc00::/7, and fec0::/10 of old.
        _ if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0 => Danger::Private,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn danger(address: &str, reach: Reach) -> Option<Danger> {
        let address = address.parse().expect("an address");
        forbidden(address, reach).map(|why| why.danger)
    }

    #[test]
    fn dangerous_addresses_are_refused_everywhere_and_private_ones_where_only_the_internet_may_be_called()
     {
        for (address, expected) in [
            ("169.254.169.254", Danger::Metadata),
            ("fd00:ec2::254", Danger::Metadata),
            ("100.100.100.200", Danger::Metadata),
            ("::ffff:169.254.169.254", Danger::Metadata),
            ("::169.254.169.254", Danger::Metadata),
            ("64:ff9b::a9fe:a9fe", Danger::Metadata),
            ("2002:a9fe:a9fe::1", Danger::Metadata),
            ("::ffff:0:169.254.169.254", Danger::Metadata),
            ("64:ff9b:1::a9fe:a9fe", Danger::Metadata),
            ("64:ff9b:1:fffe:1:2:a9fe:a9fe", Danger::Metadata),
            ("64:ff9b:1::", Danger::Unspecified),
            ("169.254.0.1", Danger::LinkLocal),
            ("fe80::1", Danger::LinkLocal),
            ("febf::1", Danger::LinkLocal),
            ("0.0.0.0", Danger::Unspecified),
            ("0.1.2.3", Danger::Unspecified),
            ("::", Danger::Unspecified),
            ("::ffff:0.0.0.0", Danger::Unspecified),
            ("224.0.0.1", Danger::Many),
            ("255.255.255.255", Danger::Many),
            ("ff02::1", Danger::Many),
            ("250.1.1.1", Danger::Reserved),
        ] {
            for reach in [Reach::Home, Reach::Internet] {
                assert_eq!(danger(address, reach), Some(expected), "{address}");
            }
        }
        for address in [
            "127.0.0.1",
            "127.8.9.1",
            "::1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "fd12:3456::1",
            "::ffff:192.168.1.1",
            "::ffff:0:192.168.1.1",
            "64:ff9b:1::c0a8:101",
        ] {
            assert_eq!(danger(address, Reach::Home), None, "{address}");
            assert_eq!(
                danger(address, Reach::Internet),
                Some(Danger::Private),
                "{address}"
            );
        }
        for address in [
            "1.1.1.1",
            "172.32.0.1",
            "100.63.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "::ffff:0:1.1.1.1",
            "64:ff9b:1:fffe::101:101",
        ] {
            assert_eq!(danger(address, Reach::Internet), None, "{address}");
        }
    }

    #[test]
    fn an_address_in_a_url_is_read_as_a_browser_reads_it() {
        for url in [
            "http://169.254.169.254/latest",
            "http://2852039166/",
            "http://0xa9.0xfe.0xa9.0xfe/",
            "http://0251.0376.0251.0376/",
            "http://[::ffff:a9fe:a9fe]/",
        ] {
            let url = Url::parse(url).expect("a URL");
            let found = forbidden_literal(&url, Reach::Home).map(|why| why.danger);
            assert_eq!(found, Some(Danger::Metadata), "{url}");
        }
    }
}
