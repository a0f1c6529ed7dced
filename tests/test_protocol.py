"""The envelope: what is read from a request, and the form of each reply."""

import orjson
import pytest

from ankiconnect import ActionError, protocol
from ankiconnect.protocol import Request, decode, encode, failure, parse, success


@pytest.mark.parametrize(
    ("data", "request_"),
    [
        ({"action": "a"}, Request("a", 4, {}, None)),
        ({"action": "a", "version": 6}, Request("a", 6, {}, None)),
        ({"action": "a", "version": 6.0}, Request("a", 6, {}, None)),
        ({"action": "a", "params": {"x": 1}}, Request("a", 4, {"x": 1}, None)),
        ({"action": "a", "params": None, "version": None}, Request("a", 4, {}, None)),
        ({"action": "a", "key": "k"}, Request("a", 4, {}, "k")),
        ({"action": "a", "key": None, "more": 1}, Request("a", 4, {}, None)),
        # The seed's sample in JavaScript puts the params in the version's place.
        ({"action": "a", "version": {"deck": "d"}}, Request("a", 6, {"deck": "d"})),
        (
            {"action": "a", "version": {"deck": "d"}, "params": {}},
            Request("a", 6, {"deck": "d"}),
        ),
    ],
)
def test_request_is_read(data, request_):
    assert parse(data) == request_


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "'action' is a required property"),
        ({"version": 6}, "'action' is a required property"),
        ({"action": 1}, "1 is not of type 'string'"),
        ({"action": None}, "None is not of type 'string'"),
        ({"action": ""}, "'' is too short"),
        (1.2, "1.2 is not of type 'object'"),
        (["action"], "['action'] is not of type 'object'"),
        (None, "None is not of type 'object'"),
        ({"action": "a", "version": "6"}, "'6' is not of type 'integer'"),
        ({"action": "a", "version": 6.5}, "6.5 is not of type 'integer'"),
        ({"action": "a", "version": True}, "True is not of type 'integer'"),
        ({"action": "a", "params": []}, "[] is not of type 'object'"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(data, message):
    with pytest.raises(ActionError) as error:
        parse(data)
    assert str(error.value) == message


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[1,]", b"nul", b'{"a": NaN}'])
def test_what_is_no_json_gets_the_decoders_words(body):
    with pytest.raises(ActionError, match=r"line 1|UTF-8|utf-8"):
        decode(body)


@pytest.mark.parametrize(
    ("version", "reply"),
    [
        (1, "r"),
        (4, "r"),
        (5, {"result": "r", "error": None}),
        (6, {"result": "r", "error": None}),
        (7, {"result": "r", "error": None}),
    ],
)
def test_success_has_the_form_of_its_version(version, reply):
    assert success(version, "r") == reply


def test_failure_has_one_form():
    assert failure("no") == {"result": None, "error": "no"}


@pytest.mark.parametrize(
    ("body", "deep"),
    [
        (b"[" * 1024, False),
        (b"[" * 1025, True),
        (b'{"a":' * 1025, True),
        (b'{"a":[' * 600, True),
        (b"[[]," * 1025, True),
        (b"[" + b"[]," * 5000, False),
        (b'"' + b"[" * 5000 + b'"', False),
        (b'"\\"' + b"[" * 5000 + b'"', False),
        (b'"\\\\"' + b"[" * 5000, True),
        (b'["' + b"{" * 5000 + b'", "}", "[["]', False),
        (b"\xff[" * 1025, True),
    ],
)
def test_depth_is_known_before_anything_is_decoded(body, deep):
    assert protocol._nested(body) is deep


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2000, 2345])
def test_a_long_list_is_written_in_pieces_and_whole(count):
    entries = [{"id": number, "text": "猫, [" * 3} for number in range(count)]
    for reply in (entries, success(6, entries), success(4, entries)):
        assert encode(reply) == orjson.dumps(reply)
    odd = {1: "a", "result": entries}
    assert orjson.loads(encode(odd)) == {"1": "a", "result": entries}
    with pytest.raises(TypeError):
        encode(success(6, [*entries, {1, 2}]))
