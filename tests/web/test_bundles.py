"""Pages whose scripts were not built say so and what to do; built ones name their files."""

from __future__ import annotations

import json

from web.assets import MANIFEST, Bundles


def test_a_page_without_built_scripts_says_what_to_do(app, browser, tmp_path):
    app.jinja_env.globals["bundles"] = Bundles(tmp_path)
    text = browser.client.get("/login").get_data(as_text=True)
    assert "make frontend" in text
    assert "<script" not in text


def test_a_build_is_found_without_a_restart(app, tmp_path):
    bundles = Bundles(tmp_path)
    assert not bundles.built
    manifest = tmp_path / MANIFEST
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"src/site.ts": {"file": "assets/site-1.js", "css": ["assets/site-1.css"]}}))
    assert bundles.built
    with app.test_request_context():
        tags = bundles.tags("site")
    assert 'src="/static/dist/assets/site-1.js"' in tags
    assert 'href="/static/dist/assets/site-1.css"' in tags
