"""Every blueprint of the pages, in the order of the menu. What is not listed here is not served."""

from __future__ import annotations

from web.views import (
    accounts,
    applications,
    audit_log,
    children,
    demo,
    files,
    handovers,
    home,
    inbox,
    instances,
    interventions,
    login,
    messages,
    officers,
    operations,
    papers,
    processes,
    reporting,
    start,
    tasks,
)

BLUEPRINTS = (
    home.pages,
    login.pages,
    inbox.pages,
    messages.pages,
    tasks.pages,
    handovers.pages,
    instances.pages,
    children.pages,
    applications.pages,
    start.pages,
    reporting.pages,
    files.pages,
    officers.pages,
    papers.pages,
    processes.pages,
    operations.pages,
    interventions.pages,
    audit_log.pages,
    accounts.pages,
    demo.pages,
)
