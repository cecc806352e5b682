//! Common passwords. At twelve characters and more, the lists of leaked passwords hold almost only
//! chains of a few well-known pieces (`Password123456`, `woaini5201314`, `1qaz2wsx3edc`), so instead of
//! a list of chains this takes the known pieces, sequences, repetitions and the account's own words
//! out of a password and looks at what is left. A library with a large Western dictionary (zxcvbn)
//! would bring a megabyte and miss the pieces that are common here.

/// Pieces that people chain, folded as [`fold`] does; the longest are tried first.
const PIECES: &[&str] = &[
    "administrator",
    "xiaoxiaoxiao",
    "iloveyou",
    "password",
    "passw0rd",
    "zhongguo",
    "football",
    "baseball",
    "princess",
    "sunshine",
    "superman",
    "changeme",
    "computer",
    "internet",
    "shanghai",
    "guangzhou",
    "shenzhen",
    "woaini",
    "5201314",
    "welcome",
    "letmein",
    "trustno",
    "charlie",
    "michael",
    "jessica",
    "michelle",
    "alibaba",
    "tencent",
    "sanfang",
    "beijing",
    "student",
    "teacher",
    "college",
    "company",
    "daxue",
    "xuesheng",
    "jiuye",
    "biye",
    "laoshi",
    "xuexiao",
    "gongsi",
    "mima",
    "qwerty",
    "qwertz",
    "azerty",
    "qazwsx",
    "zaqwsx",
    "1q2w3e",
    "q1w2e3",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "zaq1",
    "xsw2",
    "cde3",
    "asdf",
    "zxcv",
    "qwer",
    "uiop",
    "hjkl",
    "tyui",
    "zxc",
    "asd",
    "qwe",
    "passwd",
    "pass",
    "admin",
    "root",
    "guest",
    "login",
    "user",
    "test",
    "demo",
    "system",
    "master",
    "dragon",
    "monkey",
    "shadow",
    "ashley",
    "batman",
    "summer",
    "winter",
    "spring",
    "autumn",
    "flower",
    "secret",
    "server",
    "hello",
    "world",
    "china",
    "love",
    "baby",
    "angel",
    "happy",
    "money",
    "school",
    "office",
    "huawei",
    "xiaomi",
    "taobao",
    "baidu",
    "weixin",
    "wechat",
    "abc",
    "aini",
    "1314",
    "520",
    "521",
    "888",
    "666",
    "168",
    "qq",
    "wo",
];

/// What is left may not be shorter than this.
const REST: usize = 5;

/// Whether a password is a chain of common pieces and of `own` words.
pub fn is_common(password: &str, own: &[&str]) -> bool {
    let mut rest = fold(password);
    let mut own: Vec<String> = own
        .iter()
        .map(|word| fold(word))
        .filter(|word| word.chars().count() >= 3)
        .collect();
    own.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let pieces = own.iter().map(String::as_str).chain(PIECES.iter().copied());
    for piece in pieces {
        rest = rest.replace(piece, "\u{0}");
    }
    let mut left: Vec<char> = without_runs(&rest)
        .into_iter()
        .filter(|c| c.is_alphanumeric())
        .collect();
    left.dedup();
    let mut kinds = left.clone();
    kinds.sort_unstable();
    kinds.dedup();
    left.len() < REST || kinds.len() < REST
}

/// Small letters, and the usual disguises undone.
fn fold(text: &str) -> String {
    let plain = |c: char| match c {
        '@' => 'a',
        '$' => 's',
        '!' => 'i',
        other => other,
    };
    text.to_lowercase().chars().map(plain).collect()
}

/// Takes out runs of four and more that step evenly (`1234`, `9876`, `abcd`, `aaaa`), and years.
fn without_runs(text: &str) -> Vec<char> {
    let chars: Vec<char> = text.chars().collect();
    let step = |i: usize| i64::from(u32::from(chars[i + 1])) - i64::from(u32::from(chars[i]));
    let mut kept = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let mut end = i + 1;
        while end < chars.len() && step(end - 1) == step(i) && step(i).abs() <= 1 {
            end += 1;
        }
        if end - i >= 4 {
            i = end;
        } else if is_year(&chars[i..]) {
            i += 4;
        } else {
            kept.push(chars[i]);
            i += 1;
        }
    }
    kept
}

fn is_year(chars: &[char]) -> bool {
    matches!(chars, ['1', '9', a, b, ..] | ['2', '0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_known_pieces_are_common() {
        for common in [
            "Password123456",
            "woaini5201314",
            "1qaz2wsx3edc",
            "aaaaaaaaaaaa",
            "123456789012",
            "abcdefghijkl",
            "P@ssw0rd2026!",
            "Admin@123456",
            "qwertyuiop12",
            "Qwer1234!@#$",
            "abcabcabcabc",
            "Beijing2026!!",
        ] {
            assert!(is_common(common, &[]), "{common}");
        }
    }

    #[test]
    fn the_accounts_own_words_are_common() {
        assert!(is_common("Lanzhou-hr-2026", &["lanzhou-hr"]));
        assert!(!is_common("Lanzhou-hr-2026", &["other"]));
    }

    #[test]
    fn a_sentence_or_random_letters_are_not() {
        for good in [
            "correct horse battery",
            "xK7-mP2q-Zt9w",
            "明月几时有把酒问青天何处",
            "Fjord-84-vexing",
        ] {
            assert!(!is_common(good, &["hr01"]), "{good}");
        }
    }
}
