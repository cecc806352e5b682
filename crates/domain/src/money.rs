//! Amounts of money in words: 人民币大写, as banks and the printed agreement want it.
//!
//! Source: 《支付结算办法》附一《正确填写票据和结算凭证的基本规定》. Where it leaves a choice, a zero
//! between 元 and 角 is not written (壹仟元伍角), and 整 follows both 元 and 角.

use std::fmt::Write;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
/// 亿.
const YI: u64 = 100_000_000;
/// 万.
const WAN: u64 = 10_000;

/// `fen` in capitals, without 人民币 before it: 伍仟元整, 壹万贰仟零伍拾元叁角整, 零元整.
pub fn capitals(fen: i64) -> String {
    let amount = fen.unsigned_abs();
    let (yuan, jiao, fen_digit) = (amount / 100, amount / 10 % 10, amount % 10);
    let mut text = String::new();
    if fen < 0 {
        text.push('负');
    }
    if yuan > 0 || amount == 0 {
        write_whole(&mut text, yuan);
        text.push('元');
    }
    if jiao > 0 {
        text.push(digit(jiao));
        text.push('角');
    } else if yuan > 0 && fen_digit > 0 {
        text.push('零');
    }
    if fen_digit > 0 {
        text.push(digit(fen_digit));
        text.push('分');
    } else {
        text.push('整');
    }
    text
}

/// `fen` in figures, in yuan with two decimals: `12,050.30`.
pub fn figures(fen: i64) -> String {
    let amount = fen.unsigned_abs();
    let whole = (amount / 100).to_string();
    let mut text = String::new();
    if fen < 0 {
        text.push('-');
    }
    for (at, figure) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(figure);
    }
    // Writing to a String cannot fail.
    let _ = write!(text, ".{:02}", amount % 100);
    text
}

/// `fen` in figures and in capitals, as the agreement prints it: `5,000.00 元（人民币伍仟元整）`.
pub fn both(fen: i64) -> String {
    format!("{} 元（人民币{}）", figures(fen), capitals(fen))
}

/// Writes a whole number, 零 for 0.
fn write_whole(text: &mut String, number: u64) {
    if number == 0 {
        text.push(DIGITS[0]);
        return;
    }
    let (high, low) = (number / YI, number % YI);
    if high > 0 {
        write_whole(text, high);
        text.push('亿');
    }
    let (wan, ones) = (low / WAN, low % WAN);
    write_group(text, wan, high > 0, false);
    if wan > 0 {
        text.push('万');
    }
    write_group(text, ones, high > 0 || wan > 0, high > 0 && wan == 0);
}

/// Writes four digits. `begun`: something stands before them, so zeros in front are heard.
/// `gap`: a group of zeros stands just before them. One 零 stands for a gap of any length.
fn write_group(text: &mut String, group: u64, mut begun: bool, mut gap: bool) {
    let mut rest = group;
    for (unit, name) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let figure = rest / unit;
        rest %= unit;
        if figure == 0 {
            gap |= begun;
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        text.push(digit(figure));
        text.push_str(name);
        begun = true;
    }
}

fn digit(figure: u64) -> char {
    usize::try_from(figure)
        .ok()
        .and_then(|at| DIGITS.get(at))
        .copied()
        .unwrap_or('零')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Amounts in figures, as they print, and in capitals.
    fn check(cases: &[(&str, &str)]) {
        for (amount, words) in cases {
            let fen = amount.replace([',', '.'], "").parse().unwrap();
            assert_eq!(capitals(fen), *words, "{amount}");
            assert_eq!(figures(fen), *amount);
        }
    }

    #[test]
    fn whole_amounts_end_in_yuan_and_zheng() {
        let cases = [
            ("0.00", "零元整"),
            ("1.00", "壹元整"),
            ("10.00", "壹拾元整"),
            ("15.00", "壹拾伍元整"),
            ("100.00", "壹佰元整"),
            ("5,000.00", "伍仟元整"),
            ("12,000.00", "壹万贰仟元整"),
            ("100,000.00", "壹拾万元整"),
            ("100,000,000.00", "壹亿元整"),
            ("1,000,000,000.00", "壹拾亿元整"),
        ];
        check(&cases);
    }

    #[test]
    fn several_zeros_in_the_middle_are_one_ling() {
        let cases = [
            ("101.00", "壹佰零壹元整"),
            ("110.00", "壹佰壹拾元整"),
            ("1,001.00", "壹仟零壹元整"),
            ("1,010.00", "壹仟零壹拾元整"),
            ("1,100.00", "壹仟壹佰元整"),
            ("12,050.30", "壹万贰仟零伍拾元叁角整"),
            ("10,001.00", "壹万零壹元整"),
            ("10,101.00", "壹万零壹佰零壹元整"),
            ("107,000.00", "壹拾万柒仟元整"),
            ("100,070.00", "壹拾万零柒拾元整"),
            ("1,000,700.00", "壹佰万零柒佰元整"),
            ("1,010,000.00", "壹佰零壹万元整"),
            ("100,000,001.00", "壹亿零壹元整"),
            ("100,010,000.00", "壹亿零壹万元整"),
            ("110,000,000.00", "壹亿壹仟万元整"),
            ("101,000,000.00", "壹亿零壹佰万元整"),
            ("100,001,000.00", "壹亿零壹仟元整"),
            ("1,005,000,000.00", "壹拾亿零伍佰万元整"),
        ];
        check(&cases);
    }

    #[test]
    fn jiao_and_fen_follow_the_rules_for_vouchers() {
        let cases = [
            ("0.30", "叁角整"),
            ("0.05", "伍分"),
            ("0.35", "叁角伍分"),
            ("1.05", "壹元零伍分"),
            ("10.05", "壹拾元零伍分"),
            // The examples of 《支付结算办法》附一.
            ("1,409.50", "壹仟肆佰零玖元伍角整"),
            ("6,007.14", "陆仟零柒元壹角肆分"),
            ("1,680.32", "壹仟陆佰捌拾元叁角贰分"),
            ("107,000.53", "壹拾万柒仟元伍角叁分"),
            ("16,409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("325.04", "叁佰贰拾伍元零肆分"),
        ];
        check(&cases);
    }

    #[test]
    fn great_negative_and_extreme_amounts_have_words_too() {
        check(&[
            ("1,000,000,000,000.00", "壹万亿元整"),
            ("1,000,000,000,000.01", "壹万亿元零壹分"),
            ("1,000,001,000,000.00", "壹万亿零壹佰万元整"),
            (
                "999,999,999,999.99",
                "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
            ),
            ("100,000,000,000,000.00", "壹佰万亿元整"),
            ("-5,000.00", "负伍仟元整"),
            ("-0.05", "负伍分"),
        ]);
        assert!(capitals(i64::MIN).starts_with("负玖亿贰仟"));
        assert_eq!(figures(i64::MIN), "-92,233,720,368,547,758.08");
    }

    /// Reads capitals back, as a teller would.
    fn read(words: &str) -> i64 {
        let (sign, words) = words.strip_prefix('负').map_or((1, words), |rest| (-1, rest));
        let (mut yuan, mut section, mut group, mut figure, mut cents) = (0_i64, 0_i64, 0_i64, 0_i64, 0_i64);
        for ch in words.chars() {
            match ch {
                '仟' | '佰' | '拾' => {
                    group += figure
                        * [('仟', 1000), ('佰', 100), ('拾', 10)]
                            .into_iter()
                            .find(|u| u.0 == ch)
                            .unwrap()
                            .1;
                    figure = 0;
                }
                '万' => {
                    section = (group + figure) * 10_000;
                    (group, figure) = (0, 0);
                }
                '亿' => {
                    yuan = (yuan + section + group + figure) * 100_000_000;
                    (section, group, figure) = (0, 0, 0);
                }
                '元' => {
                    yuan += section + group + figure;
                    figure = 0;
                }
                '角' => {
                    cents += figure * 10;
                    figure = 0;
                }
                '分' => cents += figure,
                '整' => {}
                _ => figure = i64::try_from(DIGITS.iter().position(|d| *d == ch).unwrap()).unwrap(),
            }
        }
        sign * (yuan * 100 + cents)
    }

    proptest! {
        #[test]
        fn capitals_read_back_as_the_amount(fen in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
            prop_assert_eq!(read(&capitals(fen)), fen);
        }

        #[test]
        fn no_ling_is_doubled_or_left_before_a_unit(fen in 0_i64..100_000_000_000_000) {
            let words = capitals(fen);
            for wrong in ["零零", "零万", "零亿", "零拾", "零佰", "零仟", "零角", "亿万"] {
                prop_assert!(!words.contains(wrong), "{} in {}", wrong, words);
            }
            prop_assert!(fen < 100 || !words.contains("零元"), "{}", words);
        }
    }
}
