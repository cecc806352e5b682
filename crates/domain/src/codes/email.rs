//! Mail addresses, as people type them: one mailbox at one host, in ASCII, as every server takes them
//! (RFC 5321 without quoted names, comments and address literals).

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The longest address (RFC 5321, 4.5.3.1.3, without the angle brackets).
pub const MOST: usize = 254;
/// The longest name before the @.
const LOCAL: usize = 64;
/// The longest part of a host's name.
const LABEL: usize = 63;

/// A mail address. Prints as `***`: it belongs to a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// A text that is no mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address")]
pub struct NoEmail;

impl Email {
    /// Reads what was typed: full-width signs count as narrow ones, blanks around it are dropped, the host's
    /// name gets small letters.
    pub fn parse(typed: &str) -> Result<Self, NoEmail> {
        let text: String = typed.nfkc().collect();
        let (local, host) = text.trim().rsplit_once('@').ok_or(NoEmail)?;
        let host = host.to_ascii_lowercase();
        if is_local(local) && is_host(&host) && local.len() + 1 + host.len() <= MOST {
            Ok(Self(format!("{local}@{host}")))
        } else {
            Err(NoEmail)
        }
    }

    /// The address itself: for an envelope, and for whoever it belongs to.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// First character and host, to be recognised by whoever knows it: `z***@example.com`.
    pub fn masked(&self) -> String {
        let (local, host) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{host}")
    }
}

fn is_local(local: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.len() <= LOCAL
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(sign))
}

/// A name with a dot, whose last part is no number.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(label) && !last.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let read = |typed: &str| Email::parse(typed).map(|email| email.reveal().to_owned());
        for (typed, address) in [
            ("hr@example.com", "hr@example.com"),
            (
                " li.lei+job@Mail.Example.EDU.cn\n",
                "li.lei+job@mail.example.edu.cn",
            ),
            ("ｈｒ＠ｅｘａｍｐｌｅ．ｃｏｍ", "hr@example.com"),
            ("12345678@qq.com", "12345678@qq.com"),
        ] {
            assert_eq!(read(typed), Ok(address.to_owned()), "{typed}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.com", vec!["a".repeat(60); 5].join("."));
        for typed in [
            "",
            "hr",
            "@example.com",
            "hr@",
            "hr@localhost",
            "hr@10.0.0.1",
            "hr@[10.0.0.1]",
            "a b@example.com",
            ".a@example.com",
            "a..b@example.com",
            "a.@example.com",
            "a@-example.com",
            "a@example-.com",
            "a@.com",
            "张三@example.com",
            "a@例子.中国",
            "\"a\"@example.com",
            "a@b@",
            "a@example.com\r\nBcc: b@example.com",
            "a@example.com,b@example.com",
            "<a@example.com>",
            &long,
            &longer,
        ] {
            assert_eq!(read(typed), Err(NoEmail), "{typed:?}");
        }
    }

    #[test]
    fn an_address_is_never_printed_by_accident() {
        let email = Email::parse("zhang@example.com").unwrap();
        assert_eq!(format!("{email:?}"), "***");
        assert_eq!(email.masked(), "z***@example.com");
    }
}
