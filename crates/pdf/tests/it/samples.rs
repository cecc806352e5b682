//! Sheets to set in type: an ordinary one, and one as long as the rules allow.

use domain::document::{
    Clause, Confirmation, EmployerPart, Opinion, Opinions, Png, Rendition, Row, SchoolPart, Section, Sheet,
    Signer, StudentPart,
};
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An agreement in force between a technology firm and a bachelor.
pub fn effective() -> Sheet {
    Sheet {
        rendition: Rendition::Effective,
        number: Some("20261035930001234K".into()),
        graduation_year: 2027,
        employer: employer(),
        student: student(),
        school: school(),
        logo: None,
        terms: terms(),
        clauses: clauses(),
        supplementary: vec![
            extra("甲方为乙方提供首月住宿，费用由甲方承担。"),
            extra("乙方在读期间可到甲方实习，实习待遇另行约定。"),
        ],
        opinions: opinions(),
        verify_url: Some("https://sanfang.example/v/7Kq2mPz4Rt9sWx3yBvN6Lc".into()),
        signing_method: Some(
            "各方以本系统账号经口令登录、逐条确认并再次验证口令的方式签署，约定与书面签署具有同等效力。"
                .into(),
        ),
        content_hash: Some("9f2c64a1d0b37e5588c1f4a2e6703bd915ac48e07d2f6b3190ce57a8d4162f3b".into()),
        effective_at: Some(at("2026-11-25T02:16:00Z")),
        dated: at("2026-11-25T02:16:00Z"),
    }
}

/// The same while it is being written: nothing signed, nothing numbered.
pub fn draft() -> Sheet {
    let mut sheet = effective();
    sheet.rendition = Rendition::Draft;
    sheet.number = None;
    sheet.verify_url = None;
    sheet.effective_at = None;
    sheet.signing_method = None;
    sheet.opinions = Opinions::default();
    sheet.supplementary.clear();
    sheet.student.exam_no = None;
    sheet.student.email = None;
    for clause in &mut sheet.clauses {
        clause.confirmed.clear();
    }
    sheet
}

/// As long as the rules allow: names, clauses, reasons.
pub fn long() -> Sheet {
    let mut sheet = effective();
    sheet.employer.name = "中国某某新能源科技（集团）股份有限公司"
        .chars()
        .cycle()
        .take(200)
        .collect();
    sheet.employer.address = Some(
        "解放北路街道团结路社区第十二网格"
            .chars()
            .cycle()
            .take(200)
            .collect(),
    );
    sheet.employer.email = Some(format!("{}@example.cn", "recruitment.department".repeat(4)));
    sheet.student.name = "买买提·吐尔逊江·阿卜杜热西提·艾合买提江·麦麦提依明·阿布都克里木".into();
    sheet.student.major = Some("马克思主义中国化研究（思想政治教育与中华民族共同体建设方向）".into());
    sheet.supplementary = (1..=20)
        .map(|number| {
            let text = format!("第{number}项补充约定，甲乙双方就岗位、报酬、住房与培训另行商定如下，");
            let mut clause = extra(&text.chars().cycle().take(500).collect::<String>());
            clause.confirmed = confirmed();
            clause
        })
        .collect();
    let reason: String = "经院系核实，学生本人知晓并同意全部条款，"
        .chars()
        .cycle()
        .take(200)
        .collect();
    sheet.opinions.college = Some(opinion(&reason, "欧阳明德", "2026-11-24T01:05:00Z", None));
    sheet
}

/// A logo of 24 × 8 pixels: blue, and red at half strength.
pub fn logo() -> Png {
    let digits = [
        "89504e470d0a1a0a0000000d4948445200000018000000080806000000e3a13f630000001d494441",
        "5478da639009d9f49f147c4043a38114cc306ac1a80583df0200e7eb6270d150636e000000004945",
        "4e44ae426082",
    ]
    .concat();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    Png((0..digits.len()).step_by(2).map(byte).collect())
}

fn employer() -> EmployerPart {
    EmployerPart {
        name: "北京云帆智造科技有限公司".into(),
        uscc: Some("91110108MA01ABCD2X".into()),
        nature: Some("其他企业".into()),
        industry: Some("信息传输、软件和信息技术服务业".into()),
        scale: Some("100–499 人".into()),
        region: Some("北京市海淀区".into()),
        address: Some("中关村大街 1 号院 2 号楼 18 层".into()),
        postcode: Some("100080".into()),
        legal_person: Some("周立群".into()),
        contact: Some("李思远".into()),
        phone: Some("010-12345678".into()),
        email: Some("hr@yunfan.example".into()),
        personnel_authority: Some(false),
    }
}

fn student() -> StudentPart {
    StudentPart {
        name: "张晓雯".into(),
        gender: Some("女".into()),
        student_no: Some("2023010001".into()),
        exam_no: Some("23110101150001".into()),
        id_no: Some("11010120050301124X".into()),
        degree: Some("本科".into()),
        major: Some("计算机科学与技术".into()),
        college: Some("计算机科学与工程学院".into()),
        class_name: Some("计科 2301 班".into()),
        training_mode: Some("非定向".into()),
        phone: Some("13800000000".into()),
        email: Some("zhangxw@example.edu.cn".into()),
    }
}

fn school() -> SchoolPart {
    SchoolPart {
        name: "示例大学".into(),
        code: Some("10359".into()),
        contact: Some("就业指导中心 王敏".into()),
        phone: Some("010-87654321".into()),
        address: Some("北京市朝阳区学院路 100 号".into()),
        postcode: Some("100083".into()),
    }
}

fn section(title: &str, rows: Vec<Row>) -> Section {
    Section {
        title: title.into(),
        rows,
    }
}

fn terms() -> Vec<Section> {
    let mut terms = work();
    terms.extend(consequences());
    terms
}

fn work() -> Vec<Section> {
    vec![
        section(
            "岗位与地点",
            vec![
                Row::text("工作岗位", Some("后端开发工程师")),
                Row::text("职位类别", Some("工程技术人员")),
                Row::text("工作地点", Some("北京市海淀区")),
                Row::text("专业对口", Some("是")),
                Row::text("用工单位", None::<String>),
            ],
        ),
        section(
            "期限",
            vec![
                Row::text("拟签劳动合同期限", Some("固定期限 36 个月")),
                Row::text("服务期", None::<String>),
                Row::text("试用期", Some("3 个月")),
                Row::text("报到时间", Some("2027-07-01 至 2027-07-15")),
                Row::text(
                    "报到地点",
                    Some("北京市海淀区中关村大街 1 号院 2 号楼一层人力资源服务大厅"),
                ),
            ],
        ),
        section(
            "劳动报酬",
            vec![
                Row::money("试用期月薪（税前）", Some(1_205_030)),
                Row::money("转正后月薪（税前）", Some(1_500_000)),
                Row::text(
                    "福利待遇",
                    Some("按国家规定缴纳五险一金；每月住房补贴 1,500 元；工作日提供午餐。"),
                ),
            ],
        ),
    ]
}

fn consequences() -> Vec<Section> {
    vec![
        section(
            "档案、户口与党团关系",
            vec![
                Row::text("档案接收", Some("托管单位接收")),
                Row::text("档案接收单位", Some("北京市海淀区人才服务中心")),
                Row::text("户口迁移", Some("不迁")),
                Row::text("户口迁移地址", None::<String>),
                Row::text("党团关系接收", None::<String>),
            ],
        ),
        section(
            "违约责任",
            vec![
                Row::money("甲方违约金", Some(500_000)),
                Row::money("乙方违约金", Some(500_000)),
                Row::text(
                    "免责情形",
                    Some("升学；录用为公务员；应征入伍；未取得毕业资格；不可抗力"),
                ),
            ],
        ),
    ]
}

fn clauses() -> Vec<Clause> {
    let texts = [
        (
            "如实告知与报到",
            "乙方应当如实向甲方介绍自己的情况，了解甲方的使用意图，并在约定的时间内到甲方报到。因特殊情况不能按时报到的，应当事先征得甲方同意。",
        ),
        (
            "接收与毕业资格",
            "甲方应当如实介绍本单位的情况和对毕业生的要求，做好接收工作。乙方取得毕业资格的，甲方不得以学习成绩为由违约；乙方未取得毕业资格的，本协议无效。",
        ),
        (
            "学校的职责",
            "学校应当如实向甲方介绍乙方的情况，做好推荐与毕业去向登记工作，对本协议予以鉴证。",
        ),
        (
            "劳动合同",
            "甲方应当自用工之日起一个月内与乙方订立书面劳动合同。劳动合同中的岗位、期限、试用期与劳动报酬应当与本协议的约定一致。",
        ),
        (
            "违约责任",
            "任何一方违反本协议的，按约定的金额向对方支付违约金。属于约定的免责情形的，乙方应当自知悉之日起十个工作日内书面通知甲方，双方互不承担违约责任。",
        ),
        (
            "变更与终止",
            "本协议的变更须经各方同意。乙方到甲方报到并订立劳动合同后，本协议自行终止。",
        ),
        (
            "争议的解决",
            "履行本协议发生争议的，由甲乙双方协商解决；协商不成的，可以申请调解，或者依法申请仲裁、提起诉讼。",
        ),
        (
            "电子文本与送达",
            "各方约定使用电子签名订立本协议。电子文本与纸质文本具有同等效力，真伪与现时状态以核验结果为准。\n各方以本协议载明的联系方式为有效送达地址。",
        ),
        (
            "个人信息",
            "甲方取得的乙方个人信息只用于录用和办理接收手续；学校依照规定向教育主管部门报送就业信息。",
        ),
    ];
    texts
        .into_iter()
        .map(|(title, body)| Clause {
            title: Some(title.into()),
            body: body.into(),
            confirmed: confirmed(),
        })
        .collect()
}

fn extra(body: &str) -> Clause {
    Clause {
        title: None,
        body: body.into(),
        confirmed: confirmed(),
    }
}

fn confirmed() -> Vec<Confirmation> {
    vec![
        Confirmation {
            signer: Signer::Employer,
            name: "李思远".into(),
            at: at("2026-11-20T02:30:00Z"),
        },
        Confirmation {
            signer: Signer::Student,
            name: "张晓雯".into(),
            at: at("2026-11-22T11:48:00Z"),
        },
    ]
}

fn opinions() -> Opinions {
    let method = Some("账号口令登录，再次验证口令");
    Opinions {
        employer: Some(opinion(
            "同意录用，并已逐条确认本协议。",
            "李思远",
            "2026-11-20T02:31:00Z",
            method,
        )),
        student: Some(opinion(
            "自愿应约，并已逐条确认本协议。",
            "张晓雯",
            "2026-11-22T11:50:00Z",
            method,
        )),
        college: Some(opinion(
            "审核通过。",
            "陈建国",
            "2026-11-24T01:05:00Z",
            Some("账号口令登录"),
        )),
        school: Some(opinion(
            "审核通过，同意鉴证。",
            "王敏",
            "2026-11-25T02:16:00Z",
            Some("账号口令登录"),
        )),
    }
}

fn opinion(text: &str, name: &str, when: &str, method: Option<&str>) -> Opinion {
    Opinion {
        text: text.into(),
        name: name.into(),
        at: at(when),
        method: method.map(Into::into),
    }
}
