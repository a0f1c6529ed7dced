"""Every row of who may ask, tried over HTTP on both hosts."""

import http.client

import pytest
from safety import wire

VERSION = {"action": "version", "version": 6}
ANSWER = {"result": 6, "error": None}
WRONG_KEY = {"result": None, "error": "valid api key must be provided"}

#: Settings, headers, status.
ROWS = [
    # Origin, by default.
    ({}, {}, 200),
    ({}, {"Origin": "http://localhost"}, 200),
    ({}, {"Origin": "http://localhost:5173"}, 200),
    ({}, {"Origin": "https://localhost:8443"}, 200),
    ({}, {"Origin": "http://127.0.0.1:8000"}, 200),
    ({}, {"Origin": "https://127.0.0.1"}, 200),
    ({}, {"Origin": "http://[::1]:3000"}, 200),
    ({}, {"Origin": "http://LOCALHOST:3000"}, 200),
    ({}, {"Origin": "chrome-extension://ogmnaimimemjmbakcfefmnahgdfhfami"}, 200),
    ({}, {"Origin": "moz-extension://2b0a2a9e-0000-4000-8000-000000000000"}, 200),
    ({}, {"Origin": "safari-web-extension://ABC"}, 200),
    ({}, {"Origin": "chrome-extension://"}, 403),
    ({}, {"Origin": "null"}, 403),
    ({}, {"Origin": ""}, 403),
    ({}, {"Origin": "https://example.com"}, 403),
    ({}, {"Origin": "http://localhost.example.com"}, 403),
    ({}, {"Origin": "http://example.com/http://localhost"}, 403),
    ({}, {"Origin": "http://localhost@example.com"}, 403),
    ({}, {"Origin": "http://example.com@localhost"}, 403),
    ({}, {"Origin": "http://localhost:99999"}, 403),
    ({}, {"Origin": "http://127.0.0.2"}, 403),
    ({}, {"Origin": "ftp://localhost"}, 403),
    ({}, {"Origin": "file://localhost"}, 403),
    ({}, {"Origin": "http://localhost/path"}, 403),
    ({}, {"Origin": "app://obsidian.md"}, 403),
    ({}, {"Origin": "http://localhost, https://example.com"}, 403),
    # Origin, by what is listed.
    ({"webCorsOriginList": ["*"]}, {"Origin": "https://example.com"}, 200),
    ({"webCorsOriginList": ["*"]}, {"Origin": "null"}, 200),
    ({"webCorsOriginList": ["https://a.com"]}, {"Origin": "https://a.com"}, 200),
    ({"webCorsOriginList": ["https://a.com"]}, {"Origin": "http://a.com"}, 403),
    ({"webCorsOriginList": ["https://a.com"]}, {"Origin": "https://a.com:444"}, 403),
    ({"webCorsOriginList": ["https://a.com"]}, {"Origin": "http://localhost"}, 403),
    ({"webCorsOriginList": ["https://a.com"]}, {"Origin": "https://a"}, 403),
    (
        {"webCorsOriginList": ["app://obsidian.md"]},
        {"Origin": "app://obsidian.md"},
        200,
    ),
    ({"webCorsOriginList": []}, {"Origin": "http://localhost"}, 403),
    ({"webCorsOriginList": []}, {}, 200),
    # Host.
    ({}, {"Host": "localhost:8765"}, 200),
    ({}, {"Host": "LocalHost"}, 200),
    ({}, {"Host": "localhost."}, 200),
    ({}, {"Host": "127.0.0.1:8765"}, 200),
    ({}, {"Host": "[::1]:8765"}, 200),
    ({}, {"Host": "evil.example.com"}, 403),
    ({}, {"Host": "localhost.evil.example.com"}, 403),
    ({}, {"Host": "evil@localhost"}, 403),
    ({}, {"Host": "localhost/evil"}, 403),
    ({}, {"Host": "localhost:port"}, 403),
    ({}, {"Host": ""}, 403),
    ({}, {"Host": "192.168.1.5:8765"}, 403),
    ({}, {"Host": "localhost, evil.example.com"}, 403),
    ({"webHostList": ["My.Name"]}, {"Host": "my.name:8765"}, 200),
    ({"webBindAddress": "0.0.0.0"}, {"Host": "192.168.1.5:8765"}, 200),
    ({"webBindAddress": "0.0.0.0"}, {"Host": "[fe80::1]:8765"}, 200),
    ({"webBindAddress": "0.0.0.0"}, {"Host": "evil.example.com"}, 403),
    ({"webBindAddress": "0.0.0.0"}, {"Host": "localhost"}, 200),
    ({"webBindAddress": "anki.lan"}, {"Host": "anki.lan:8765"}, 200),
]

#: Key that is set, key that is sent (or none), whether it opens.
KEYS = [
    (None, None, True),
    (None, "anything", True),
    ("", "anything", True),
    ("secret", "secret", True),
    ("secret", "Secret", False),
    ("secret", "secret ", False),
    ("secret", None, False),
    ("secret", "", False),
    ("secret", 1, False),
    ("secret", ["secret"], False),
    ("geheim-ü", "geheim-ü", True),
]

RESET = (
    "import ankiconnect.addon as a; s = a.current.settings; s._overrides.clear(); "
    "s.load(mw.addonManager.getConfig(a.current.module)); "
)


class InAnki:
    """The host in Anki, its settings changed for a test."""

    def __init__(self, anki):
        self._key = None
        self.url, self.post = anki.url, anki.post

    def set(self, changed):
        values = {"webBindAddress": "127.0.0.1", **changed}
        changes = "".join(f"s.override({k!r}, {v!r}); " for k, v in values.items())
        params = {"code": RESET + changes}
        request = {"action": "probe", "version": 6, "key": self._key, "params": params}
        assert self.post(request).json() == {"result": None, "error": None}
        self._key = values.get("apiKey")


class WithoutAnki:
    """The headless host."""

    def __init__(self, here):
        self._here = here
        self.url, self.post = here.url, here.post

    def set(self, changed):
        for key, value in changed.items():
            self._here.settings.override(key, value)


@pytest.fixture(params=["headless", "anki"])
def host_with(request):
    """Each host in turn, and ``set`` for its settings."""
    if request.param == "headless":
        yield WithoutAnki(request.getfixturevalue("here"))
        return
    changed = InAnki(request.getfixturevalue("anki_session"))
    yield changed
    changed.set({})


def ask(url, headers):
    """The status of a request with just those headers, and its reply."""
    body = wire.request("version")
    connection = http.client.HTTPConnection(*wire.address(url), timeout=10)
    connection.putrequest("POST", "/", skip_host="Host" in headers)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, text


@pytest.mark.parametrize("changed", [*{repr(row[0]): row[0] for row in ROWS}.values()])
def test_each_row_of_host_and_origin(host_with, changed):
    host_with.set(changed)
    rows = [row for row in ROWS if row[0] == changed]
    assert rows
    found = [(headers, ask(host_with.url, headers)[0]) for _, headers, _ in rows]
    assert found == [(headers, status) for _, headers, status in rows]


@pytest.mark.parametrize("wanted", sorted({str(row[0]) for row in KEYS}))
def test_each_row_of_the_key(host_with, wanted):
    rows = [row for row in KEYS if str(row[0]) == wanted]
    host_with.set({"apiKey": rows[0][0]})
    for _, sent, opens in rows:
        request = VERSION if sent is None else {**VERSION, "key": sent}
        assert host_with.post(request).json() == (ANSWER if opens else WRONG_KEY), sent


def test_a_script_on_a_card_cannot_even_ask(anki):
    port = anki.look("mw.mediaServer.getPort()")
    permission = {"action": "requestPermission", "version": 6}
    for name in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST"):
        origin = f"http://{name}:{port}"
        assert anki.post(VERSION, Origin=origin).status_code == 403
        reply = anki.reply(permission, Origin=origin)
        assert reply == {"result": {"permission": "denied"}, "error": None}
    assert anki.look("mw.app.activeModalWidget() is None")


@pytest.mark.parametrize("origin", ["https://example.com", "null", ""])
def test_nobody_reaches_an_action_past_the_origin(host_with, origin):
    ask_permission = {"action": "requestPermission", "params": {}}
    for request in (
        {"action": "multi", "params": {"actions": [ask_permission]}},
        {"action": "createDeck", "params": {"deck": "evil"}},
        {"action": "nonsense"},
        {"action": "requestpermission"},
    ):
        assert host_with.post(request, Origin=origin).status_code == 403
    decks = host_with.post({"action": "deckNames", "version": 6}).json()["result"]
    assert "evil" not in decks


# Other machines


def test_a_caller_from_elsewhere_needs_the_key(open_here, own_address):
    elsewhere = f"http://{own_address}:{open_here.port}"
    response = open_here.post(VERSION, url=elsewhere)
    assert response.status_code == 403
    assert response.json() == {
        "result": None,
        "error": "other machines need a key: set apiKey "
        "(or ANKICONNECT_API_KEY in the environment) and send it",
    }
    assert open_here.post(VERSION).json() == ANSWER

    open_here.settings.override("apiKey", "secret")
    assert open_here.post(VERSION, url=elsewhere).json() == WRONG_KEY
    with_key = {**VERSION, "key": "secret"}
    assert open_here.post(with_key, url=elsewhere).json() == ANSWER

    open_here.settings.override("apiKey", None)
    open_here.settings.override("allowKeylessNetwork", True)
    assert open_here.post(VERSION, url=elsewhere).json() == ANSWER


def test_a_name_is_not_enough_though_other_machines_are_served(open_here, own_address):
    open_here.settings.override("apiKey", "secret")
    elsewhere = f"http://{own_address}:{open_here.port}"
    with_key = {**VERSION, "key": "secret"}
    assert open_here.post(with_key, url=elsewhere, Host="evil.com").status_code == 403
    response = open_here.post(with_key, url=elsewhere, Origin="https://evil.com")
    assert response.status_code == 403


def test_a_large_body_of_a_stranger_is_not_taken_in(open_here, own_address):
    elsewhere = f"http://{own_address}:{open_here.port}"
    large = b" " * (wire_limit() + 1)
    assert open_here.post(large, url=elsewhere).status_code == 413
    assert open_here.post(large, Origin="https://evil.com").status_code == 413
    assert open_here.post(large, Host="evil.com").status_code == 413
    assert open_here.post(large).status_code == 200


def wire_limit():
    from ankiconnect.connections import SMALL_BODY

    return SMALL_BODY
