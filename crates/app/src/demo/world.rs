//! The invented places: schools with their colleges, employers with their positions.

/// A school.
pub struct School {
    /// 院校代码.
    pub code: &'static str,
    /// Full name.
    pub name: &'static str,
    /// Short name.
    pub short_name: &'static str,
    /// Begins the logins of its staff.
    pub prefix: &'static str,
    /// Address.
    pub address: &'static str,
    /// Students of the coming graduation year and of the one before.
    pub students: [usize; 2],
    /// Colleges.
    pub colleges: &'static [College],
    /// Its staff.
    pub staff: [(&'static str, &'static str); 2],
    /// Reviewers: login, name, and the colleges by their place in the list.
    pub reviewers: &'static [(&'static str, &'static str, &'static [usize])],
    /// Parameters other than the defaults: name and value as JSON.
    pub params: &'static [(&'static str, &'static str)],
}

/// A college.
pub struct College {
    /// Its name.
    pub name: &'static str,
    /// Its majors with the short name that classes carry.
    pub majors: &'static [(&'static str, &'static str)],
}

/// The two schools. The second shows what a school may decide otherwise.
pub const SCHOOLS: [School; 2] = [
    School {
        code: "10999",
        name: "江城理工大学",
        short_name: "江城理工",
        prefix: "jclg",
        address: "江城市高新区明德路 1 号",
        students: [210, 60],
        colleges: &[
            College {
                name: "信息工程学院",
                majors: &[
                    ("计算机科学与技术", "计科"),
                    ("软件工程", "软件"),
                    ("通信工程", "通信"),
                ],
            },
            College {
                name: "机械与车辆学院",
                majors: &[("机械设计制造及其自动化", "机械"), ("车辆工程", "车辆")],
            },
            College {
                name: "材料科学与工程学院",
                majors: &[("材料成型及控制工程", "材料"), ("光电信息科学与工程", "光电")],
            },
            College {
                name: "经济管理学院",
                majors: &[("会计学", "会计"), ("工商管理", "工商"), ("金融学", "金融")],
            },
            College {
                name: "外国语学院",
                majors: &[("英语", "英语"), ("翻译", "翻译")],
            },
        ],
        staff: [("jclg-zx1", "周慧敏"), ("jclg-zx2", "程立群")],
        reviewers: &[
            ("jclg-xx", "何文博", &[0]),
            ("jclg-jx", "田建国", &[1]),
            ("jclg-cl", "苏晓芸", &[2]),
            ("jclg-jw", "范雅琴", &[3, 4]),
        ],
        params: &[],
    },
    School {
        code: "19999",
        name: "东湖师范大学",
        short_name: "东湖师大",
        prefix: "dhsf",
        address: "江城市东湖区弘文路 99 号",
        students: [105, 30],
        colleges: &[
            College {
                name: "教育学院",
                majors: &[("学前教育", "学前"), ("小学教育", "小教")],
            },
            College {
                name: "文学院",
                majors: &[("汉语言文学", "汉语言"), ("新闻学", "新闻")],
            },
            College {
                name: "数学与统计学院",
                majors: &[("数学与应用数学", "数学"), ("统计学", "统计")],
            },
            College {
                name: "音乐学院",
                majors: &[("音乐学", "音乐")],
            },
        ],
        staff: [("dhsf-zx1", "罗诗涵"), ("dhsf-zx2", "潘志远")],
        reviewers: &[
            ("dhsf-jy", "蒋静怡", &[0, 3]),
            ("dhsf-wx", "沈逸凡", &[1]),
            ("dhsf-st", "陆明哲", &[2]),
        ],
        params: &[
            ("discovery", "\"applied\""),
            ("employer_may_terminate", "true"),
            ("reply_days", "7"),
            ("termination_college_review", "false"),
        ],
    },
];

/// How far an employer's entry to a school has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It never asked.
    No,
    /// Approved.
    Yes,
    /// Waiting.
    Waiting,
    /// Sent back.
    Back,
}

/// A position: title, 职位类别, and the monthly pay from and to, in hundreds of yuan.
pub type Position = (&'static str, &'static str, i64, i64);

/// An employer.
pub struct Employer {
    /// Name, as registered.
    pub name: &'static str,
    /// Login of its main account, and the domain of its mail.
    pub login: &'static str,
    /// The person behind the main account.
    pub contact: &'static str,
    /// 单位性质, 单位行业, 单位规模.
    pub codes: [&'static str; 3],
    /// Province and place.
    pub place: (&'static str, &'static str),
    /// Whether it may keep personal files.
    pub files: bool,
    /// Its entry to each school.
    pub entry: [Entry; 2],
    /// What it offers.
    pub positions: &'static [Position],
}

/// The employers: ten that may sign, one that waits for its entry, one whose request came back.
pub const EMPLOYERS: [Employer; 12] = [
    Employer {
        name: "江城云图软件有限公司",
        login: "yuntu",
        contact: "林思齐",
        codes: ["39", "34", "4"],
        place: ("420000", "江城市高新区软件园路 18 号"),
        files: false,
        entry: [Entry::Yes, Entry::Yes],
        positions: &[
            ("后端开发工程师", "13", 90, 150),
            ("前端开发工程师", "13", 85, 140),
            ("测试工程师", "13", 75, 110),
            ("产品运营专员", "21", 65, 90),
        ],
    },
    Employer {
        name: "江城轨道交通集团有限公司",
        login: "guidao",
        contact: "高建平",
        codes: ["31", "32", "5"],
        place: ("420000", "江城市江岸区长堤路 200 号"),
        files: true,
        entry: [Entry::Yes, Entry::No],
        positions: &[
            ("信号技术员", "13", 70, 85),
            ("车辆检修工程师", "13", 72, 95),
            ("财务专员", "21", 60, 75),
        ],
    },
    Employer {
        name: "东湖光电科技股份有限公司",
        login: "guangdian",
        contact: "邹雅琳",
        codes: ["39", "22", "5"],
        place: ("420000", "江城市东湖区光谷二路 66 号"),
        files: true,
        entry: [Entry::Yes, Entry::Yes],
        positions: &[
            ("光学工程师", "13", 95, 140),
            ("工艺工程师", "13", 80, 110),
            ("人力资源专员", "30", 60, 80),
        ],
    },
    Employer {
        name: "中部电力设计研究院有限公司",
        login: "dianli",
        contact: "秦守正",
        codes: ["31", "38", "4"],
        place: ("420000", "江城市武胜区民主路 7 号"),
        files: true,
        entry: [Entry::Yes, Entry::No],
        positions: &[("结构设计助理", "13", 80, 100), ("通信设计工程师", "13", 85, 110)],
    },
    Employer {
        name: "东湖实验中学",
        login: "dhzx",
        contact: "孟清秋",
        codes: ["22", "42", "3"],
        place: ("420000", "江城市东湖区书院街 12 号"),
        files: true,
        entry: [Entry::No, Entry::Yes],
        positions: &[
            ("初中数学教师", "24", 70, 90),
            ("初中语文教师", "24", 70, 90),
            ("音乐教师", "24", 65, 80),
        ],
    },
    Employer {
        name: "博文出版传媒有限公司",
        login: "bowen",
        contact: "叶知秋",
        codes: ["31", "44", "3"],
        place: ("430000", "星城市岳麓区文艺路 5 号"),
        files: false,
        entry: [Entry::No, Entry::Yes],
        positions: &[("图书编辑", "27", 60, 80), ("新媒体编辑", "27", 60, 85)],
    },
    Employer {
        name: "安远财产保险股份有限公司江城分公司",
        login: "anyuan",
        contact: "钟美玲",
        codes: ["39", "35", "4"],
        place: ("420000", "江城市江岸区金融街 88 号"),
        files: false,
        entry: [Entry::Yes, Entry::Yes],
        positions: &[
            ("核保专员", "22", 65, 85),
            ("数据分析师", "22", 80, 120),
            ("理赔查勘员", "40", 60, 75),
        ],
    },
    Employer {
        name: "赛凡精密机械（江城）有限公司",
        login: "saifan",
        contact: "贾博远",
        codes: ["32", "22", "3"],
        place: ("420000", "江城市经开区东风大道 301 号"),
        files: false,
        entry: [Entry::Yes, Entry::No],
        positions: &[
            ("机械设计工程师", "13", 85, 120),
            ("海外市场专员（英语）", "21", 75, 100),
        ],
    },
    Employer {
        name: "绿野生态农业开发有限责任公司",
        login: "lvye",
        contact: "石大川",
        codes: ["39", "11", "2"],
        place: ("360000", "赣江市新建区丰收大道 2 号"),
        files: false,
        entry: [Entry::Yes, Entry::Yes],
        positions: &[("品牌策划专员", "21", 55, 70), ("电商运营", "40", 55, 80)],
    },
    Employer {
        name: "启航人力资源服务有限公司",
        login: "qihang",
        contact: "白晓彤",
        codes: ["39", "37", "2"],
        place: ("420000", "江城市高新区创业街 9 号"),
        files: true,
        entry: [Entry::Yes, Entry::No],
        positions: &[
            ("客户经理（派驻）", "40", 58, 75),
            ("行政助理（派驻）", "30", 52, 65),
        ],
    },
    Employer {
        name: "鼎新建筑工程有限公司",
        login: "dingxin",
        contact: "熊立峰",
        codes: ["39", "24", "3"],
        place: ("420000", "江城市武胜区建设路 30 号"),
        files: false,
        entry: [Entry::Waiting, Entry::No],
        positions: &[("施工员", "13", 65, 85)],
    },
    Employer {
        name: "晨光教育咨询有限公司",
        login: "chenguang",
        contact: "韦佳宁",
        codes: ["39", "42", "1"],
        place: ("420000", "江城市东湖区梧桐街 3 号"),
        files: false,
        entry: [Entry::Back, Entry::Waiting],
        positions: &[("课程顾问", "40", 55, 80)],
    },
];
