//! The dictionaries themselves (`domain.md` §3.3–3.6): national code tables of graduate
//! employment reporting and the GB/T standards they rest on.

use super::{Code, Table};

/// An entry in force.
const fn now(code: &'static str, name: &'static str, name_en: &'static str) -> Code {
    Code {
        code,
        name,
        name_en,
        valid: true,
    }
}

/// An entry that is only read, never chosen.
const fn old(code: &'static str, name: &'static str, name_en: &'static str) -> Code {
    Code {
        code,
        name,
        name_en,
        valid: false,
    }
}

/// All dictionaries.
pub const TABLES: &[&Table] = &[
    &GENDER,
    &EMPLOYER_NATURE,
    &EMPLOYER_SCALE,
    &INDUSTRY,
    &POSITION_CATEGORY,
    &DEGREE,
    &TRAINING_MODE,
    &POLITICAL_STATUS,
    &ETHNICITY,
    &PROVINCE,
    &TERMINATION_REASON,
];

/// 性别, GB/T 2261.1 (the two values that a roster uses).
pub const GENDER: Table = Table {
    id: "gender",
    title: "性别",
    rows: &[now("1", "男", "Male"), now("2", "女", "Female")],
};

/// 单位性质, national employment reporting codes; private companies 民营企业 are 39.
pub const EMPLOYER_NATURE: Table = Table {
    id: "employer_nature",
    title: "单位性质",
    rows: &[
        now("10", "机关", "Government body"),
        old("15", "县及以下党政机关", "County or lower government body"),
        now("20", "科研设计单位", "Research or design institute"),
        now("21", "高等教育单位", "Higher education"),
        now("22", "中初教育单位", "Primary or secondary education"),
        now("23", "医疗卫生单位", "Health care"),
        old("25", "艰苦行业事业单位", "Public institution in a hardship trade"),
        now("29", "其他事业单位", "Other public institution"),
        now("31", "国有企业", "State-owned company"),
        now("32", "三资企业", "Foreign-invested company"),
        old("33", "中小企业", "Small or medium company"),
        old("35", "艰苦行业企业", "Company in a hardship trade"),
        now("39", "其他企业", "Other company (private)"),
        now("40", "部队", "Armed forces"),
        now("55", "农村建制村", "Rural village"),
        now("56", "城镇社区", "Urban community"),
        now("99", "其他", "Other"),
    ],
};

/// 单位规模: bands of staff numbers as recruitment sites use them; no standard exists.
pub const EMPLOYER_SCALE: Table = Table {
    id: "employer_scale",
    title: "单位规模",
    rows: &[
        now("1", "50 人以下", "Under 50"),
        now("2", "50–199 人", "50–199"),
        now("3", "200–499 人", "200–499"),
        now("4", "500–999 人", "500–999"),
        now("5", "1000–9999 人", "1,000–9,999"),
        now("6", "10000 人及以上", "10,000 and more"),
    ],
};

/// 单位行业, reporting codes that follow the sections A–T of GB/T 4754-2017.
pub const INDUSTRY: Table = Table {
    id: "industry",
    title: "单位行业",
    rows: &[
        now(
            "11",
            "农、林、牧、渔业",
            "Agriculture, forestry, animal husbandry, fishery",
        ),
        now("21", "采矿业", "Mining"),
        now("22", "制造业", "Manufacturing"),
        now(
            "23",
            "电力、热力、燃气及水生产和供应业",
            "Electricity, heat, gas and water supply",
        ),
        now("24", "建筑业", "Construction"),
        now("31", "批发和零售业", "Wholesale and retail"),
        now("32", "交通运输、仓储和邮政业", "Transport, storage and post"),
        now("33", "住宿和餐饮业", "Accommodation and catering"),
        now(
            "34",
            "信息传输、软件和信息技术服务业",
            "Information, software and IT services",
        ),
        now("35", "金融业", "Finance"),
        now("36", "房地产业", "Real estate"),
        now("37", "租赁和商务服务业", "Leasing and business services"),
        now("38", "科学研究和技术服务业", "Research and technical services"),
        now(
            "39",
            "水利、环境和公共设施管理业",
            "Water, environment and public facilities",
        ),
        now(
            "41",
            "居民服务、修理和其他服务业",
            "Household, repair and other services",
        ),
        now("42", "教育", "Education"),
        now("43", "卫生和社会工作", "Health and social work"),
        now("44", "文化、体育和娱乐业", "Culture, sports and entertainment"),
        now(
            "45",
            "公共管理、社会保障和社会组织",
            "Public administration and social organisations",
        ),
        now("46", "国际组织", "International organisations"),
        now("80", "军队", "Armed forces"),
    ],
};

/// 工作职位类别, national employment reporting codes.
pub const POSITION_CATEGORY: Table = Table {
    id: "position_category",
    title: "职位类别",
    rows: &[
        now("10", "公务员", "Civil servant"),
        now("11", "科学研究人员", "Researcher"),
        now("13", "工程技术人员", "Engineer or technician"),
        now("17", "农林牧渔业技术人员", "Agricultural technician"),
        now("19", "卫生专业技术人员", "Health professional"),
        now("21", "经济业务人员", "Business and economics"),
        now("22", "金融业务人员", "Finance"),
        now("23", "法律专业人员", "Legal professional"),
        now("24", "教学人员", "Teacher"),
        now("25", "文学艺术工作人员", "Literature and arts"),
        now("26", "体育工作人员", "Sports"),
        now("27", "新闻出版和文化工作人员", "Press, publishing and culture"),
        now("29", "其他专业技术人员", "Other professional"),
        now("30", "办事人员和有关人员", "Clerical staff"),
        now("40", "商业和服务业人员", "Commerce and services"),
        now("60", "生产和运输设备操作人员", "Production and transport"),
        now("80", "军人", "Military"),
        now("90", "其他人员", "Other"),
    ],
};

/// 学历, national employment reporting codes (two digits).
pub const DEGREE: Table = Table {
    id: "degree",
    title: "学历",
    rows: &[
        now("01", "博士生毕业", "Doctorate"),
        now("03", "博士生结业", "Doctoral study completed"),
        now("11", "硕士生毕业", "Master"),
        now("13", "硕士生结业", "Master's study completed"),
        now("25", "二学位毕业", "Second bachelor"),
        now("26", "二学位结业", "Second bachelor's study completed"),
        now("31", "本科生毕业", "Bachelor"),
        now("33", "本科生结业", "Bachelor's study completed"),
        now("41", "专科生毕业", "Junior college"),
        now("43", "专科生结业", "Junior college study completed"),
    ],
};

/// 培养方式, national employment reporting codes.
pub const TRAINING_MODE: Table = Table {
    id: "training_mode",
    title: "培养方式",
    rows: &[
        now("1", "非定向", "Not bound"),
        now("2", "定向", "Bound to a region or trade"),
        now("3", "在职", "In service"),
        now("4", "委培", "Trained for an employer"),
        now("5", "自筹", "Self-funded"),
    ],
};

/// 政治面貌, GB/T 4762.
pub const POLITICAL_STATUS: Table = Table {
    id: "political_status",
    title: "政治面貌",
    rows: &[
        now("01", "中共党员", ""),
        now("02", "中共预备党员", ""),
        now("03", "共青团员", ""),
        now("04", "民革党员", ""),
        now("05", "民盟盟员", ""),
        now("06", "民建会员", ""),
        now("07", "民进会员", ""),
        now("08", "农工党党员", ""),
        now("09", "致公党党员", ""),
        now("10", "九三学社社员", ""),
        now("11", "台盟盟员", ""),
        now("12", "无党派人士", ""),
        now("13", "群众", ""),
    ],
};

macro_rules! plain { ($($code:literal $name:literal),* $(,)?) => { &[$(now($code, $name, "")),*] } }

/// 民族, GB/T 3304.
pub const ETHNICITY: Table = Table {
    id: "ethnicity",
    title: "民族",
    rows: plain![
        "01" "汉族", "02" "蒙古族", "03" "回族", "04" "藏族", "05" "维吾尔族", "06" "苗族", "07" "彝族",
        "08" "壮族", "09" "布依族", "10" "朝鲜族", "11" "满族", "12" "侗族", "13" "瑶族", "14" "白族",
        "15" "土家族", "16" "哈尼族", "17" "哈萨克族", "18" "傣族", "19" "黎族", "20" "傈僳族", "21" "佤族",
        "22" "畲族", "23" "高山族", "24" "拉祜族", "25" "水族", "26" "东乡族", "27" "纳西族", "28" "景颇族",
        "29" "柯尔克孜族", "30" "土族", "31" "达斡尔族", "32" "仫佬族", "33" "羌族", "34" "布朗族",
        "35" "撒拉族", "36" "毛南族", "37" "仡佬族", "38" "锡伯族", "39" "阿昌族", "40" "普米族",
        "41" "塔吉克族", "42" "怒族", "43" "乌孜别克族", "44" "俄罗斯族", "45" "鄂温克族", "46" "德昂族",
        "47" "保安族", "48" "裕固族", "49" "京族", "50" "塔塔尔族", "51" "独龙族", "52" "鄂伦春族",
        "53" "赫哲族", "54" "门巴族", "55" "珞巴族", "56" "基诺族", "97" "其他", "98" "外国血统",
    ],
};

/// 省级行政区划, GB/T 2260, written with six digits.
pub const PROVINCE: Table = Table {
    id: "province",
    title: "省份",
    rows: &[
        now("110000", "北京", "Beijing"),
        now("120000", "天津", "Tianjin"),
        now("130000", "河北", "Hebei"),
        now("140000", "山西", "Shanxi"),
        now("150000", "内蒙古", "Inner Mongolia"),
        now("210000", "辽宁", "Liaoning"),
        now("220000", "吉林", "Jilin"),
        now("230000", "黑龙江", "Heilongjiang"),
        now("310000", "上海", "Shanghai"),
        now("320000", "江苏", "Jiangsu"),
        now("330000", "浙江", "Zhejiang"),
        now("340000", "安徽", "Anhui"),
        now("350000", "福建", "Fujian"),
        now("360000", "江西", "Jiangxi"),
        now("370000", "山东", "Shandong"),
        now("410000", "河南", "Henan"),
        now("420000", "湖北", "Hubei"),
        now("430000", "湖南", "Hunan"),
        now("440000", "广东", "Guangdong"),
        now("450000", "广西", "Guangxi"),
        now("460000", "海南", "Hainan"),
        now("500000", "重庆", "Chongqing"),
        now("510000", "四川", "Sichuan"),
        now("520000", "贵州", "Guizhou"),
        now("530000", "云南", "Yunnan"),
        now("540000", "西藏", "Tibet"),
        now("610000", "陕西", "Shaanxi"),
        now("620000", "甘肃", "Gansu"),
        now("630000", "青海", "Qinghai"),
        now("640000", "宁夏", "Ningxia"),
        now("650000", "新疆", "Xinjiang"),
        now("710000", "台湾", "Taiwan"),
        now("810000", "香港", "Hong Kong"),
        now("820000", "澳门", "Macao"),
    ],
};

/// 解约原因: the reasons that schools' systems list (`domain.md` §1.5); the codes are our own.
pub const TERMINATION_REASON: Table = Table {
    id: "termination_reason",
    title: "解约原因",
    rows: &[
        now("further_study", "继续深造", "Further study"),
        now(
            "public_service",
            "被录用为公务员或事业单位工作人员",
            "Recruited to public service",
        ),
        now("military", "应征入伍", "Military service"),
        now("abroad", "出国（境）", "Going abroad"),
        now("family", "家庭原因", "Family reasons"),
        now("health", "身体原因", "Health reasons"),
        now(
            "conditions",
            "单位承诺的条件无法兑现",
            "Promised conditions not met",
        ),
        now(
            "business",
            "单位经营发生问题",
            "The employer's business is in trouble",
        ),
        now("employer_breach", "单位违约", "Breach by the employer"),
        now("not_graduated", "未能如期毕业", "Did not graduate in time"),
        now("mutual", "双方协商一致", "By mutual consent"),
        now("other", "其他", "Other"),
    ],
};

/// The degree that somebody wrote in a spreadsheet: a code, an official name, one of the three-digit
/// codes of a provincial variant, or one of the short names in common use.
pub fn degree_from_text(text: &str) -> Option<&'static Code> {
    if let Some(found) = DEGREE.find_by_name(text) {
        return Some(found);
    }
    let wanted: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let code = match wanted.as_str() {
        "博士" | "博士生" | "博士研究生" | "博士研究生毕业" | "101" => "01",
        "硕士" | "硕士生" | "研究生" | "硕士研究生" | "硕士研究生毕业" | "111" => "11",
        "二学位" | "第二学士学位" | "双学位" | "231" => "25",
        "本科" | "本科生" | "大学本科" | "本科毕业" | "341" => "31",
        "专科" | "专科生" | "大专" | "高职" | "高职高专" | "大学专科" | "专科毕业" | "361" => {
            "41"
        }
        _ => return None,
    };
    DEGREE.find(code)
}

/// The level digit of an agreement's number (§2.5): 1 doctorate, 2 master, 3 bachelor, 4 junior college.
pub fn degree_level(code: &str) -> Option<u8> {
    match code {
        "01" | "03" => Some(1),
        "11" | "13" => Some(2),
        "25" | "26" | "31" | "33" => Some(3),
        "41" | "43" => Some(4),
        _ => None,
    }
}

/// Whether this way of training binds the student to somebody already, so that no agreement may
/// be signed (§2.4 A: 定向 and 委培).
pub fn bound_by_training(code: &str) -> bool {
    matches!(code, "2" | "4")
}
