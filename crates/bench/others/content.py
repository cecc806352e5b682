"""The content of a document, as every program here prints it: the same words as Sanfang's own form."""

import json
from dataclasses import dataclass

TITLE = "普通高等学校毕业生就业协议书"
EMPLOYER = [("单位名称", "name"), ("统一社会信用代码", "uscc"), ("法定代表人", "legal_person"),
            ("单位性质", "nature"), ("所属行业", "industry"), ("单位规模", "scale"), ("联系人", "contact"),
            ("联系电话", "phone"), ("电子邮箱", "email"), ("邮政编码", "postcode"), ("通讯地址", "address")]
STUDENT = [("姓名", "name"), ("性别", "gender"), ("证件号码", "id_no"), ("学历", "degree"), ("学号", "student_no"),
           ("考生号", "exam_no"), ("院系", "college"), ("专业", "major"), ("班级", "class_name"),
           ("培养方式", "training_mode"), ("联系电话", "phone"), ("电子邮箱", "email")]
SCHOOL = [("学校名称", "name"), ("学校代码", "code"), ("联系人", "contact"), ("联系电话", "phone"),
          ("通讯地址", "address"), ("邮政编码", "postcode")]
SIGNERS = [("employer", "甲方（用人单位）意见"), ("student", "乙方（毕业生）意见"), ("college", "院系意见"),
           ("school", "学校就业部门意见")]


@dataclass
class Content:
    """A document's words: tables as (heading, rows of label and value), then paragraphs."""

    number: str
    year: str
    url: str
    digest: str
    tables: list
    clauses: list
    opinions: list
    method: str
    student: str


def variant(sheet: dict, n: int) -> Content:
    """The n-th document: another name, number and hash each time, as different people have."""
    name = "赵钱孙李周吴郑王冯陈"[n % 10] + "晓伟敏静磊洋艳勇杰娟"[n // 10 % 10] + "明华国平文志建云海春"[n // 100 % 10]
    number = f"2027{n:014d}"
    part = lambda fields, of: [(label, str(of.get(key) or "/")) for label, key in fields]
    tables = [("甲方 用人单位", part(EMPLOYER, sheet["employer"])),
              ("乙方 毕业生", part(STUDENT, {**sheet["student"], "name": name})),
              ("鉴证方 学校", part(SCHOOL, sheet["school"]))]
    for section in sheet["terms"]:
        tables.append((section["title"], [(row["label"], row["value"] or "/") for row in section["rows"]]))
    clauses = []
    for at, clause in enumerate(sheet["clauses"] + sheet["supplementary"]):
        who = "　".join(f"{one['name']} {one['at'][:16]}" for one in clause["confirmed"])
        clauses.append((f"第{at + 1}条　{clause['title'] or ''}", clause["body"], who))
    opinions = []
    for key, title in SIGNERS:
        said = sheet["opinions"][key] or {"text": "/", "name": "/", "at": "/", "method": None}
        lines = [said["name"], said.get("method") or "", said["at"][:16], f"No. {number}"]
        opinions.append((title, said["text"], [line for line in lines if line]))
    return Content(number=number, year=f"{sheet['graduation_year']} 届", url=f"{sheet['verify_url'] or ''}{n:06d}",
                   digest=f"{n:064x}", tables=tables, clauses=clauses, opinions=opinions,
                   method=sheet["signing_method"] or "", student=name)


def load(path: str) -> dict:
    """The sheet that Sanfang prints, as it wrote it out."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)
