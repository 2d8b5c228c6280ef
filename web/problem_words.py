"""What is wrong with a field, in the reader's language.

Forms and their checks speak Chinese: they are the county's own. Who reads English gets the sentence's translation where
there is one; else what kind of mistake it is, in English, with the Chinese sentence behind it, which has the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Flask

from engine.errors import FieldProblem
from web.language import CHINESE, current_language, english
from web.language import translate as _

#: By rule, what kind of mistake it is.
BY_RULE: Mapping[str, str] = MappingProxyType(
    {
        "required": "请填写这一项",
        "min_items": "请至少选一项",
        "min_length": "写得太短,请写明具体的事实",
        "max_length": "写得太长,请只写要点",
        "length": "字数不符合要求,请核对",
        "characters": "含有不能使用的字符,请删除",
        "min": "数字太小,请核对",
        "max": "数字太大,请核对",
        "decimals": "小数位太多,请核对",
        "money": "不是有效的金额,请核对",
        "range": "超出允许的范围,请核对",
        "not_after": "不能晚于现在,请核对日期",
        "not_before": "不能早于现在,请核对日期",
        "date": "不是有效的日期,请核对",
        "datetime": "不是有效的日期和时间,请核对",
        "time": "不是有效的时间,请核对",
        "order": "先后顺序不对,请核对日期",
        "period": "先后顺序不对,请核对日期",
        "pattern": "格式不正确,请按填写说明核对",
        "type": "填写的内容不符合这一项的类型,请核对",
        "option": "请从所列选项中选择",
        "choice": "请从所列选项中选择",
        "division": "请从列表中选择地区",
        "idcard": "不是有效的身份证号,请核对",
        "email": "不是有效的电子邮箱,请核对",
        "phone": "不是有效的电话号码,请填写11位手机号,或者带区号的座机号",
        "file": "附件不能使用,请重新上传",
        "size": "附件太大,请压缩后重新上传",
        "rows": "行数太多,请分几次填写",
        "unknown": "系统里没有这一项,请核对",
        "twice": "与另一项重复,请核对",
        "unique": "与另一项重复,请核对",
        "count": "数目对不上,请核对",
        "two_person": "须由两人办理,请填写全部人员",
        "hanging": "这个编号的公示现在没有张贴,请核对公示第一行的编号",
        "sealed_words": "这里不能写需要保密的内容,请走涉密通道",
    }
)
UNFIT = "请核对这一项"


def kind_of_mistake(problem: FieldProblem) -> str:
    """The kind of mistake alone, in the reader's language."""
    return _(BY_RULE.get(problem.rule, UNFIT))


def problem_in_words(problem: FieldProblem) -> str:
    """What is wrong and what to do."""
    if current_language() == CHINESE:
        return problem.message
    translated = english().get(problem.message)
    return translated or f"{kind_of_mistake(problem)} ({problem.message})"


def attach(app: Flask) -> None:
    """Give templates `problem_in_words`."""
    app.jinja_env.globals.update(problem_in_words=problem_in_words)
