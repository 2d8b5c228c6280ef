"""What the plan asks for outside case work (M15): once a year each of it has an owner and a day by which it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.calendar import Calendar

#: How an action item of these is called.
KIND = "方案任务"


@dataclass(frozen=True, kw_only=True)
class PlanTask:
    """One task of the plan and who usually owns it [D]."""

    item: str
    dept: str
    text: str


PLAN_TASKS: tuple[PlanTask, ...] = (
    PlanTask(item="留守儿童信息互通", dept="MZJ", text="与教育、公安互通留守儿童信息,更新台账"),
    PlanTask(item="特教班", dept="JKT", text="办好特殊教育班,保障残疾儿童入学"),
    PlanTask(item="慈善助学", dept="ZGH", text="组织慈善助学、爱心捐助"),
    PlanTask(item="督促学校", dept="JKT", text="督促学校落实控辍保学和报告责任"),
    PlanTask(item="政府购买服务", dept="CZJ", text="安排资金,通过政府购买服务提供专业服务"),
    PlanTask(item="童伴计划", dept="TXW", text="开展童伴计划,建好童伴之家"),
    PlanTask(item="机构建设", dept="MZJ", text="建设儿童福利机构、救助保护机构,配齐人员设施"),
    PlanTask(item="职称", dept="RSJ", text="落实机构中教师、医务、社工人员的职称待遇"),
    PlanTask(item="舆情监测", dept="WMB", text="监测涉困境儿童的舆情,及时处置"),
    PlanTask(item="宣传先进", dept="WMB", text="宣传政策和先进典型"),
)


def last_day(year: int, calendar: Calendar) -> date:
    """By when a year's tasks are done: its last working day, never in the next year (0.4-6)."""
    return calendar.last_workday_of_month(year, 12)
