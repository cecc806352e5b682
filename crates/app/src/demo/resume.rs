//! What students write about themselves: a résumé is a JSON object of texts with the keys of the form
//! (`objective`, `education`, `experience`, `skills`, `awards`, `about`).

use super::random::Seeded;
use serde_json::{Value, json};

/// Whose résumé.
pub struct About<'a> {
    /// School.
    pub school: &'a str,
    /// College.
    pub college: &'a str,
    /// Major.
    pub major: &'a str,
    /// 学历, a code.
    pub degree: &'a str,
    /// Graduation year.
    pub year: i32,
}

/// The pieces for a group of majors: wishes, experiences, skills.
struct Pieces {
    wishes: [&'static str; 3],
    experiences: [&'static str; 3],
    skills: [&'static str; 2],
}

const TECHNICAL: Pieces = Pieces {
    wishes: [
        "软件开发或测试岗位，江城优先",
        "研发类岗位，接受出差",
        "技术支持、实施或研发岗位",
    ],
    experiences: [
        "课程项目：用 Rust 和 PostgreSQL 实现图书借阅系统，负责数据模型和接口，四人小组。\n实习：在江城一家软件公司测试部实习三个月，编写自动化用例 120 条。",
        "毕业设计：城市公交到站时间预测，处理约 200 万条记录，平均误差 1.6 分钟。\n校电子设计竞赛小组成员，负责单片机程序。",
        "实验室助理：维护学院教学服务器两年。\n暑期实践：为社区医院做预约登记小程序，已投入使用。",
    ],
    skills: [
        "熟悉 Python、Rust 和 SQL，能阅读英文技术资料；大学英语六级 512 分",
        "熟悉 C、Linux 与常用网络协议，会用 Git 协作；计算机三级",
    ],
};

const ENGINEERING: Pieces = Pieces {
    wishes: [
        "机械设计或工艺岗位",
        "车辆、轨道交通相关技术岗位",
        "材料与光电方向的工艺、质量岗位",
    ],
    experiences: [
        "生产实习：在汽车零部件企业装配车间实习八周，完成夹具改进建议两份，一份被采用。\n校方程式车队悬架组成员。",
        "毕业设计：薄壁件注塑工艺参数优化，废品率由 6.2 % 降到 3.8 %。\n金工实习优秀学员。",
        "科研训练：参与导师课题中的样品制备和显微测试，整理实验记录 60 余份。",
    ],
    skills: [
        "熟练使用 SolidWorks、AutoCAD，了解有限元分析；大学英语四级",
        "会操作扫描电镜和万能试验机，熟悉质量管理七种工具；大学英语六级",
    ],
};

const HUMANITIES: Pieces = Pieces {
    wishes: [
        "教师岗位，愿意从班主任做起",
        "文字编辑、新媒体运营岗位",
        "财务、人事或行政岗位",
    ],
    experiences: [
        "教育实习：在东湖区一所中学实习一学期，独立授课 24 节，担任见习班主任。\n支教：暑期乡村支教四周。",
        "校报编辑部两年，采写稿件 40 余篇，负责公众号排版。\n家教经验一年。",
        "实习：在会计师事务所参与年报审计两个月，负责凭证抽查和往来函证。\n学院学生会办公室负责人。",
    ],
    skills: [
        "普通话二级甲等，教师资格证（高级中学）；熟练使用办公软件",
        "初级会计职称，英语专业四级；熟悉 Excel 透视表和数据核对",
    ],
};

const AWARDS: [&str; 5] = [
    "国家励志奖学金（一次）",
    "校一等奖学金（两次）、优秀学生干部",
    "省级大学生创新创业训练项目结题优秀",
    "全国大学生数学建模竞赛省二等奖",
    "",
];
const ABOUT: [&str; 5] = [
    "做事踏实，答应的事会做完。喜欢长跑，坚持三年。",
    "善于把复杂的事讲清楚，也愿意听别人讲。",
    "性格安静，耐心细致，适合需要反复核对的工作。",
    "喜欢和人打交道，组织过百人规模的活动。",
    "学习新东西比较快，不懂会问。",
];

fn pieces(college: &str) -> &'static Pieces {
    match college {
        "信息工程学院" | "数学与统计学院" => &TECHNICAL,
        "机械与车辆学院" | "材料科学与工程学院" => &ENGINEERING,
        _ => &HUMANITIES,
    }
}

/// The texts of a résumé.
pub fn body(rng: &Seeded, about: &About<'_>) -> Value {
    let pieces = pieces(about.college);
    let (years, degree) = match about.degree {
        "01" => (4, "博士研究生"),
        "11" => (3, "硕士研究生"),
        _ => (4, "本科"),
    };
    let rank = rng.between(3, 40);
    json!({
        "objective": rng.pick(&pieces.wishes),
        "education": format!(
            "{}.09–{}.06  {} {} {}（{degree}）\n专业排名前 {rank} %",
            about.year - years, about.year, about.school, about.college, about.major
        ),
        "experience": rng.pick(&pieces.experiences),
        "skills": rng.pick(&pieces.skills),
        "awards": rng.pick(&AWARDS),
        "about": rng.pick(&ABOUT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resume_has_the_fields_of_the_form_and_none_is_too_long() {
        let about = About {
            school: "江城理工大学",
            college: "信息工程学院",
            major: "软件工程",
            degree: "31",
            year: 2027,
        };
        let body = body(&Seeded::new("resume"), &about);
        let fields = body.as_object().unwrap();
        for key in [
            "objective",
            "education",
            "experience",
            "skills",
            "awards",
            "about",
        ] {
            assert!(fields[key].as_str().unwrap().chars().count() <= 2000, "{key}");
        }
        assert_eq!(fields.len(), 6);
    }
}
