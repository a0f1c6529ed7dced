"""Settings: what is stored goes before defaults, the environment before both."""

import json
from pathlib import Path

import pytest

import ankiconnect
from ankiconnect import ActionError
from ankiconnect.hosts.headless import SETTINGS, stored_settings
from ankiconnect.settings import DEFAULTS, ENVIRONMENT, ENVIRONMENT_ORIGIN, Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in (*ENVIRONMENT, ENVIRONMENT_ORIGIN):
        monkeypatch.delenv(name, raising=False)


def test_the_addons_defaults_are_these():
    assert json.loads((ROOT / "config.json").read_text()) == DEFAULTS


def test_the_addons_version_is_the_packages():
    manifest = json.loads((ROOT / "manifest.json").read_text())
    assert manifest["human_version"] == ankiconnect.__version__


def test_each_setting_is_documented():
    text = (ROOT / "config.md").read_text()
    assert [key for key in DEFAULTS if f"| `{key}` |" not in text] == []


def test_stored_values_go_before_defaults_and_unknown_ones_are_left_out():
    settings = Settings({"webBindPort": 1, "theme": "dark"})
    assert settings["webBindPort"] == 1
    assert settings["webTimeout"] == DEFAULTS["webTimeout"]
    assert "theme" not in settings


def test_environment_goes_before_what_is_stored(monkeypatch):
    monkeypatch.setenv("ANKICONNECT_BIND_ADDRESS", "0.0.0.0")
    monkeypatch.setenv("ANKICONNECT_API_KEY", "secret")
    monkeypatch.setenv("ANKICONNECT_CORS_ORIGIN", "https://example.com")
    settings = Settings({"webBindAddress": "::1", "apiKey": "other"})
    assert settings["webBindAddress"] == "0.0.0.0"
    assert settings["apiKey"] == "secret"
    assert settings["webCorsOriginList"] == ["http://localhost", "https://example.com"]


def test_what_is_appended_is_stored_beside_what_is_there(tmp_path):
    file = tmp_path / SETTINGS
    file.write_text(json.dumps({"webBindPort": 1, "theme": "dark"}))
    settings = stored_settings(tmp_path)
    settings.append("webCorsOriginList", "https://example.com")
    assert json.loads(file.read_text()) == {
        "webBindPort": 1,
        "theme": "dark",
        "webCorsOriginList": ["http://localhost", "https://example.com"],
    }
    assert stored_settings(tmp_path)["webBindPort"] == 1


def test_nothing_is_appended_where_nothing_can_be_stored():
    with pytest.raises(ActionError, match="cannot be stored"):
        Settings().append("webCorsOriginList", "https://example.com")


@pytest.mark.parametrize(
    ("key", "stored", "value"),
    [
        ("apiKey", "secret", "secret"),
        ("apiKey", 1234, "1234"),
        ("apiKey", 0, "0"),
        ("apiKey", [], "[]"),
        ("apiKey", "", None),
        ("apiKey", False, None),
        ("allowKeylessNetwork", "yes", False),
        ("allowFilePaths", 1, False),
        ("allowFilePaths", True, True),
        ("webCorsOriginList", "https://a.com", ["https://a.com"]),
        ("webCorsOriginList", None, ["http://localhost"]),
        ("webCorsOriginList", ["https://a.com", 1], ["http://localhost"]),
        ("webHostList", {"*": 1}, []),
        ("webBindAddress", "", "127.0.0.1"),
        ("webBindAddress", None, "127.0.0.1"),
        ("webBindPort", "8765", 8765),
        ("webBindPort", True, 8765),
        ("webBindPort", 1.5, 8765),
        ("webTimeout", -1, 10000),
        ("webBodyLimit", 0, 0),
        ("mediaDownloadLimit", None, 100 * 1024 * 1024),
        ("apiLogPath", 5, None),
    ],
)
def test_what_is_no_value_opens_nothing(key, stored, value):
    assert Settings({key: stored})[key] == value
    assert type(Settings({key: stored})[key]) is type(value)


def test_what_is_said_for_this_run_holds_whatever_is_stored_meanwhile():
    settings = Settings({"webBindAddress": "0.0.0.0"})
    settings.override("webBindAddress", "0.0.0.0")
    settings.load({"webBindAddress": "127.0.0.1", "webTimeout": 5})
    assert settings["webBindAddress"] == "0.0.0.0"
    assert settings["webTimeout"] == 5
