"""What the county decides for itself 县级参数: telephone numbers and limits, in force at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import bodies, parameters
from cases.roles import DEPARTMENTS
from engine.errors import NotFound
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("county_parameters", __name__, url_prefix="/county-parameters")

#: Name of a parameter to what it says.
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "objection_phone": "公示异议电话",
        "duty_phone": "县民政局值班电话(全天)",
        "hotline": "服务热线",
        "relief_small_yuan": "乡镇可审批的临时救助上限(元)",
        "keep_read_only_months": "退出后档案只读的月数",
        "keep_refused_months": "未获认定的档案保存的月数",
        "keep_archive_months": "归档后保存的月数",
        "policy_profile": "政策口径(新开的办件)",
        "few_families": "候选家庭少于多少户时公示只写编号(0为不启用)",
        "age_counting": "满周岁的算法",
        "sixteen_floor": "特困儿童16周岁改发较低待遇时补差至原标准(1为补差,0为不补)",
    }
)


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """Every parameter with its value."""
    kept = parameters.kept_parameters(visit.session, visit.person)
    return render_template(
        "county_parameters.html",
        rows=[(name, LABELS[name], value) for name, value in kept.items()],
        choices={name: words for name, (_label, words) in parameters.CHOICES.items()},
        moves=bodies.moves(visit.session, visit.person),
        functions=[(code, DEPARTMENTS[code].name, name) for code, name in bodies.FUNCTIONS.items()],
        successor=DEPARTMENTS[bodies.SUCCESSOR],
    )


@page(pages, "/moves", methods=("POST",), access=Access.SIGNED_IN)
def move(visit: Visit) -> ResponseReturnValue:
    """Enter who has a function from a day on."""
    given = {name: request.form.get(name, "") for name in ("department", "alias", "valid_from", "source_doc")}
    bodies.enter_move(visit.session, given, actor=visit.person, now=visit.now)
    flash(_("已登记,自起始日期起由新的机构办理。"))
    return sent_on(url_for("county_parameters.listing"))


@page(pages, "/<name>", methods=("POST",), access=Access.SIGNED_IN)
def change(visit: Visit, name: str) -> ResponseReturnValue:
    """Set one."""
    if name not in LABELS:
        raise NotFound(f"没有参数 {name}")
    parameters.set_parameter(visit.session, name, request.form.get("value", ""), actor=visit.person, now=visit.now)
    flash(_("已修改,立即生效。"))
    return sent_on(url_for("county_parameters.listing"))
