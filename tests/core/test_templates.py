"""Rules that hold for every template, script and style sheet."""

import hashlib
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.html"))
VENDOR = ROOT / "static" / "vendor"
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text()))
# What the content security policy refuses, or what htmx lets through in its spite.
REFUSED = re.compile(
    r"\sstyle=|\son[a-z]+=|hx-on|hx-vals=.js:|<style|hx-trigger=\"[^\"]*\[|<script(?![^>]*\ssrc=)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", TEMPLATES, ids=str)
def test_every_template_compiles_and_keeps_to_the_content_security_policy(name):
    get_template(str(name))
    text = (ROOT / "templates" / name).read_text()
    assert not REFUSED.findall(text)
    assert not [line for line in text.splitlines() if "{#" in line and "#}" not in line], (
        "comments end on their line"
    )


@pytest.mark.parametrize("name", TEMPLATES, ids=str)
def test_every_icon_that_a_template_names_exists(name):
    named = set(re.findall(r'{% icon "([\w-]+)"', (ROOT / "templates" / name).read_text()))
    assert named <= ICONS


def test_every_status_has_an_icon_and_a_tint():
    from m3console.core.templatetags.console import STATUSES

    styles = (ROOT / "static/css/content.css").read_text()
    for icon, tint in STATUSES.values():
        assert icon in ICONS
        assert f".status-{tint}" in styles


def test_vendored_files_are_those_that_versions_lists():
    listed = dict(
        re.findall(r"^\S+ \S+ \S+ (\S+) ([0-9a-f]{64})$", (VENDOR / "VERSIONS").read_text(), re.MULTILINE)
    )
    found = {
        str(path.relative_to(VENDOR)): path
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in ("VERSIONS", "vendor.sh")
    }
    found |= {str(path.relative_to(ROOT)): path for path in (ROOT / "tests/browser/vendor").iterdir()}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == listed


@pytest.mark.parametrize("path", sorted((ROOT / "static").rglob("*.css")), ids=lambda path: path.name)
def test_style_sheets_name_only_files_that_exist(path):
    text = path.read_text()
    assert "sourceMappingURL" not in text
    for target in re.findall(r"url\(\"?([^)\"#]+)", text):
        assert target.startswith("data:") or (path.parent / target).is_file()
