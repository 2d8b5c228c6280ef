"""Every error as a page (or, for a script that sends a form, as JSON): what happened and what to do next."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.errors import (
    BundleInvalid,
    Conflict,
    DefinitionBroken,
    EngineError,
    FieldProblem,
    InstanceNotRunning,
    NoReceiver,
    NotAllowed,
    NotFound,
    Refused,
    StateUnreadable,
    SubmissionInvalid,
    TaskAlreadyClosed,
    TaskClaimedByOther,
)
from engine.store.session import ConnectionLost
from web.access_log import masked
from web.auth import LoginNeeded
from web.problem_words import problem_in_words
from web.transaction import StepStopped

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What the page says."""

    status: int
    title: str
    next_step: str
    number: str | None = None  #: to quote when asking for help
    problems: tuple[FieldProblem, ...] = field(default=())


#: Error to (status, what happened, what to do). The first class that fits counts, so the special ones stand first.
_SAYINGS: tuple[tuple[type[EngineError], HTTPStatus, str, str], ...] = (
    (
        NotFound,
        HTTPStatus.NOT_FOUND,
        "没有找到您要看的内容",
        "它可能已经办结、撤回,或者不在您的查看范围内。请从待办重新进入。",
    ),
    (NotAllowed, HTTPStatus.FORBIDDEN, "您没有办理这一项的权限", "如果这是您的职责,请联系本单位管理员核对您的角色。"),
    (
        TaskAlreadyClosed,
        HTTPStatus.CONFLICT,
        "这件事已经办结了",
        "没有重复提交,也没有改动任何内容。请在“已办”中查看结果。",
    ),
    (TaskClaimedByOther, HTTPStatus.CONFLICT, "这件事已由另一位同事领取", "请联系该同事;需要换人时由其退领或转办。"),
    (
        InstanceNotRunning,
        HTTPStatus.CONFLICT,
        "这个办件现在不能办理",
        "它已被暂停、撤销或已经办结。请在办件页查看原因。",
    ),
    (
        NoReceiver,
        HTTPStatus.CONFLICT,
        "现在没有环节在等待这一操作",
        "可能已过办理时限,或者已经有人先处理。请刷新后再看。",
    ),
    (
        Conflict,
        HTTPStatus.CONFLICT,
        "另一位同事刚刚办理了同一个办件",
        "您的操作没有生效,也没有丢失别人的结果。请刷新页面,看清最新情况后再办。",
    ),
    (SubmissionInvalid, HTTPStatus.UNPROCESSABLE_ENTITY, "请先改正下面各项", "改正后再提交一次。"),
    (BundleInvalid, HTTPStatus.UNPROCESSABLE_ENTITY, "这个流程还有问题,不能发布", "请按问题清单逐项改正后重新上传。"),
    (Refused, HTTPStatus.CONFLICT, "这个操作现在不能进行", "没有改动任何内容。"),
    (DefinitionBroken, HTTPStatus.INTERNAL_SERVER_ERROR, "这个流程版本无法运行", "请联系流程管理员。"),
    (StateUnreadable, HTTPStatus.INTERNAL_SERVER_ERROR, "这个办件的记录无法读取", "请联系系统管理员。"),
)


def attach(app: Flask) -> None:
    """Map every error to its page."""
    app.register_error_handler(LoginNeeded, _login_needed)
    app.register_error_handler(StepStopped, _step_stopped)
    app.register_error_handler(CSRFError, page_expired)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(ConnectionLost, _database_away)
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Whether a script asked; people get pages."""
    return request.accept_mimetypes.best == "application/json"


def explained(told: Explanation) -> ResponseReturnValue:
    """The explanation as the asker understands it."""
    if wants_json():
        return jsonify(
            title=f"{told.title}。{told.next_step}",
            number=told.number,
            problems=[{"field": problem.field, "message": problem_in_words(problem)} for problem in told.problems],
        ), told.status
    return render_template("error.html", told=told), told.status


def explain(error: EngineError) -> Explanation:
    """What to say of a refusal; the engine's own sentence stands first where it has one in Chinese."""
    for kind, status, title, next_step in _SAYINGS:
        if isinstance(error, kind):
            problems = error.problems if isinstance(error, SubmissionInvalid) else ()
            own = str(error)
            if type(error) is Refused and own and not own.isascii():
                title = own
            return Explanation(status=status, title=title, next_step=next_step, problems=problems)
    return Explanation(status=500, title="这一步没有办成", next_step="没有改动任何内容。请联系系统管理员。")


def _engine_error(error: EngineError) -> ResponseReturnValue:
    told = explain(error)
    if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(error)
    return explained(told)


def _login_needed(_: LoginNeeded) -> ResponseReturnValue:
    if wants_json():
        return jsonify(title="登录已失效,请重新登录。", problems=[]), HTTPStatus.UNAUTHORIZED
    if "HX-Request" in request.headers:
        return "", HTTPStatus.UNAUTHORIZED, {"HX-Redirect": url_for("login.form", expired="1")}
    if request.method == "GET":
        return redirect(url_for("login.form", next=request.full_path.rstrip("?")), HTTPStatus.SEE_OTHER)
    return redirect(url_for("login.form", expired="1"), HTTPStatus.SEE_OTHER)


def _step_stopped(error: StepStopped) -> ResponseReturnValue:
    return explained(
        Explanation(
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            title="提交已收到,但流程的下一步没有算成",
            next_step="没有改动任何内容,也不必重新填写:管理员已得到通知,处理后会用您刚才的提交继续。",
            number=error.incident_id,
        )
    )


def page_expired(_: CSRFError) -> ResponseReturnValue:
    """The form's token is missing or of another session, or another site sent it."""
    return explained(
        Explanation(
            status=HTTPStatus.BAD_REQUEST,
            title="这个页面已经过期",
            next_step="为了安全,没有执行这个操作。请返回上一页刷新后再做一次。",
        )
    )


def _too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
    return explained(
        Explanation(
            status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            title="文件太大",
            next_step="单个文件不超过 20 MB。请压缩后再传。",
        )
    )


def _database_away(error: ConnectionLost) -> ResponseReturnValue:
    log.warning("the database is away: %s", error)
    return explained(
        Explanation(
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            title="数据库暂时连接不上",
            next_step="没有改动任何内容。请过一分钟再试;仍然不行,请联系系统管理员。",
        )
    )


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error
    if status == HTTPStatus.NOT_FOUND:
        return explained(explain(NotFound()))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_often()
    return explained(
        Explanation(status=status, title="这个请求不能处理", next_step="请返回上一页,从页面上的按钮重新操作。")
    )


def too_often() -> ResponseReturnValue:
    """The address asked more often than `web.public.pace` allows."""
    return explained(
        Explanation(
            status=HTTPStatus.TOO_MANY_REQUESTS,
            title="这个网络地址提交得太频繁",
            next_step="请十分钟后再试,填写的内容还在页面上。儿童有危险的,请立即拨打110。",
        )
    )


def _unexpected(error: Exception) -> ResponseReturnValue:
    """The only catch-all of the web edge: nothing of the error is shown but a number that stands in the log too."""
    number = secrets.token_hex(4)
    log.error("unexpected error %s at %s %s", number, request.method, masked(request.path), exc_info=error)
    return explained(
        Explanation(
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            title="程序没有料到的情况",
            next_step="没有改动任何内容。请把下面的编号告诉系统管理员。",
            number=number,
        )
    )
