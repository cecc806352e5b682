//! Slows down guessing: by account with growing pauses that always end, by address with a captcha.

use jiff::{SignedDuration, Timestamp};
use std::net::{IpAddr, Ipv6Addr};

/// Wrong passwords in a row before the first pause.
pub const FREE: u32 = 5;
/// Failures of one address in one window before a captcha is asked for.
pub const ADDRESS_LIMIT: i64 = 20;
/// The window, in seconds.
pub const WINDOW: i64 = 600;

/// Until when an account is locked after its `failures`th wrong password in a row:
/// one minute at the fifth, doubling with each further one, never more than thirty.
pub fn pause(failures: u32, now: Timestamp) -> Option<Timestamp> {
    let over = failures.checked_sub(FREE)?;
    let minutes = 2i64.checked_pow(over.min(5)).unwrap_or(30).min(30);
    now.checked_add(SignedDuration::from_mins(minutes)).ok()
}

/// The beginning of the window that `now` falls in.
pub fn window(now: Timestamp) -> Timestamp {
    let start = now.as_second().div_euclid(WINDOW) * WINDOW;
    Timestamp::from_second(start).unwrap_or(now)
}

/// The counter of an address. Of IPv6 the first 64 bits, which is what one household gets.
pub fn key(address: &str) -> String {
    let network = match address.parse() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        _ => address.to_owned(),
    };
    format!("login {network}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_always_end() {
        let now = Timestamp::UNIX_EPOCH;
        let minutes = |failures| pause(failures, now).map(|until| until.as_second() / 60);
        assert_eq!(
            [4, 5, 6, 7, 8, 9, 10, 400].map(minutes),
            [
                None,
                Some(1),
                Some(2),
                Some(4),
                Some(8),
                Some(16),
                Some(30),
                Some(30)
            ]
        );
    }

    #[test]
    fn a_household_is_one_address() {
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("10.0.0.1"), key("10.0.0.2"));
    }
}
