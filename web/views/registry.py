"""Every blueprint of the pages, in the order of the menu. What is not listed here is not served."""

from __future__ import annotations

from web.views import demo, files, home, inbox, instances, login, operations, processes, start, tasks

BLUEPRINTS = (
    home.pages,
    login.pages,
    inbox.pages,
    tasks.pages,
    instances.pages,
    start.pages,
    files.pages,
    processes.pages,
    operations.pages,
    demo.pages,
)
