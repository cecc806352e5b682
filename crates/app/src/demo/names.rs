//! Names of people: ordinary ones made of pools, and those that old systems cannot write.

use super::random::Seeded;

/// Names that try a system: characters outside the basic plane, middle dots, two-character surnames,
/// surnames with a reading of their own, long ones, foreign ones. With the gender (1 male, 2 female).
pub const RARE: [(&str, &str); 30] = [
    ("欧阳𬭎", "1"),
    ("王𠮷", "1"),
    ("李㛃", "2"),
    ("陈䶮", "1"),
    ("张𫖯", "1"),
    ("刘龘", "1"),
    ("赵𰻝", "2"),
    ("阿依夏·买买提", "2"),
    ("努尔兰·叶尔肯别克", "1"),
    ("古丽巴哈尔·阿不都热依木", "2"),
    ("司马文渊", "1"),
    ("上官婉清", "2"),
    ("Anna Maria Schneider", "2"),
    ("尉迟静姝", "2"),
    (
        "穆罕默德·阿卜杜拉·本·萨利赫·阿勒拉希德·阿尔曼苏里·哈桑·伊本·尤素福·阿里·汗",
        "1",
    ),
    ("丹增卓玛", "2"),
    ("诸葛明轩", "1"),
    ("迪丽努尔·吐尔逊", "2"),
    ("扎西顿珠", "1"),
    ("慕容晓", "2"),
    ("周喆", "1"),
    ("仇雨桐", "2"),
    ("Nguyễn Thị Minh Châu", "2"),
    ("夏侯梓睿", "1"),
    ("单雪", "2"),
    ("吴翀", "1"),
    ("郑燚", "1"),
    ("区嘉欣", "2"),
    ("巴特尔·孟和", "1"),
    ("冯骉", "1"),
];

const SURNAMES: [&str; 72] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "邓", "冯", "曹", "彭", "曾", "肖", "田",
    "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏", "苏", "吕", "丁", "任", "卢", "姚",
    "沈", "钟", "姜", "崔", "谭", "陆", "范", "汪", "廖", "石", "金", "韦", "贾", "夏", "付", "方", "邹",
    "熊", "白", "孟", "秦",
];
/// The first of these come more often, as they do in life.
const COMMON: usize = 20;

const MEN: [&str; 44] = [
    "浩", "宇", "轩", "子", "杰", "俊", "博", "文", "涛", "明", "志", "伟", "嘉", "鹏", "辰", "睿", "泽",
    "昊", "航", "天", "思", "远", "哲", "晨", "阳", "凯", "家", "诚", "楠", "磊", "凡", "恒", "立", "川",
    "逸", "铭", "翔", "鑫", "云", "建", "峰", "瑞", "承", "一",
];
const WOMEN: [&str; 44] = [
    "雨", "欣", "怡", "佳", "梦", "婷", "思", "琪", "雪", "静", "诗", "涵", "晓", "悦", "紫", "萱", "若",
    "彤", "嘉", "宁", "慧", "敏", "雅", "瑶", "洁", "莹", "月", "可", "馨", "文", "依", "然", "芳", "秋",
    "芸", "丹", "蕾", "玉", "清", "璐", "晴", "颖", "珊", "语",
];

/// An ordinary name; two people may have the same one, as in life.
pub fn ordinary(rng: &Seeded, gender: &str) -> String {
    let surname = if rng.chance(60) {
        rng.pick(&SURNAMES[..COMMON])
    } else {
        rng.pick(&SURNAMES)
    };
    let pool = if gender == "1" { &MEN } else { &WOMEN };
    let first = rng.pick(pool);
    let second = if rng.chance(18) { "" } else { *rng.pick(pool) };
    format!("{surname}{first}{second}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::codes::PersonName;

    #[test]
    fn every_name_is_accepted_as_it_is_written() {
        let rng = Seeded::new("names");
        let made = (0..500).map(|n| ordinary(&rng, if n % 2 == 0 { "1" } else { "2" }));
        for name in RARE.iter().map(|(name, _)| (*name).to_owned()).chain(made) {
            assert_eq!(PersonName::parse(&name).unwrap().as_str(), name);
        }
        let all: String = RARE.iter().map(|(name, _)| *name).collect();
        assert!("𬭎𠮷㛃䶮𫖯龘𰻝·".chars().all(|c| all.contains(c)));
        assert!(RARE.iter().any(|(name, _)| name.chars().count() >= 40));
    }
}
