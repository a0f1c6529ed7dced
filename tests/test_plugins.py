"""Plugins come in whole or not at all, and one does not hurt another."""

from pathlib import Path

import pytest

from ankiconnect.plugins import DISABLED, LOADED, REFUSED, Plugins
from ankiconnect.registry import Registry

FOLDER = Path(__file__).parent / "plugins"


@pytest.fixture
def load(plugins, monkeypatch):
    """Loads one of the files beside this one."""
    monkeypatch.syspath_prepend(FOLDER)
    return lambda name: plugins.load(name, lambda: __import__(name))


def _actions(plugins):
    return {contract.action.name for contract in plugins.registry}


def test_a_file_in_the_folder_is_a_plugin(plugins, call, tmp_path):
    (tmp_path / "hello.py").write_text((FOLDER / "hello.py").read_text())
    plugins.load_folder(tmp_path)
    assert plugins.all["hello"].state == LOADED
    assert plugins.all["hello"].actions == ("hello",)
    assert call("hello", name="Ada") == "Hello Ada, you have 0 notes"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bad_syntax", "SyntaxError"),
        ("bad_import", "No module named 'no_such_module'"),
        ("no_hook", "implements none of our hooks"),
        ("unknown_hook", "there is no hook ankiconnect_acts"),
        ("raises", "not today"),
        ("clash", "version: there is such an action already"),
        ("bad_schema", "not a Draft-07 schema"),
        ("other_signature", "the schema has the parameters ['name'], the handler"),
    ],
)
def test_what_is_wrong_is_refused_whole_and_said(plugins, load, name, reason):
    before = _actions(plugins)
    load(name)
    assert plugins.all[name].state == REFUSED
    assert reason in plugins.all[name].reason
    assert _actions(plugins) == before
    load("hello")
    assert plugins.all["hello"].state == LOADED


def test_a_refused_plugin_can_be_loaded_once_it_is_mended(plugins, load, tmp_path):
    load("raises")
    (tmp_path / "mended.py").write_text((FOLDER / "hello.py").read_text())
    plugins.load_folder(tmp_path)
    assert plugins.all["mended"].state == LOADED


def test_the_second_plugin_of_a_name_is_refused(plugins, load):
    load("hello")
    load("hello")
    assert plugins.all["hello"].state == LOADED
    assert plugins.all["hello (2)"].state == REFUSED


def test_a_disabled_plugin_is_not_even_imported(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    plugins = Plugins(Registry(), {"disabledPlugins": ["raises", "decks"]})
    plugins.load_builtin()
    plugins.load("raises", lambda: pytest.fail("it was imported"))
    assert plugins.all["raises"].state == plugins.all["decks"].state == DISABLED
    assert "deckNames" not in _actions(plugins)
    assert "modelNames" in _actions(plugins)


def test_the_order_of_loading_does_not_matter(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    plugins = Plugins(Registry())
    plugins.load("hello", lambda: __import__("hello"))
    plugins.load_builtin()
    assert {"hello", "version"} <= _actions(plugins)
