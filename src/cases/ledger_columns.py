"""The columns of the county's ledger 台账: after the data items of 全国儿童福利信息系统 (domain.md 5).

One order, one name for each column, whether a sheet goes out or comes in. No column tells of HIV, and a sealed file
stands in no sheet.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LedgerColumn:
    """One column."""

    key: str
    heading: str
    comes_in: bool = True  #: read from a sheet that is loaded; the others are told only
    needed: bool = False  #: a sheet without it is none of ours
    width: int = 12  #: characters


COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn(key="archive_no", heading="档案编号", comes_in=False, width=20),
    LedgerColumn(key="name", heading="姓名", needed=True),
    LedgerColumn(key="idcard", heading="身份证号", needed=True, width=22),
    LedgerColumn(key="no_id_reason", heading="无证原因", width=16),
    LedgerColumn(key="sex", heading="性别", width=6),
    LedgerColumn(key="birth", heading="出生日期", needed=True),
    LedgerColumn(key="ethnic", heading="民族", width=8),
    LedgerColumn(key="hukou_code", heading="户籍村代码", needed=True, width=16),
    LedgerColumn(key="hukou_name", heading="户籍地", comes_in=False, width=22),
    LedgerColumn(key="live_address", heading="现住址", width=30),
    LedgerColumn(key="categories", heading="困境类别", width=24),
    LedgerColumn(key="cause", heading="父母情况", comes_in=False, width=18),
    LedgerColumn(key="guardian_name", heading="监护人"),
    LedgerColumn(key="guardian_idcard", heading="监护人身份证号", width=22),
    LedgerColumn(key="guardian_phone", heading="监护人电话", width=14),
    LedgerColumn(key="relation", heading="与儿童关系"),
    LedgerColumn(key="disability", heading="残疾类别等级", comes_in=False, width=14),
    LedgerColumn(key="illness", heading="疾病", comes_in=False, width=16),
    LedgerColumn(key="stage", heading="学段"),
    LedgerColumn(key="school", heading="就读学校", width=22),
    LedgerColumn(key="insured", heading="参保", comes_in=False, width=6),
    LedgerColumn(key="status", heading="状态"),
    LedgerColumn(key="enrolled_on", heading="首次纳入日期"),
    LedgerColumn(key="effective_month", heading="待遇起始月"),
    LedgerColumn(key="stop_month", heading="待遇停止月", comes_in=False),
    LedgerColumn(key="exit_on", heading="退出日期", comes_in=False),
    LedgerColumn(key="exit_reason", heading="退出原因", comes_in=False, width=30),
    LedgerColumn(key="scheme", heading="生活费项目", comes_in=False, width=26),
    LedgerColumn(key="amount", heading="月标准(元)", comes_in=False),
    LedgerColumn(key="account", heading="银行账号", comes_in=False, width=22),
)

#: What a rejected row brings back beside its cells.
REASON = "退回原因"
HEADINGS = tuple(column.heading for column in COLUMNS)
COMES_IN = {column.heading: column.key for column in COLUMNS if column.comes_in}
NEEDED = tuple(column.heading for column in COLUMNS if column.needed)
