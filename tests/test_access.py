"""Who may ask: every row of the rules, as a function of values."""

import pytest

from ankiconnect.access import (
    exposure,
    host_allowed,
    key_valid,
    machine_allowed,
    may_name_files,
    origin_allowed,
)
from ankiconnect.settings import DEFAULTS

ANKIS_OWN = ("http://127.0.0.1:40000", "http://localhost:40000")


def settings(**changed):
    return {**DEFAULTS, **changed}


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("http://localhost", True),
        ("http://localhost:5173", True),
        ("https://localhost:8443", True),
        ("http://127.0.0.1:8000", True),
        ("https://127.0.0.1", True),
        ("http://[::1]:3000", True),
        ("http://LOCALHOST:3000", True),
        ("chrome-extension://ogmnaimimemjmbakcfefmnahgdfhfami", True),
        ("moz-extension://2b0a2a9e-0000-4000-8000-000000000000", True),
        ("safari-web-extension://ABC", True),
        ("chrome-extension://", False),
        ("null", False),
        ("", False),
        ("https://example.com", False),
        ("http://localhost.example.com", False),
        ("http://example.com/http://localhost", False),
        ("http://localhost@example.com", False),
        ("http://example.com@localhost", False),
        ("http://localhost:99999", False),
        ("http://127.0.0.2", False),
        ("ftp://localhost", False),
        ("file://localhost", False),
        ("http://localhost/path", False),
        ("app://obsidian.md", False),
        ("http://127.0.0.1:40000", False),
        ("http://LOCALHOST:40000", False),
    ],
)
def test_origin_by_default(origin, allowed):
    assert origin_allowed(origin, settings(), ANKIS_OWN) is allowed


@pytest.mark.parametrize(
    ("listed", "origin", "allowed"),
    [
        (["*"], "https://example.com", True),
        (["*"], "null", True),
        (["*"], "http://127.0.0.1:40000", False),
        (["https://example.com"], "https://example.com", True),
        (["https://example.com"], "http://example.com", False),
        (["https://example.com"], "https://example.com:444", False),
        (["https://example.com"], "http://localhost", False),
        (["https://example.com"], "chrome-extension://abc", False),
        (["app://obsidian.md"], "app://obsidian.md", True),
        (["http://127.0.0.1:40000"], "http://127.0.0.1:40000", False),
        ([], "http://localhost", False),
        ([], None, True),
    ],
)
def test_origin_by_list(listed, origin, allowed):
    given = settings(webCorsOriginList=listed)
    assert origin_allowed(origin, given, ANKIS_OWN) is allowed


@pytest.mark.parametrize(
    ("bound", "host", "allowed"),
    [
        ("127.0.0.1", None, True),
        ("127.0.0.1", "localhost:8765", True),
        ("127.0.0.1", "LocalHost", True),
        ("127.0.0.1", "localhost.", True),
        ("127.0.0.1", "127.0.0.1:8765", True),
        ("127.0.0.1", "[::1]:8765", True),
        ("127.0.0.1", "evil.example.com", False),
        ("127.0.0.1", "localhost.evil.example.com", False),
        ("127.0.0.1", "evil@localhost", False),
        ("127.0.0.1", "localhost/evil", False),
        ("127.0.0.1", "localhost:port", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "192.168.1.5:8765", False),
        ("127.0.0.1", "my.name:8765", True),
        ("0.0.0.0", "192.168.1.5:8765", True),
        ("0.0.0.0", "[fe80::1]:8765", True),
        ("0.0.0.0", "evil.example.com", False),
        ("0.0.0.0", "localhost", True),
        ("192.168.1.5", "192.168.1.5", True),
        ("anki.lan", "anki.lan:8765", True),
    ],
)
def test_host(bound, host, allowed):
    given = settings(webBindAddress=bound, webHostList=["My.Name"])
    assert host_allowed(host, given) is allowed


@pytest.mark.parametrize(
    ("address", "changed", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("127.1.2.3", {}, True),
        ("::1", {}, True),
        ("::ffff:127.0.0.1", {}, True),
        ("192.168.1.5", {}, False),
        ("::ffff:192.168.1.5", {}, False),
        ("fe80::1%eth0", {}, False),
        ("192.168.1.5", {"apiKey": "k"}, True),
        ("192.168.1.5", {"apiKey": ""}, False),
        ("192.168.1.5", {"allowKeylessNetwork": True}, True),
        ("192.168.1.5", {"allowKeylessNetwork": "yes"}, False),
    ],
)
def test_machine(address, changed, allowed):
    assert machine_allowed(address, settings(**changed)) is allowed


@pytest.mark.parametrize(
    ("wanted", "key", "valid"),
    [
        (None, None, True),
        (None, "anything", True),
        ("", "anything", True),
        ("secret", "secret", True),
        ("secret", "Secret", False),
        ("secret", None, False),
        ("secret", "", False),
        ("geheim-ü", "geheim-ü", True),
        (1234, "1234", True),
    ],
)
def test_key(wanted, key, valid):
    assert key_valid(key, settings(apiKey=wanted)) is valid


@pytest.mark.parametrize(
    ("bound", "setting", "may"),
    [
        ("127.0.0.1", False, True),
        ("localhost", False, True),
        ("::1", False, True),
        ("0.0.0.0", False, False),
        ("0.0.0.0", True, True),
        ("192.168.1.5", False, False),
    ],
)
def test_files(bound, setting, may):
    given = settings(webBindAddress=bound, allowFilePaths=setting)
    assert may_name_files(given) is may


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"webBindAddress": "::1", "allowKeylessNetwork": True}, None),
        ({"webBindAddress": "0.0.0.0"}, "turned away until a key is set: apiKey"),
        ({"webBindAddress": "0.0.0.0", "apiKey": "k"}, "that send the key are served"),
        (
            {"webBindAddress": "::", "allowKeylessNetwork": True},
            "need no key: whoever does can read and change everything",
        ),
    ],
)
def test_who_else_is_served_is_said_at_the_start(changed, said):
    text = exposure(settings(**changed))
    assert text is None if said is None else said in str(text)
