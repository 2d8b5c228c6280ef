"""The wording of the letters about an exit. Each function takes what the letter says and returns its text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cases.decisions import APPEAL_TEXT
from cases.letters import Head, chinese_day


def _signed(head: Head, title: str, body: str, day: date, signed: str) -> str:
    return f"{title}\n编号:{head.number}\n\n{head.applicant}:\n{body}\n\n{signed}\n{chinese_day(day)}"


def chinese_month(month: str) -> str:
    """2025年11月, from 2025-11."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def reminder(head: Head, *, until: date, day: date) -> str:
    """Thirty days before the proof of schooling is needed."""
    body = (
        f"{head.child}的保障资格须在{chinese_day(until)}前核实。仍在普通高中、职高、中专、大专、本科就读,或已被录取的,"
        "请在此前提交在读证明或录取通知书;期满没有证明的,将核查是否退出保障。"
    )
    return _signed(head, "提交在读证明提醒书", body, day, head.issuer)


def proof_warning(head: Head, *, hold_from: str, until: date, day: date) -> str:
    """The yearly proof did not come in time: what follows, and how it is averted."""
    body = (
        f"{head.child}本年度的在读证明未在9月30日前提交。请尽快提交;仍未提交的,自{chinese_month(hold_from)}起暂缓发放待遇。"
        f"提交后恢复发放,暂缓的月份一并补发;至{chinese_day(until)}仍未提交的,核查是否退出保障。"
    )
    return _signed(head, "未提交在读证明警示书", body, day, head.issuer)


def intent(head: Head, *, ground: str, reason: str, until: date, day: date) -> str:
    """The exit is intended; the guardian is heard first."""
    body = (
        f"经核查,{head.child}出现“{ground}”的情形,拟退出困境儿童分类保障。理由:{reason}\n"
        f"你可以在{chinese_day(until)}24时前陈述和申辩;逾期未提出的,按核查情况办理。"
    )
    return _signed(head, "拟退出保障告知书", body, day, head.issuer)


def stop(head: Head, *, ground: str, reason: str, number: str, stop_month: str, day: date) -> str:
    """《停止保障通知书》, with reasons and both remedies (社会救助暂行办法13)."""
    body = (
        f"因“{ground}”,决定{head.child}退出困境儿童分类保障(决定文号 {number}),"
        f"自{chinese_month(stop_month)}起停发待遇。理由:{reason}\n{APPEAL_TEXT}"
    )
    return _signed(head, "停止保障通知书", body, day, "县民政局")


def changed(head: Head, *, reason: str, number: str, month: str, day: date) -> str:
    """The category changed; no month is left unpaid (M12)."""
    body = (
        f"经审批,{head.child}的保障类别调整(决定文号 {number})。原待遇发至{chinese_month(month)}的上一个月,"
        f"新待遇自{chinese_month(month)}起落实,无需另行提供材料。理由:{reason}\n{APPEAL_TEXT}"
    )
    return _signed(head, "保障类别调整通知书", body, day, "县民政局")


def transferred(head: Head, *, reason: str, number: str, month: str, day: date) -> str:
    """Another category is verified; once recognised it counts from the month in which the former one stops (M12)."""
    body = (
        f"经审批,{head.child}原类别的待遇发至{chinese_month(month)}的上一个月(决定文号 {number}),转按其他类别核查认定。"
        f"认定后,新待遇自{chinese_month(month)}起计发,不断档;原有材料继续有效,无需另行申请或提供材料。"
        f"理由:{reason}\n{APPEAL_TEXT}"
    )
    return _signed(head, "保障类别调整通知书", body, day, "县民政局")


def handover(head: Head, *, receiver: str, area: str, month: str, sections: Sequence[str], note: str, day: date) -> str:
    """《困境儿童档案移交函》: the file goes to where the child's registered residence moved (domain.md 1.5)."""
    sealed = ["本件为涉密档案,由双方涉密专办员当面交接,不得复制、公开。"] if head.sealed else []
    body = "\n".join(
        (
            f"{head.child}户籍已迁入{area}。本县的保障自{chinese_month(month)}起停止,现将档案移交你单位,请接续保障,不断档。",
            *sealed,
            *sections,
            *([f"其他需要说明的:{note}"] if note else []),
            "请核收后填写回执,退回我单位。",
        )
    )
    return f"困境儿童档案移交函\n编号:{head.number}\n\n{receiver}:\n{body}\n\n{head.issuer}\n{chinese_day(day)}"


def termination_notice(*, number: str, area: str, whom: str, issuer: str, phone: str) -> str:
    """The public notice of termination of 特困 support: masked, no reason (6.2). `whom`: as `candidates.named`."""
    return (
        f"特困人员救助供养终止公示({number})\n"
        f"经{issuer}核查,{area}{whom}拟终止救助供养,现予公示。\n"
        f"公示期间如有异议,请向{issuer}反映,电话 {phone}。\n{issuer}"
    )
