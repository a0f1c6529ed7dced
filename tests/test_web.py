"""HTTP as clients speak it, against both hosts."""

import http.client
import json
import socket
from urllib.parse import urlsplit

import pytest
from servers import start_headless, stop_headless

VERSION = {"action": "version", "version": 6}
ANSWER = {"result": 6, "error": None}


def address(server):
    parts = urlsplit(server.url)
    return parts.hostname, parts.port


def raw(server, data):
    """What comes back for bytes on a bare connection."""
    with socket.create_connection(address(server), timeout=10) as sock:
        sock.sendall(data)
        received = b""
        while part := sock.recv(65536):
            received += part
        return received


def test_get_says_hello(server):
    connection = http.client.HTTPConnection(*address(server))
    for method, body in (("GET", None), ("GET", "{}"), ("POST", ""), ("HEAD", None)):
        connection.request(method, "/", body)
        response = connection.getresponse()
        text = response.read()
        assert response.status == 200
        assert text == (b"" if method == "HEAD" else b"AnkiConnect v.6")
        assert response.headers["Content-Type"].startswith("text/plain")
    connection.close()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"[]", "[] is not of type 'object'"),
        (b"1.2", "1.2 is not of type 'object'"),
        (b"{}", "'action' is a required property"),
        (b'{"action": 1}', "1 is not of type 'string'"),
        (b'{"action": ""}', "'' is too short"),
        (b'{"action": "noSuchAction"}', "unsupported action"),
        (b'{"action": "noSuchAction", "version": 2}', "unsupported action"),
        (b'{"action": "noSuchAction", "version": 6}', "unsupported action"),
        (
            b'{"action": "createDeck", "version": 6}',
            "createDeck() missing 1 required positional argument: 'deck'",
        ),
        (
            b'{"action": "deckNames", "params": {"foobar": 1}}',
            "deckNames() got an unexpected keyword argument 'foobar'",
        ),
        (
            b'{"action": "createDeck", "params": {"deck": ["a"]}}',
            "'deck' must be a string, not an array",
        ),
    ],
)
def test_error_rows(server, body, error):
    response = server.post(body)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"result": None, "error": error}
    assert server("deckNames") == ["Default"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xff", b"not json", b"[" * 5000])
def test_what_is_no_json_gets_the_decoders_words(server, body):
    reply = server.post(body).json()
    assert reply["result"] is None
    assert reply["error"]
    assert "\n" not in reply["error"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "octet/stream", ""]
)
def test_content_type_of_the_request_does_not_matter(server, kind):
    response = server.post(json.dumps(VERSION).encode(), **{"Content-Type": kind})
    assert response.json() == ANSWER


def test_connection_is_kept_and_closed_as_asked(server):
    connection = http.client.HTTPConnection(*address(server))
    connection.request("POST", "/", json.dumps(VERSION))
    assert json.loads(connection.getresponse().read()) == ANSWER
    kept = connection.sock
    connection.request("POST", "/", json.dumps(VERSION))
    assert connection.sock is kept
    assert json.loads(connection.getresponse().read()) == ANSWER
    connection.request("POST", "/", json.dumps(VERSION), {"Connection": "close"})
    response = connection.getresponse()
    assert json.loads(response.read()) == ANSWER
    assert response.headers["Connection"] == "close"
    connection.close()


def test_chunked_request_is_read(server):
    connection = http.client.HTTPConnection(*address(server))
    body = json.dumps(VERSION).encode()
    pieces = iter([body[:5], body[5:]])
    connection.request("POST", "/", pieces, encode_chunked=True)
    assert json.loads(connection.getresponse().read()) == ANSWER
    connection.close()


def test_head_and_body_may_come_in_many_writes(server):
    body = json.dumps(VERSION).encode()
    with socket.create_connection(address(server), timeout=10) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        sock.sendall(head)
        sock.sendall(b"Content-Length: %d\r\n\r\n" % len(body))
        for index in range(len(body)):
            sock.sendall(body[index : index + 1])
        received = b""
        while part := sock.recv(65536):
            received += part
    assert json.loads(received.partition(b"\r\n\r\n")[2]) == ANSWER


def test_expect_100_continue_is_answered(server):
    body = json.dumps(VERSION).encode()
    with socket.create_connection(address(server), timeout=10) as sock:
        sock.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert sock.recv(65536).startswith(b"HTTP/1.1 100")
        sock.sendall(body)
        received = b""
        while part := sock.recv(65536):
            received += part
    assert json.loads(received.partition(b"\r\n\r\n")[2]) == ANSWER


def test_http_1_0_without_a_host_is_served(server):
    body = json.dumps(VERSION).encode()
    reply = raw(
        server, b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    assert json.loads(reply.partition(b"\r\n\r\n")[2]) == ANSWER


def test_both_loopback_addresses_are_served(server):
    _, port = address(server)
    for host in ("127.0.0.1", "::1"):
        connection = http.client.HTTPConnection(host, port)
        connection.request("POST", "/", json.dumps(VERSION))
        assert json.loads(connection.getresponse().read()) == ANSWER
        connection.close()


@pytest.mark.parametrize("origin", ["http://localhost:3000", "moz-extension://abc"])
def test_allowed_origin_is_answered_and_named(server, origin):
    response = server.post(VERSION, Origin=origin)
    assert response.json() == ANSWER
    assert response.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("action", ["version", "deckNames", "noSuchAction", "multi"])
def test_other_origin_is_refused_and_nothing_runs(server, action):
    request = {"action": action, "version": 6, "params": {"actions": []}}
    response = server.post(request, Origin="https://example.com")
    assert response.status_code == 403
    assert response.json()["result"] is None
    assert "https://example.com is not allowed" in response.json()["error"]
    assert "Access-Control-Allow-Origin" not in response.headers


def test_other_origin_cannot_reach_an_action_through_a_batch(server):
    child = {"action": "createDeck", "params": {"deck": "evil"}}
    request = {"action": "multi", "params": {"actions": [child]}}
    assert server.post(request, Origin="https://example.com").status_code == 403
    assert server("deckNames") == ["Default"]


def test_scripts_on_cards_are_refused(anki):
    port = anki.look("mw.mediaServer.getPort()")
    for host in ("127.0.0.1", "localhost"):
        response = anki.post(VERSION, Origin=f"http://{host}:{port}")
        assert response.status_code == 403


@pytest.mark.parametrize("host", ["evil.example.com", "evil.example.com:8765", ""])
def test_foreign_host_is_refused(server, host):
    assert server.post(VERSION, Host=host).status_code == 403
    connection = http.client.HTTPConnection(*address(server))
    connection.request("GET", "/", headers={"Host": host})
    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.parametrize("origin", ["http://localhost", "https://example.com"])
def test_preflight(server, origin):
    connection = http.client.HTTPConnection(*address(server))
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    connection.request("OPTIONS", "/", headers=asked)
    response = connection.getresponse()
    response.read()
    assert response.status == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert response.headers["Access-Control-Allow-Headers"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Allow-Private-Network"] == "true"
    connection.close()


def test_other_paths_and_methods_are_refused(server):
    connection = http.client.HTTPConnection(*address(server))
    for method, path, status in (("GET", "/x", 404), ("PUT", "/", 405)):
        connection.request(method, path)
        response = connection.getresponse()
        response.read()
        assert response.status == status
    connection.close()


def test_key_is_asked_for_where_one_is_set(base):
    (base / "ankiconnect.json").write_text('{"apiKey": "secret"}')
    server = start_headless(base, "--port", "0")
    wrong = {"result": None, "error": "valid api key must be provided"}
    deck_names = {"action": "deckNames", "version": 6}
    assert server.reply(deck_names) == wrong
    assert server.reply({**deck_names, "key": "guess"}) == wrong
    assert server.reply({**deck_names, "key": "secret"})["result"] == ["Default"]
    batch = {
        "action": "multi",
        "version": 6,
        "key": "secret",
        "params": {"actions": [deck_names, {**deck_names, "key": "guess"}]},
    }
    # A child without a key has the outer one.
    assert server.reply(batch)["result"] == [
        {"result": ["Default"], "error": None},
        wrong,
    ]
    permission = server.reply({"action": "requestPermission", "version": 6})
    assert permission["result"]["requireApikey"] is True
    stop_headless(server)
