"""Rules on what people and programs do: forms, roles, services, variables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.diagram import Node
from engine.definitions.forms import blind_expressions, check_form, name_problem, parse_form
from engine.definitions.gate import FileRefused
from engine.definitions.rules.view import BARE, Finding, View, at
from engine.feel.builtins import NAMES as FUNCTION_NAMES

#: Where names come from outside. A table's or a service's own output may share a name with a FEEL function: the author
#: then gives up that function, while a submission could take it from the author.
_SUBMITTED = ("userTask", "startEvent", "receiveTask", "intermediateCatchEvent", "boundaryEvent")

SIGNING = frozenset({"all", "any", "in_turn"})
LADDERS = frozenset({"LADDER_WD", "LADDER_H"})

KNOWN_PROPERTIES = frozenset({
    "form", "role", "place", "department", "due", "service", "message_key", "variables", "reminders",
    "separate_from", "result", "decision", "collection", "element", "sign", "signers", "program_form",
})  # fmt: skip


def user_task_without_form(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("userTask"):
        if not node.properties.get("form"):
            yield at(
                node,
                "没有指定表单。请在扩展属性 form 中填写表单编号(forms/ 下的文件名)。",
                "names no form. Set the property form to a key of forms/.",
            )


def user_task_without_role(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("userTask"):
        if not node.properties.get("role"):
            yield at(
                node,
                "没有指定办理角色,没有人能看到它。请在扩展属性 role 中填写角色代码。",
                "names no role, so nobody would see it. Set the property role.",
            )


def unknown_role(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("userTask"):
        role = node.properties.get("role", "")
        literal = role[1:-1] if len(role) > 1 and role[0] == role[-1] == '"' and '"' not in role[1:-1] else role
        if BARE.fullmatch(literal) and "." not in literal and literal not in view.roles:
            yield at(
                node,
                f"的角色「{literal}」不存在。请改为系统中的角色代码,如 {_example(view.roles)}。",
                f"names the role {literal}, which does not exist. Use one such as {_example(view.roles)}.",
            )
    manifest = view.bundle.manifest
    for role in manifest.starters if manifest is not None else ():
        if role not in view.roles:
            yield Finding(
                zh=f"process.toml 的 starters 中的角色「{role}」不存在。请改为系统中的角色代码。",
                en=f"process.toml names the starter role {role}, which does not exist.",
                file="process.toml",
            )


def missing_form(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        key = _form_key(node)
        if key and key not in view.bundle.forms:
            yield at(
                node,
                f"的表单「{key}」不存在。请加入文件 forms/{key}.form 或改正编号。",
                f"names the form {key}, but there is no forms/{key}.form. Add it or correct the key.",
            )


def form_invalid(view: View) -> Iterator[Finding]:
    for key, raw in view.bundle.forms.items():
        file = f"forms/{key}.form"
        try:
            faults = check_form(parse_form(raw, file))
        except FileRefused as refused:
            yield Finding(zh=refused.problem.message, en=refused.problem.message_en, file=file)
            continue
        for fault in faults:
            yield Finding(zh=f"表单「{key}」的{fault}", en=f"The form {key}: {fault}", file=file)


def form_row_condition(view: View) -> Iterator[Finding]:
    for key, raw in view.bundle.forms.items():
        file = f"forms/{key}.form"
        try:
            blind = list(blind_expressions(parse_form(raw, file)))
        except FileRefused:
            continue  # `form_invalid` tells why
        for rows, component, name in blind:
            yield Finding(
                zh=f"表单「{key}」的列表「{rows}」中,组件「{component}」的条件引用了本行的「{name}」:浏览器看不到同一行的"
                "填写内容,会与受理时的检查不一致。请去掉条件,在标题中写明何时必填,由受理时的规则检查。",
                en=f"The form {key}: in the list {rows} a condition of {component} reads {name} of its own row, which "
                "the browser cannot see. Drop it, say in the label when the field is needed, and demand it on receipt.",
                file=file,
            )


def form_not_bare(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        form = node.properties.get("form")
        if form and _form_key(node) is None:
            yield at(
                node,
                f"的表单编号「{form}」不是简单编号。请只写编号,如 town_review。",
                f"has a form that is not a bare key: {form}. Write the key alone.",
            )


def unused_form(view: View) -> Iterator[Finding]:
    used = {_form_key(node) for node in view.nodes} | {node.properties.get("program_form") for node in view.nodes}
    for key in view.bundle.forms:
        if key not in used:
            yield Finding(
                zh=f"表单「{key}」没有被任何任务使用。请删除它,或在任务的 form 属性中引用它。",
                en=f"The form {key} is used by no task. Remove it or name it in a task.",
                file=f"forms/{key}.form",
            )


def service_task_without_service(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("serviceTask"):
        if not node.properties.get("service"):
            yield at(
                node,
                "没有指定服务。请在扩展属性 service 中选择一个服务。",
                "names no service. Set the property service.",
            )


def unknown_service(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("serviceTask"):
        service = node.properties.get("service", "")
        if service and service not in view.services:
            yield at(
                node,
                f"的服务「{service}」不存在。请从服务列表中选择,如 {_example(view.services)}。",
                f"names the service {service}, which does not exist. Choose from the list: {_example(view.services)}.",
            )
    manifest = view.bundle.manifest
    settings = (*manifest.retry, *manifest.queue) if manifest is not None else ()
    for service in dict.fromkeys(settings):
        if service != "default" and service not in view.services:
            yield Finding(
                zh=f"process.toml 中为不存在的服务「{service}」写了设置。请改正服务名或删除。",
                en=f"process.toml has settings for {service}, which is no service. Correct or remove them.",
                file="process.toml",
            )


def reserved_variable(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        names = [*node.listed("variables"), *filter(None, (node.properties.get("result"), _element(node)))]
        for name in names:
            fault = name_problem(name)
            if fault and not (node.kind not in _SUBMITTED and name in FUNCTION_NAMES):
                yield at(
                    node,
                    f"的变量名「{name}」{fault}。请换一个名字。",
                    f"declares the variable {name}, which is reserved, begins with an underscore or is no plain name.",
                )


def separate_from_unknown(view: View) -> Iterator[Finding]:
    tasks = {node.id for node in view.process.of_kind("userTask")}
    for node in view.nodes:
        for other in node.listed("separate_from"):
            if other not in tasks or other == node.id:
                yield at(
                    node,
                    f"要求与「{other}」由不同的人办理,但它不是本流程的其他用户任务。请改正任务编号。",
                    f"must be done by another person than {other}, which is no other user task here. Correct the id.",
                )


def unknown_reminders(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        ladder = node.properties.get("reminders")
        if ladder and ladder not in LADDERS:
            yield at(
                node,
                f"的催办方式「{ladder}」不存在。请使用 LADDER_WD(工作日)或 LADDER_H(小时)。",
                f"names the reminders {ladder}, which do not exist. Use LADDER_WD or LADDER_H.",
            )


def signing_unsound(view: View) -> Iterator[Finding]:
    """会签设置: a known mode, on a user task, over roles that exist; in turn and any need two of them."""
    for node in view.nodes:
        mode, signers = node.properties.get("sign"), node.listed("signers")
        if not mode and not signers:
            continue
        if mode not in SIGNING or node.kind != "userTask" or not signers:
            yield at(
                node,
                f"的会签方式「{mode or '未填'}」不可用。请将 sign 改为 all(会签)、any(或签)或 in_turn(依次),"
                "写在人工任务上,并在 signers 中列出会签角色。",
                f"signs by {mode}; use all, any or in_turn on a user task, and list the roles in signers.",
            )
        for role in signers:
            if role not in view.roles or role == node.properties.get("role"):
                yield at(
                    node,
                    f"的会签角色「{role}」不存在,或就是本环节的办理角色。请改为其他角色,如 {_example(view.roles)}。",
                    f"names the signer {role}, which is no role, or does the task itself. Name another role.",
                )
        if len(set(signers)) < len(signers) or (mode in ("any", "in_turn") and len(signers) == 1):
            yield at(
                node,
                "的会签角色重复,或或签、依次会签只列了一个角色。请列出两个以上不同的角色,或改为 all。",
                "names a signer twice, or only one for any or in_turn. List two different roles, or use all.",
            )


def unknown_property(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        for name in node.properties:
            if name not in KNOWN_PROPERTIES and not name.startswith("param."):
                yield at(
                    node,
                    f"的扩展属性「{name}」不起作用。请检查拼写或删除它。",
                    f"has the property {name}, which has no effect. Check the spelling or remove it.",
                )


def _form_key(node: Node) -> str | None:
    """The form key of a task, with or without quotes; None if it has none or not a bare one."""
    form = node.properties.get("form", "").strip('"')
    return form if BARE.fullmatch(form) else None


def _element(node: Node) -> str | None:
    return node.properties.get("element")


def _example(names: frozenset[str]) -> str:
    return "、".join(sorted(names)[:3]) or "-"
