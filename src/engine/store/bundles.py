"""The published bundles as this process last read them: versions never change, so they may be kept."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from engine.definitions.bundle import Bundle, unpack
from engine.definitions.forms import Form, parse_form
from engine.errors import DefinitionBroken, NotFound
from engine.store import process_version
from engine.store.session import Session


class Library:
    """Bundles and their parsed forms by version id; the least recently used one goes first. Safe between threads."""

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._bundles: OrderedDict[str, Bundle] = OrderedDict()
        self._forms: dict[tuple[str, str, str], Form] = {}
        self._lock = Lock()

    def bundle(self, session: Session, version_id: str) -> Bundle:
        """The bundle of a version. Raises `NotFound`."""
        with self._lock:
            found = self._bundles.get(version_id)
            if found is not None:
                self._bundles.move_to_end(version_id)
                return found
        packed = process_version.packed_bundle(session, version_id)
        if packed is None:
            raise NotFound("没有这个流程版本")
        bundle = unpack(packed)
        with self._lock:
            self._bundles[version_id] = bundle
            while len(self._bundles) > self._size:
                gone, _ = self._bundles.popitem(last=False)
                self._forms = {key: form for key, form in self._forms.items() if key[0] != gone}
        return bundle

    def form(self, session: Session, version_id: str, process_key: str, form_key: str) -> Form:
        """The parsed form of an element of (a process called by) this version. Raises `DefinitionBroken`."""
        key = (version_id, process_key, form_key)
        found = self._forms.get(key)
        if found is None:
            for each in self.bundle(session, version_id).closure():
                if each.key == process_key and form_key in each.forms:
                    found = self._forms[key] = parse_form(each.forms[form_key])
                    break
            else:
                raise DefinitionBroken(f"版本 {version_id} 的流程 {process_key} 没有表单 {form_key}")
        return found
