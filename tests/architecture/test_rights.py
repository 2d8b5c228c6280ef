"""Every query and every command asks for the right itself, and whatever a page reads of the domain knows who asks.

A new one that asks nobody fails here; so does a page that reads case rows past the functions that ask.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.test_fences import ROOT, dotted

#: A call of one of these is a question for a right.
GUARDS = {"require", "require_right", "require_seen", "allowed", "task", "require_sight", "read_case", "sight_of"}
PORTS = {"domain.sight", "domain.may_send", "domain.reader"}

#: Queries and commands that ask for no right, each with its reason.
ASK_NOBODY = {
    "queries/inbox.py:inbox": "its WHERE is made of the actor's grants",
    "queries/inbox.py:count_inbox": "its WHERE is made of the actor's grants",
    "queries/senders.py:senders": "its WHERE is the actor's own inbox, by ids that it gave",
    "queries/inbox.py:steps_waiting": "its WHERE is made of the actor's grants",
    "queries/health.py:health": "figures of the whole system, for the health check too",
    "queries/processes.py:processes": "what the county publishes; no case",
    "queries/version_bundle.py:version_bundle": "the files of a published version; no case",
    "commands/read_copy.py:read_copy": "its WHERE is the actor's own copy",
    "queries/timeline.py:rows_of": "a part of queries that have asked",
    "commands/begin_job.py:begin_job": "a worker's, under a lease",
    "commands/finish_job.py:finish_job": "a worker's, under a lease",
    "commands/fail_job.py:fail_job": "a worker's, under a lease",
    "commands/run_job.py:run_job": "a worker's",
    "commands/fire_timer.py:fire_timer": "a worker's, under a lease",
    "commands/claim_due_jobs.py:claim_due_jobs": "the pump's",
    "commands/send_thrown.py:send_thrown": "a worker's: the message of a case",
    "commands/set_back_job.py:set_back_job": "a worker's, after a crash",
    "commands/recount_timers.py:recount_timers": "the calendar's, when somebody who may loads a notice",
    "commands/open_incident.py:open_incident": "keeps the step that failed for whoever was allowed it",
}

#: What a page may call of `cases` with a session and without an actor, each with its reason.
KNOW_NOBODY = {
    "cases.jurisdictions.full_name": "names of places",
    "cases.jurisdictions.subtree": "names of places",
    "cases.people.actor_of": "makes the actor",
    "cases.people.officials_among": "who of these people holds an office",
    "cases.people.find_person": "the name of an official",
    "cases.people.holders": "the names of officials of a post",
    "cases.intake.file": "what the public files",
    "cases.intake.find": "by the receipt number and the telephone number left with it",
    "cases.notices.public_notices": "public (L1)",
    "cases.notices.find_public_notice": "public (L1)",
    "cases.notices.hangs": "public (L1)",
    "cases.benefits.standards_on": "public: the county's standards",
    "cases.offices.offices": "public: where to go",
    "cases.parameters.parameters": "the county's telephone numbers and limits; of nobody",
    "cases.due_feeds.owner_of": "by the secret in the address",
    "cases.demo_logins.demo_person": "before the log-in",
    "cases.demo_logins.demo_people": "before the log-in",
    "cases.demo_clock.load_clock": "the time",
    "cases.logins.log_in": "before the log-in",
    "cases.sessions.find_session": "the log-in itself",
    "cases.sessions.touch": "the log-in itself",
    "cases.sessions.end_session": "the log-in itself",
    "cases.sessions.open_session": "the log-in itself",
}

#: The command line is given by whoever runs the machine.
COMMAND_LINE = ("commandline", "cli.py")


def asks(module: ast.Module, name: str) -> bool:
    """Whether this function, or a function of the same module that it calls, asks for a right."""
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each in seen or each not in functions:
            continue
        seen.add(each)
        for call in (node for node in ast.walk(functions[each]) if isinstance(node, ast.Call)):
            called = dotted(call.func)
            if (called in GUARDS and called != name) or any(called.endswith(port) for port in PORTS):
                return True
            waiting.append(called)
    return False


def needs_an_actor(function: ast.FunctionDef) -> bool:
    """Whether `actor` is an argument without a default."""
    plain, named = function.args.args, function.args.kwonlyargs
    required = plain[: len(plain) - len(function.args.defaults)]
    required += [arg for arg, default in zip(named, function.args.kw_defaults, strict=True) if default is None]
    return "actor" in {arg.arg for arg in required}


def unguarded(module: ast.Module, verbs: set[str] | None = None) -> list[str]:
    """The public functions that ask nobody; of commands only the verbs."""
    public = [node for node in module.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    return [
        node.name
        for node in public
        if (verbs is None or node.name in verbs) and not (needs_an_actor(node) and asks(module, node.name))
    ]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_query_and_command_asks_for_its_right() -> None:
    found = set()
    for kind in ("queries", "commands"):
        for path in sorted((ROOT / "src" / "engine" / kind).glob("*.py")):
            verbs = {path.stem} if kind == "commands" else None
            found |= {f"{kind}/{path.name}:{name}" for name in unguarded(parsed(path), verbs)}
    assert found - set(ASK_NOBODY) == set(), "ask require(…) or require_seen(…), or give the reason here"
    assert set(ASK_NOBODY) - found == set(), "these ask by now: take them off the list"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("def f(session, *, actor):\n    require(actor, P)", True),
        ("def f(session, *, actor):\n    _g(actor)\ndef _g(actor):\n    env.domain.sight(session, actor, c)", True),
        ("def f(session, *, actor):\n    return 1", False),
        ("def f(session, *, actor=None):\n    require(actor, P)", False),
        ("def f(session):\n    require(SOMEBODY, P)", False),
    ],
)
def test_it_would_notice(text: str, right: bool) -> None:
    assert (unguarded(ast.parse(text)) == []) is right


def read_by_pages() -> set[str]:
    """Functions of `cases`, with a session, that a page names."""
    found = set()
    for path in sorted((ROOT / "web").rglob("*.py")):
        if "node_modules" in path.parts or any(part in path.parts for part in COMMAND_LINE):
            continue
        tree = parsed(path)
        for node in (each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)):
            if node.module == "cases":
                names = {alias.asname or alias.name: f"cases.{alias.name}" for alias in node.names}
                uses = {dotted(each) for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
                found |= {
                    f"{names[use.split('.')[0]]}.{use.split('.')[1]}" for use in uses if use.split(".")[0] in names
                }
            elif (node.module or "").startswith("cases."):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_what_a_page_reads_of_the_domain_knows_who_asks() -> None:
    blind = set()
    for name in read_by_pages():
        module, _, function = name.rpartition(".")
        path = ROOT / "src" / f"{module.replace('.', '/')}.py"
        if not path.exists():
            continue
        node = next((n for n in parsed(path).body if isinstance(n, ast.FunctionDef) and n.name == function), None)
        if node and node.args.args and node.args.args[0].arg == "session" and not needs_an_actor(node):
            blind.add(name)
    assert blind - set(KNOW_NOBODY) == set(), "give it a required actor, or the reason here"


#: Who may touch the sealed records, and what for; others ask `sealed_identity`, which asks who reads and notes it.
_RECORDS = {
    "src/cases/children.py": {"keep", "change", "children_with", "children_described"},
    "src/cases/child_search.py": {"children_with"},
    "src/cases/sealed_identity.py": {"read", "children_with", "Kind"},
    "web/commandline/keys.py": {"rekey"},
}


def test_a_sealed_record_is_opened_in_one_place() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): set(re.findall(r"sealed_records\.(\w+)", path.read_text(encoding="utf-8")))
        for folder in ("src", "web")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "sealed_records" in path.read_text(encoding="utf-8") and path.name != "sealed_records.py"
    }
    named = {"src/cases/identity.py"}  # the type alone
    assert {file: uses for file, uses in found.items() if file not in named} == _RECORDS


def test_pages_hold_no_rule_of_their_own() -> None:
    """Who sees a case is never decided in web/: no page asks the county's rule or reads the case's row."""
    forbidden = {
        "cases.roles.sight",
        "cases.case_files.scope_of",
        "cases.case_files.find_case",
        "cases.seeing.sight_of",
    }
    assert read_by_pages() & forbidden == set()
