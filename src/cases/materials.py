"""Evidence materials 证明材料: their codes, which an application needs, and which are missing (domain.md 2.1).

A paper that a comparison with another body's data shows is never asked for (M11), and the consent form M07 never
holds an application up (M7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
)
from sqlalchemy import update as sql_update

from cases.veils import veil
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.veils import Veiled

_PAPERS: Mapping[str, str] = MappingProxyType(
    {
        "M01": "儿童户口簿",
        "M02": "儿童身份证或出生医学证明",
        "M03": "监护人(申请人)身份证",
        "M04": "监护关系证明",
        "M05": "困境儿童分类保障申请表(签名)",
        "M06": "委托书(委托村(居)委会转交)",
        "M07": "个人信息处理告知同意书",
        "M08": "社会保障卡或银行账户",
        "M10": "父母死亡证明、户口注销证明或宣告死亡判决",
        "M11": "查找不到生父母证明(公安机关)",
        "M12": "宣告失踪判决",
        "M13": "刑事判决书及执行通知",
        "M14": "强制隔离戒毒决定书",
        "M15": "其他限制人身自由文书",
        "M16": "父(母)残疾人证",
        "M17": "父(母)重病诊断证明",
        "M18": "失联证明(公安回执或五步认定表)",
        "M19": "撤销监护人资格判决",
        "M20": "遣送(驱逐)出境材料",
        "M21": "儿童残疾人证(一、二级)",
        "M22": "诊断证明及医保结算单",
        "M23": "HIV抗体确证检测报告(密封件)",
        "M24": "家庭经济状况申报与核对授权书",
        "M25": "低保证或建档立卡(监测对象)证明",
        "M26": "在读证明或学籍",
        "M27": "就医、就学困难说明",
        "M28": "无劳动能力、无生活来源、法定抚养人无抚养能力的说明与核查表",
    }
)

#: The paper that proves a parent's reason (C2).
REASON_PAPER: Mapping[str, str] = MappingProxyType(
    {
        "死亡": "M10",
        "宣告失踪或死亡": "M12",
        "宣告失踪": "M12",
        "服刑": "M13",
        "强制戒毒": "M14",
        "其他限制人身自由": "M15",
        "其他限制自由": "M15",
        "重残": "M16",
        "重病": "M17",
        "失联": "M18",
        "撤销监护": "M19",
        "遣送出境": "M20",
    }
)

#: Whose paper it is, where the grounds of both parents are proved by equal papers: M16父, M16母.
PARENTS: tuple[str, ...] = ("父", "母")
#: Of these one paper may name both parents, a judgment or the register's cancellation; any other is one person's.
_MAY_NAME_BOTH = frozenset({"M10", "M12", "M13", "M19"})


def paper_of(code: str, whose: str) -> str:
    """The code of one parent's paper: M16父."""
    return f"{code}{whose}"


def kind_of(code: str) -> str:
    """The code without whose paper it is: M16."""
    return code.rstrip("".join(PARENTS))


#: All papers by their code, those of one parent too.
MATERIALS: Mapping[str, str] = MappingProxyType(
    {
        **_PAPERS,
        **{
            paper_of(code, whose): f"{whose}亲的{_PAPERS[code].removeprefix('父母').removeprefix('父(母)')}"
            for code in sorted(set(REASON_PAPER.values()))
            for whose in PARENTS
        },
    }
)

#: Papers whose absence never stops or returns an application.
NEVER_HOLDS_UP = frozenset({"M07", "M04", "M08"})

material = Table(
    "material",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("code", String(4), nullable=False),
    Column("title", Veiled("material.title"), nullable=False),
    Column("source", String(12), nullable=False),
    Column("original_seen", Boolean, nullable=False),
    Column("file_id", String(64), nullable=True),
    Column("received_on", Date, nullable=False),
    Column("returned_on", Date, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(40), nullable=False),
    UniqueConstraint("case_id", "code"),
)

SUBMITTED, COMPARED = "提交", "比对"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What an application claims, as far as it decides which papers are needed."""

    categories: frozenset[str]
    hiv: bool = False
    entrusted: bool = False
    filed_by_village: bool = False
    hardship_school: bool = False
    parent_reasons: tuple[str, ...] = ()


def required(claim: Claim) -> tuple[frozenset[str], ...]:
    """The papers the claim needs; each member of the result is a set of which one is enough."""
    groups: list[frozenset[str]] = [frozenset({code}) for code in ("M01", "M02", "M05")]
    if not claim.filed_by_village:
        groups.append(frozenset({"M03"}))
    if claim.entrusted:
        groups.append(frozenset({"M06"}))
    if claim.hiv:
        return (*groups, frozenset({"M23"}))
    if "C1" in claim.categories:
        groups.extend(group | {"M11"} for group in _of_parents(claim.parent_reasons, only="M10"))
    if "C2" in claim.categories:
        groups.extend(_of_parents(claim.parent_reasons))
    if "C3" in claim.categories:
        groups.append(frozenset({"M21", "M22"}))
    if "C4" in claim.categories:
        groups.extend((frozenset({"M24"}), frozenset({"M28"})))
    if "C5" in claim.categories:
        groups.extend((frozenset({"M25"}), frozenset({"M27"})))
        if claim.hardship_school:
            groups.append(frozenset({"M26"}))
    return tuple(dict.fromkeys(groups))


def _of_parents(reasons: Iterable[str], only: str | None = None) -> Sequence[frozenset[str]]:
    """The papers that prove the parents' grounds: where both need the same one, each parent's. With `only`, one code's,
    which is then always needed."""
    asked = Counter(REASON_PAPER[reason] for reason in reasons if reason in REASON_PAPER)
    if only is not None:
        asked = Counter({only: asked[only] or 1})
    groups: list[frozenset[str]] = []
    for code, parents in asked.items():
        if parents == 1:
            groups.append(frozenset({code}))
        else:
            groups.extend(frozenset({paper_of(code, whose), *({code} & _MAY_NAME_BOTH)}) for whose in PARENTS)
    return groups


def missing(claim: Claim, have: Collection[str]) -> tuple[frozenset[str], ...]:
    """The groups of which nothing is there yet. A parent's paper is as good as one of which nobody said whose it is."""
    there = {*have, *map(kind_of, have)} if len(set(claim.parent_reasons)) == len(claim.parent_reasons) else set(have)
    return tuple(group for group in required(claim) if not group & there and not group <= NEVER_HOLDS_UP)


def title_of(codes: Iterable[str]) -> str:
    """The papers' names for a person to read: 儿童残疾人证或诊断证明… A parent's outdoes the common one."""
    named = {kind_of(code) for code in codes if code != kind_of(code)}
    return "或".join(MATERIALS.get(code, code) for code in sorted(codes) if code not in named)


def receive(
    session: Session,
    case_id: str,
    codes: Iterable[str],
    *,
    source: str,
    received_on: date,
    actor_id: str,
    now: datetime,
) -> tuple[str, ...]:
    """Enter the papers that came; one that is there already is left as it is. Returns the codes that are new."""
    have = set(held(session, case_id))
    new = tuple(code for code in dict.fromkeys(codes) if code not in have)
    for code in new:
        session.execute(
            insert(material).values(
                case_id=case_id,
                code=code,
                **veil(session, material, {"title": MATERIALS.get(code, code)}, case_id=case_id),
                source=source,
                original_seen=source == COMPARED,
                received_on=received_on,
                created_at=now,
                created_by=actor_id,
            )
        )
    return new


def attach(session: Session, case_id: str, code: str, file_id: str) -> None:
    """Keep the file that shows this paper; a later one takes its place."""
    session.execute(
        sql_update(material).where(material.c.case_id == case_id, material.c.code == code).values(file_id=file_id)
    )


def held(session: Session, case_id: str) -> tuple[str, ...]:
    """The codes of the papers that the case holds and has not returned."""
    rows = session.execute(
        select(material.c.code)
        .where(material.c.case_id == case_id, material.c.returned_on.is_(None))
        .order_by(material.c.code)
    )
    return tuple(code for (code,) in rows)


def listed(session: Session, case_id: str) -> Sequence[RowMapping]:
    """All papers of the case, returned ones too, for the screen."""
    rows = session.execute(select(material).where(material.c.case_id == case_id).order_by(material.c.code))
    return tuple(rows.mappings())


def note_originals(session: Session, case_id: str, codes: Iterable[str]) -> None:
    """The officer saw the originals of these papers; of a parent's paper either parent's."""
    wanted = [paper for code in codes for paper in (code, *(paper_of(code, whose) for whose in PARENTS))]
    if wanted:
        session.execute(
            sql_update(material)
            .where(material.c.case_id == case_id, material.c.code.in_(wanted))
            .values(original_seen=True)
        )


def return_all(session: Session, case_id: str, *, on: date) -> tuple[str, ...]:
    """Return the submitted originals to the applicant; copies stay in the file. Returns their codes."""
    rows = session.execute(
        select(material.c.code)
        .where(material.c.case_id == case_id, material.c.returned_on.is_(None), material.c.source == SUBMITTED)
        .order_by(material.c.code)
    )
    codes = tuple(code for (code,) in rows)
    session.execute(
        sql_update(material)
        .where(material.c.case_id == case_id, material.c.returned_on.is_(None), material.c.source == SUBMITTED)
        .values(returned_on=on)
    )
    return codes
