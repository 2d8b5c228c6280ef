"""The pages' scripts and styles, as Vite built them: `static/dist/.vite/manifest.json` says which file is which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from markupsafe import Markup

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = ".vite/manifest.json"


class Bundles:
    """Finds the built files of an entry; knows when nothing was built."""

    def __init__(self, dist: Path) -> None:
        self._path = dist / MANIFEST
        self._manifest: dict[str, Any] = {}

    @property
    def built(self) -> bool:
        """Whether the pages' scripts are there. Asked anew until they are, so that a build needs no restart."""
        if not self._manifest and self._path.is_file():
            self._manifest = json.loads(self._path.read_text(encoding="utf-8"))
        return bool(self._manifest)

    def addresses(self, *names: str) -> list[str]:
        """The addresses of all files that these entries need, fonts and shared parts too."""
        found: dict[str, None] = {}
        waiting = [f"src/{name}.ts" for name in names] if self.built else []
        seen: set[str] = set()
        while waiting:
            key = waiting.pop(0)
            if key in seen:
                continue
            seen.add(key)
            entry = self._manifest[key]
            found |= dict.fromkeys([entry["file"], *entry.get("css", []), *entry.get("assets", [])])
            waiting += entry.get("imports", [])
        return [url_for("static", filename=f"dist/{file}") for file in found]

    def tags(self, name: str) -> Markup:
        """The `<link>` and `<script>` of an entry; nothing when it was not built."""
        if not self.built:
            return Markup("")
        entry = self._manifest[f"src/{name}.ts"]
        lines = [
            Markup('<link rel="stylesheet" href="{}">').format(url_for("static", filename=f"dist/{css}"))
            for css in entry.get("css", [])
        ]
        address = url_for("static", filename=f"dist/{entry['file']}")
        lines.append(Markup('<script type="module" src="{}"></script>').format(address))
        return Markup("\n").join(lines)


def attach(app: Flask) -> None:
    """Give templates `bundles`."""
    app.jinja_env.globals["bundles"] = Bundles(DIST)
