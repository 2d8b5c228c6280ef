"""What may be shown of a person: masks for lists and notices, and what a notice may never say (domain.md 6.1, 6.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: Surnames of two characters that are still met (百家姓 and 第七次人口普查).
_COMPOUND = frozenset(
    re.split(
        r"\s+",
        "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 宇文 "
        "长孙 司徒 司空 鲜于 闻人 独孤 南宫 轩辕 端木 百里 呼延 东郭 "
        "南门 西门 濮阳 淳于 单于 太史 申屠 公冶 宗政 赫连 钟离 澹台 "
        "仲孙 第五 左丘 拓跋 万俟 完颜 纳兰 哥舒 段干 梁丘 东门 公羊 "
        "公良 谷梁 漆雕 乐正 壤驷 巫马 羊舌 微生 子车 颛孙 亓官 司寇",
    )
)


def surname(name: str) -> str:
    """The surname of a Chinese name, compound ones whole; otherwise the first character."""
    name = _squeezed(name)
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND else name[:1]


#: What stands in the place of a sealed file's name: a word and the end of an id.
_SEALED_CODE = re.compile(r"涉密件[0-9A-Z]{8}")


def sealed_code(of: str) -> str:
    """What a sealed file, or a sealed case, is called outside its own record (6.1): 涉密件 and the end of its id."""
    return f"涉密件{of[-8:].upper()}"


def mask_child_name(name: str) -> str:
    """张某某, 欧阳某某: whatever the length of the name. The code of a sealed file hides all there is."""
    if _SEALED_CODE.fullmatch(name):
        return name
    return f"{surname(name)}某某" if _squeezed(name) else ""


def mask_guardian_name(name: str) -> str:
    """王某."""
    return f"{surname(name)}某" if _squeezed(name) else ""


def mask_idcard(number: str) -> str:
    """5199**********0016. Of a number too short to be one nothing is shown."""
    number = _squeezed(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" if len(number) >= 15 else "*" * len(number)


def mask_phone(number: str) -> str:
    """138****5678; of a land line the last four digits."""
    number = _squeezed(number)
    if re.fullmatch(r"\d{11}", number, re.ASCII) and number.startswith("1"):
        return f"{number[:3]}****{number[-4:]}"
    return f"{'*' * (len(number) - 4)}{number[-4:]}" if len(number) >= 7 else "*" * len(number)


def mask_account(number: str) -> str:
    """A bank account by its last four digits."""
    number = _squeezed(number)
    return f"{'*' * (len(number) - 4)}{number[-4:]}" if len(number) >= 12 else "*" * len(number)


@dataclass(frozen=True, kw_only=True)
class NoticeProblem:
    """Something that a notice may not say."""

    item: (
        str  #: which of the eight checks: name, id, birth, address, school, health, parents, category; or phone, money
    )
    found: str  #: the words, as they stand in the text
    message: str  #: Chinese, with the remedy


_STREET = r"(?<![〕\]】)第\d])\d+(?:号楼|号院|号(?![公文通令])|栋|幢|单元|室)|[\d一二三四五六七八九十]+(?:村民小)?组"
_PARENTS = r"服刑|坐牢|监狱|羁押|戒毒|吸毒|死亡|去世|亡故|失踪|失联|遗弃|离异|离婚|改嫁|撤销监护|遣送|驱逐出境"
_HEALTH = r"一级|二级|三级|四级|艾滋|HIV|病|残疾(?!人联合会)|孤独症|自闭症|手术|住院"
_REASONS = r"孤儿|无人抚养|重病|重残|受害|受虐|性侵|流浪|拐卖|打拐"
_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (item, re.compile(pattern, re.IGNORECASE | re.ASCII), remedy)
    for item, pattern, remedy in (
        ("id", r"(?<!\d)(?:\d{17}[\dX]|\d{15})(?!\d)", "身份证号不得公示,请删除"),
        ("birth", r"出生|生日|生于|(?:\d|[一二三四五六七八九十])+\s*周?岁|年龄", "出生日期和年龄不得公示,请删除"),
        ("birth", r"性别|[男女](?:童|孩|婴|生)|(?<!子)[,,、::(](?:男|女)(?=[,,、;;)。]|$)", "性别不得公示,请删除"),
        ("address", _STREET, "村以下的住址不得公示,请只写乡镇和村(社区)"),
        ("school", r"小学|中学|初中|高中|中职|大学|学院|学校|幼儿园|年级|就读", "就读学校不得公示,请删除"),
        (
            "health",
            r"一级|二级|三级|四级|艾滋|HIV|病|残疾(?!人联合会)|孤独症|自闭症|手术|住院",
            "健康和残疾情况不得公示,请删除",
        ),
        ("parents", _PARENTS, "父母的情况不得公示,请删除"),
        (
            "category",
            r"孤儿|无人抚养|重病|重残|受害|受虐|性侵|流浪|拐卖|打拐",
            "困境类别和原因不得公示,请改为「拟纳入困境儿童分类保障」",
        ),
        ("money", r"\d(?:\.\d+)?\s*(?:万)?元|(?<!\d)(?:\d{16}|\d{19})(?!\d)", "金额和账号不得公示,请删除"),
    )
)
_MOBILE = re.compile(r"(?<!\d)1[3-9](?:-?\d){9}(?!\d)", re.ASCII)


def notice_problems(
    text: str, *, child_name: str, category: str, hotline: str, guardian_name: str = ""
) -> list[NoticeProblem]:
    """What stops a notice's draft; an empty list lets it pass.

    `category`: code of domain.md part 2; `hotline`: the one mobile number that may stand in the text. Blanks, invisible
    and full-width characters hide nothing: each line is read with and without its blanks.
    """
    plain = _visible(text)
    readings = (plain, re.sub(r"[^\S\n]", "", plain))
    problems = {
        (problem.item, problem.found): problem
        for reading in readings
        for problem in _reading_problems(reading, child_name, guardian_name, category, hotline)
    }
    return list(problems.values())


def _reading_problems(
    text: str, child_name: str, guardian_name: str, category: str, hotline: str
) -> Iterator[NoticeProblem]:
    yield from _names(text, child_name, guardian_name)
    yield from _phones(text, hotline)
    for item, pattern, remedy in _RULES:
        for match in pattern.finditer(text):
            message = f"公示稿中出现「{match.group()}」:{remedy}"
            yield NoticeProblem(item=item, found=match.group(), message=message)
    if category == "C3":
        yield from _disability(text)


def _names(text: str, child_name: str, guardian_name: str) -> Iterator[NoticeProblem]:
    for name, mask in ((child_name, mask_child_name(child_name)), (guardian_name, mask_guardian_name(guardian_name))):
        if len(_squeezed(name)) > 1 and _squeezed(name) in text:
            yield NoticeProblem(item="name", found=name, message=f"公示稿中出现全名,请改为「{mask}」")


def _phones(text: str, hotline: str) -> Iterator[NoticeProblem]:
    allowed = re.sub(r"\D", "", _squeezed(hotline))
    for match in _MOBILE.finditer(text):
        if match.group().replace("-", "") != allowed:
            message = f"公示稿中出现手机号「{match.group()}」:除监督电话外不得公示,请删除"
            yield NoticeProblem(item="phone", found=match.group(), message=message)


def _disability(text: str) -> Iterator[NoticeProblem]:
    for match in re.finditer("残", text):
        message = "公示稿中出现「残」字:重病重残儿童的公示不得提及残疾,请删除"
        yield NoticeProblem(item="health", found=match.group(), message=message)


def _visible(text: str) -> str:
    """Half-width and without invisible characters."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")


def _squeezed(text: str) -> str:
    """What is visible, without any blank."""
    return re.sub(r"\s", "", _visible(text))
