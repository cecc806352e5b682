//! What a résumé says: the parts that a student fills in.

use serde::{Deserialize, Serialize};

/// The parts of a résumé, as they are stored; a part that was left out is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResumeBody {
    /// 求职意向.
    pub objective: String,
    /// 教育经历.
    pub education: String,
    /// 实习与项目经历.
    pub experience: String,
    /// 技能与证书.
    pub skills: String,
    /// 获奖情况.
    pub awards: String,
    /// 自我评价.
    pub about: String,
}

impl ResumeBody {
    /// The most characters of a part.
    pub const MOST: usize = 2000;

    /// The parts by name, in the order of the page.
    pub fn parts(&self) -> [(&'static str, &str); 6] {
        [
            ("objective", &self.objective),
            ("education", &self.education),
            ("experience", &self.experience),
            ("skills", &self.skills),
            ("awards", &self.awards),
            ("about", &self.about),
        ]
    }
}
