"""Plugins come in whole or not at all, and one does not hurt another."""

import json
import threading
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

import ankiconnect
from ankiconnect import BATCH, GUI, READ, Action, ActionError, hookimpl, late, register
from ankiconnect.access import Caller
from ankiconnect.cli import main
from ankiconnect.plugins import DISABLED, LOADED, REFUSED, Plugins
from ankiconnect.registry import Registry

FOLDER = Path(__file__).parent / "plugins"
EXAMPLES = Path(__file__).parent.parent / "examples"


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
        ("no_hook", "ankiconnect_actions has no @hookimpl before it"),
        ("unknown_hook", "there is no hook ankiconnect_acts"),
        ("raises", "not today"),
        ("clash", "such an action already, in ankiconnect.actions.misc"),
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


HOOK = "from ankiconnect import *\n@hookimpl\ndef ankiconnect_actions():\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("\n1 / 0\n", "ZeroDivisionError: division by zero (line 2)"),
        (f"{HOOK}    return own()\ndef own():\n    return 1 / 0\n", "zero (line 6)"),
        (f"{HOOK}    return int('no')\n", "base 10: 'no' (line 4)"),
        (f"{HOOK}    return [Action(print)]\n", "'kind' (line 4)"),
        ("import sys\nsys.exit('no')\n", "SystemExit: no (line 2)"),
        ("\nimport broken\n", "(broken.py, line 1) (line 2)"),
        ("import no_such\n", "No module named 'no_such' (line 1)"),
        ("from broken2 import no\n", "'broken2' (broken2.py) (line 1)"),
        ("open('no/such/file')\n", "directory: 'file' (line 1)"),
    ],
)
def test_where_a_file_fails_is_said(plugins, tmp_path, monkeypatch, source, reason):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "broken.py").write_text("def (:\n")
    (tmp_path / "broken2.py").write_text("")
    (tmp_path / "odd.py").write_text(source)
    told = plugins.load_file("odd", tmp_path / "odd.py").reason
    assert told.endswith(reason)
    assert str(tmp_path) not in told


def test_the_line_of_what_cannot_be_compiled_is_said_once(plugins):
    told = plugins.load_file("bad_syntax", FOLDER / "bad_syntax.py").reason
    assert told == "SyntaxError: invalid syntax (line 1)"


def test_where_a_module_fails_is_said(plugins, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "odd_module.py").write_text("\n1 / 0\n")
    plugins.load_module("odd", "odd_module")
    assert plugins.all["odd"].reason == "ZeroDivisionError: division by zero (line 2)"


def test_what_fails_elsewhere_has_no_line(plugins, tmp_path):
    schema = tmp_path / "no" / "such.json"
    plugin = Bringer(Action(fine, READ, schema=schema))
    told = plugins.load("odd", lambda: plugin).reason
    assert told == "ContractError: such.json: No such file or directory"


@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        ("Action(print, READ)", "[Action(function, kind), …], not an Action"),
        ("None", "[Action(function, kind), …], not None"),
        ("'print'", "[Action(function, kind), …], not 'print'"),
        ("{'a': 1}", "[Action(function, kind), …], not a dict"),
        ("ankiconnect_actions", "not the function ankiconnect_actions"),
        ("[ankiconnect_actions]", "the function ankiconnect_actions is not an Action"),
        ("[None]", "None is not an Action, Action(function, kind) is"),
        ("[__import__('os')]", "a module is not an Action"),
    ],
)
def test_what_a_hook_has_to_return_is_said(plugins, tmp_path, returned, reason):
    (tmp_path / "odd.py").write_text(f"{HOOK}    return {returned}\n")
    before = _actions(plugins)
    plugin = plugins.load_file("odd", tmp_path / "odd.py")
    assert plugin.state == REFUSED
    assert "ankiconnect_actions has to return a list of Actions" in plugin.reason
    assert reason in plugin.reason
    assert _actions(plugins) == before


def test_any_iterable_of_actions_will_do_and_so_will_none_at_all(plugins):
    class Generating(Bringer):
        @hookimpl
        def ankiconnect_actions(self):
            yield Action(fine, READ, schema=_schema("fine"))

    class Looking:
        @hookimpl
        def ankiconnect_before_call(self):
            pass

    assert plugins.load("generating", Generating).actions == ("fine",)
    assert plugins.load("empty", Bringer).state == LOADED
    assert plugins.load("looking", Looking).state == LOADED


def test_every_keyword_of_draft_07_is_taken(plugins):
    schema = _schema("fine")
    schema["properties"]["result"] = {"readOnly": True, "writeOnly": False}
    action = Action(fine, READ, schema=schema)
    assert plugins.load("fine", lambda: Bringer(action)).reason == ""


def test_a_plugin_without_a_hook_is_none(plugins):
    told = plugins.load("nothing", lambda: object()).reason
    assert told == "PluginError: it implements none of our hooks"


@pytest.mark.parametrize("brackets", ["", "()", "(tryfirst=True)"])
def test_a_hook_may_be_marked_with_brackets(plugins, tmp_path, brackets):
    source = HOOK.replace("@hookimpl", f"@hookimpl{brackets}")
    (tmp_path / "odd.py").write_text(f"{source}    return []\n")
    assert plugins.load_file("odd", tmp_path / "odd.py").reason == ""


def test_hooks_are_asked_in_the_order_that_they_wish(plugins, call):
    asked = []

    class First:
        @hookimpl(tryfirst=True)
        def ankiconnect_before_call(self):
            asked.append("first")

    class Last:
        @hookimpl
        def ankiconnect_before_call(self):
            asked.append("last")

    for plugin in (First, Last):
        assert plugins.load(plugin.__name__, plugin).reason == ""
    call("version")
    assert asked == ["first", "last"]


def test_a_schemas_path_starts_at_the_plugin_wherever_the_program_runs(
    plugins, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "its.json").write_text(json.dumps(_schema("mine")))
    (folder / "mine.py").write_text(
        f"{HOOK}    return [Action(mine, READ, schema='its.json')]\n"
        "def mine(col):\n    return 1\n"
    )
    assert plugins.load_file("mine", folder / "mine.py").reason == ""


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


def _schema(name, **params):
    parameters = {
        "type": "object",
        "properties": params,
        "required": list(params),
        "additionalProperties": False,
    }
    properties = {"action": {"const": name}, "params": parameters, "result": {}}
    return {"properties": properties}


class Bringer:
    """A plugin that brings what it is given."""

    def __init__(self, *actions):
        self.actions = actions

    @hookimpl
    def ankiconnect_actions(self):
        return self.actions


def fine(col):
    return 1


async def slow(col):
    return 1


def positional(col, n):
    return n


def _saying(result=None, **more):
    schema = {**_schema("fine"), **more}
    if result is not None:
        schema["properties"]["result"] = result
    return schema


def yielding(col):
    yield 1


async def slowly(col):
    yield 1


def _holding(**schema):
    return {**_schema("a.b"), "definitions": schema, "$ref": "#/definitions/top"}


ITSELF = {"items": {"$ref": "#/definitions/top"}}


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("no action", "'no action' is not an Action"),
        (Action(fine, READ, name="a/b", schema=_schema("a/b")), "'a/b' is no name"),
        (Action(fine, READ, name="a.", schema=_schema("a.")), "'a.' is no name"),
        (Action(fine, "READ", schema=_schema("fine")), "'READ' is not a kind"),
        (Action(slow, READ, schema=_schema("slow")), "no async function"),
        (Action(yielding, READ, schema=_schema("yielding")), "the handler has to ret"),
        (Action(slowly, READ, schema=_schema("slowly")), "the handler has to return"),
        (Action(fine, READ), "no schemas/fine.json beside the module"),
        (Action(fine, READ, schema="no.json"), "no.json: "),
        (Action(fine, READ, schema=_schema("other")), "Action(…, name='other') would"),
        (Action(fine, READ, schema=_saying(minimun=1)), "Draft-07 has no 'minimun'"),
        (
            Action(fine, READ, schema=_saying(result={"items": [{"typ": "string"}]})),
            "Draft-07 has no 'typ'",
        ),
        (
            Action(fine, READ, schema=_saying(additionalProperties=False)),
            "additionalProperties: false is for params alone",
        ),
        (
            Action(
                fine,
                READ,
                schema=_saying(**{"$schema": "https://json-schema.org/draft/2020-12"}),
            ),
            "the schema is not in Draft-07",
        ),
        (
            Action(positional, READ, schema=_schema("positional", n={})),
            "a READ handler is given 1; parameters stand behind a *",
        ),
        (Action(fine, READ, schema={"properties": {}}), "the schema has no 'action'"),
        (Action(fine, READ, schema={**_schema("fine"), "x": {1}}), "not a Draft-07"),
        (Action(fine, GUI, versions=5, schema=_schema("fine")), "versions is (since"),
        (Action(fine, READ, formerly="f", schema=_schema("fine")), "formerly is (name"),
        (
            Action(fine, READ, formerly=("version", 4), schema=_schema("fine")),
            "version",
        ),
        (Action(fine, READ, schema=_schema("fine", a={})), "parameters ['a'], the"),
        (
            Action(fine, READ, schema={"$ref": "#/definitions/no"}),
            "there is no definitions",
        ),
        (
            Action(fine, READ, schema={"$ref": "http://example.com/a.json"}),
            "a $ref points into",
        ),
        (
            Action(fine, READ, schema=_holding(top=ITSELF)),
            "a schema cannot contain itself",
        ),
        (
            Action(fine, READ, schema=_schema("fine", a={"pattern": "("})),
            "not a Draft-07 schema",
        ),
    ],
)
def test_what_is_wrong_with_an_action_is_said(plugins, action, reason):
    before = _actions(plugins)
    good = Action(fine, READ, name="ok", schema=_schema("ok"))
    plugin = plugins.load("odd", lambda: Bringer(good, action))
    assert plugin.state == REFUSED
    assert reason in plugin.reason
    assert _actions(plugins) == before


def _prepared(prepare):
    def use(col, prepared, *, words, limit=5):
        return prepared

    schema = _schema("use", words={}, limit={})
    schema["properties"]["params"]["required"] = ["words"]
    return Bringer(Action(use, READ, schema=schema, prepare=prepare))


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda context: 1, "prepare(context, limit=…, words=…) fails: "),
        (lambda context, *, words: 1, "unexpected keyword argument 'limit'"),
        (lambda context, *, words, limit: 1, "prepare(context, words=…) fails: "),
        (lambda context, *, more, **rest: 1, "'more'"),
        (lambda **rest: 1, "too many positional arguments"),
    ],
)
def test_prepare_has_to_take_what_the_handler_takes(plugins, prepare, reason):
    plugin = plugins.load("odd", lambda: _prepared(prepare))
    assert plugin.state == REFUSED
    assert plugin.reason.startswith("ContractError: use: prepare has to take what")
    assert reason in plugin.reason


@pytest.mark.parametrize(
    "prepare",
    [
        lambda context, *, words, limit=5: 1,
        lambda context, words, limit=None: 1,
        lambda context, *, words, more=1, **rest: 1,
        lambda context, **params: 1,
        dict,
    ],
)
def test_prepare_may_take_it_in_any_way(plugins, prepare):
    assert plugins.load("fine", lambda: _prepared(prepare)).reason == ""


def test_only_a_batch_may_yield(plugins, call):
    def many():
        yield {"action": "version", "version": 6}

    action = Action(many, BATCH, schema=_schema("many"))
    assert plugins.load("many", lambda: Bringer(action)).reason == ""
    assert call("many") == [{"result": 6, "error": None}]


def _optional(default, its):
    def use(col, *, limit=default):
        return 1

    schema = _schema("use", limit=its)
    del schema["properties"]["params"]["required"]
    return Bringer(Action(use, READ, schema=schema))


@pytest.mark.parametrize(
    ("default", "its", "reason"),
    [
        ("ten", {"type": "integer"}, "'ten', but 'limit' must be an integer, not a st"),
        (True, {"type": "integer"}, "True, but 'limit' must be an integer, not a bool"),
        (0, {"minimum": 1}, "0, but 'limit' must be at least 1, not 0"),
        ("c", {"enum": ["a", "b"]}, "'c', but 'limit' must be one of 'a', 'b', not"),
        ((1, "2"), {"items": {"type": "integer"}}, "but 'limit[1]' must be an integer"),
        (5, False, "5, but use() got parameters that its schema does not"),
    ],
)
def test_a_default_has_to_be_what_the_schema_allows(plugins, default, its, reason):
    told = plugins.load("odd", lambda: _optional(default, its)).reason
    assert told.startswith("ContractError: use: the default of 'limit' is ")
    assert reason in told


@pytest.mark.parametrize(
    ("default", "its"),
    [
        (None, {"type": "integer"}),
        (10, {"type": "integer"}),
        ((), {"type": "array"}),
        (float("inf"), {"type": "number"}),
        (object(), {"type": "integer"}),
        ("anything", {}),
    ],
)
def test_a_default_may_be_none_or_a_tuple_or_a_mark(plugins, default, its):
    assert plugins.load("fine", lambda: _optional(default, its)).reason == ""


def test_a_ref_is_followed_in_the_same_schema_and_into_a_file(plugins, call, tmp_path):
    shared = {"text": {"type": "string", "minLength": 2}}
    (tmp_path / "shared.json").write_text(json.dumps(shared))
    schema = _schema(
        "fine",
        a={"$ref": "#/definitions/few"},
        b={"$ref": "shared.json#/text", "description": "Beside it."},
    )
    schema["definitions"] = {"few": {"type": "integer", "maximum": 3}}
    (tmp_path / "fine.json").write_text(json.dumps(schema))

    def fine(col, *, a, b):
        return [a, b]

    plugins.load(
        "f", lambda: Bringer(Action(fine, READ, schema=tmp_path / "fine.json"))
    )
    assert call("fine", a=3, b="cd") == [3, "cd"]
    assert call.error("fine", a=4, b="cd") == "'a' must be at most 3, not 4"
    assert "$ref" not in json.dumps(call.contract("fine").schema)


def test_nobody_changes_a_schema_afterwards(plugins, call):
    schema = _schema("fine")
    plugins.load("f", lambda: Bringer(Action(fine, READ, schema=schema)))
    schema["properties"]["params"]["required"] = ["more"]
    assert call("fine") == 1


def test_a_schema_says_which_versions_may_ask(plugins, call):
    def of(name, versions):
        return Action(fine, READ, name=name, schema=_schema(name), versions=versions)

    ranges = {"a.old": (None, 3), "a.new": (5, None), "a.all": (None, None)}
    plugins.load("f", lambda: Bringer(*(of(*item) for item in ranges.items())))
    for name, (since, until) in ranges.items():
        validator = Draft7Validator(plugins.registry.find(name, until or 6).schema)
        for version in (None, 1, 3, 4, 5, 6):
            request = {"action": name, "params": {}}
            if version is not None:
                request["version"] = version
            reply = call.reply(request)
            answered = reply == 1 or reply["error"] is None
            assert answered == validator.is_valid(request)
            asked = version or 4
            assert answered == ((since or 0) <= asked <= (until or 9))


def test_each_plugin_has_its_own_settings_as_they_are_now(plugins, host):
    given = {}

    class Stranger(Bringer):
        @hookimpl
        def ankiconnect_settings(self, settings):
            given["mine"] = settings

        @hookimpl
        def ankiconnect_actions(self):
            return [] if "mine" in given else [None]

    assert plugins.load("mine", Stranger).state == LOADED
    assert dict(given["mine"]) == {}
    host.settings.override("pluginSettings", {"mine": {"a": 1}, "other": {"a": 2}})
    assert dict(given["mine"]) == {"a": 1}
    for wrong in ({"mine": 5}, [], None):
        host.settings.override("pluginSettings", wrong)
        assert given["mine"].get("a", "not set") == "not set"


def test_hooks_cost_nothing_where_there_are_none(plugins):
    assert plugins.before_call is None
    assert plugins.after_call is None


def test_a_refused_plugins_hooks_are_gone(plugins, call):
    class Stranger(Bringer):
        @hookimpl
        def ankiconnect_before_call(self):
            raise ActionError("never")

    assert plugins.load("odd", lambda: Stranger("no action")).state == REFUSED
    assert plugins.before_call is None
    assert call("deckNames") == ["Default"]


def test_a_hook_refuses_with_its_text_and_nothing_runs(plugins, call, col):
    seen = []

    class Stranger(Bringer):
        @hookimpl
        def ankiconnect_before_call(self, action, params):
            if params.get("deck") == "no":
                raise ActionError("that deck is not yours")

        @hookimpl
        def ankiconnect_after_call(self, action, params, result, error):
            seen.append((action, params, result, error))

    assert plugins.load("rights", Stranger).state == LOADED
    assert call.error("createDeck", deck="no") == "that deck is not yours"
    assert col.decks.id_for_name("no") is None
    children = [
        {"action": "createDeck", "version": 6, "params": {"deck": deck}}
        for deck in ("no", "yes")
    ]
    replies = call("multi", actions=children)
    assert replies[0] == {"result": None, "error": "that deck is not yours"}
    made = replies[1]["result"]
    assert call.error("noSuchAction") == "unsupported action"
    assert seen == [
        ("createDeck", {"deck": "no"}, None, "that deck is not yours"),
        ("createDeck", {"deck": "no"}, None, "that deck is not yours"),
        ("createDeck", {"deck": "yes"}, made, None),
        ("multi", {"actions": children}, replies, None),
        ("noSuchAction", {}, None, "unsupported action"),
    ]


def test_a_hook_that_fails_is_not_taken_for_the_action(plugins, call, caplog):
    class Stranger(Bringer):
        @hookimpl
        def ankiconnect_before_call(self, action):
            if action == "deckNames":
                raise ZeroDivisionError

    assert plugins.load("odd", Stranger).state == LOADED
    assert call.error("deckNames") == (
        "deckNames was not run: a plugin failed inside: ZeroDivisionError; "
        "the log has more"
    )
    assert call("version") == 6
    caplog.clear()


def test_what_comes_before_there_is_a_server_waits_for_it():
    late.receive(None)
    ready = Bringer(Action(fine, READ, schema=_schema("fine")))
    register("early", ready)
    plugins = Plugins(Registry())
    late.receive(plugins.load_object)
    assert plugins.all["early"].state == LOADED
    register("later", Bringer(Action(fine, READ, name="l", schema=_schema("l"))))
    assert _actions(plugins) == {"fine", "l"}
    late.receive(None)


def test_a_plugin_may_bring_another_while_it_is_loaded(plugins):
    inner = Bringer(Action(fine, READ, name="i", schema=_schema("i")))

    class Outer:
        @hookimpl
        def ankiconnect_actions(self):
            register("inner", inner)
            return [Action(fine, READ, name="o", schema=_schema("o"))]

    assert plugins.load("outer", Outer).actions == ("o",)
    assert plugins.all["inner"].actions == ("i",)
    assert {"i", "o"} <= _actions(plugins)


def test_plugins_that_come_at_once_all_get_in(plugins):
    def bring(number):
        name = f"a.b{number}"
        plugin = Bringer(Action(fine, READ, name=name, schema=_schema(name)))
        plugins.load_object(name, plugin)

    threads = [threading.Thread(target=bring, args=[n]) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"a.b{number}" for number in range(20)} <= _actions(plugins)


# The commands


def test_check_says_what_would_be_refused(tmp_path, capsys):
    assert main(["check", str(FOLDER / "bad_schema.py")]) == 1
    assert "refused: ContractError: odd: not a Draft-07 sch" in capsys.readouterr().out
    assert main(["check", str(FOLDER / "no_such.py")]) == 1
    assert "there is no file" in capsys.readouterr().err
    (tmp_path / "forgot.py").write_text(f"{HOOK}    pass\n")
    assert main(["check", str(tmp_path / "forgot.py")]) == 1
    assert "forgot.py: refused: PluginError: ankicon" in capsys.readouterr().out
    assert main(["check", str(tmp_path)]) == 1
    assert "ankiconnect_plugin.py" in capsys.readouterr().err
    assert main(["check", str(EXAMPLES / "filtered_decks")]) == 0
    assert "loaded, actions: filtered.create" in capsys.readouterr().out
    assert main(["check", str(FOLDER / "hello.py")]) == 0
    out = capsys.readouterr().out
    assert "hello.py: loaded, actions: hello\n" in out
    assert "hello: better: a name of your own, such as yours.hello" in out
    assert "hello: better: the parameter name has no description\n" in out


def test_check_holds_examples_against_their_schema(tmp_path, capsys):
    source = (EXAMPLES / "hello.py").read_text("utf-8")
    (tmp_path / "hello.py").write_text(source.replace('"name": "Ada"', '"name": 5'))
    assert main(["check", str(tmp_path / "hello.py")]) == 1
    out = capsys.readouterr().out
    assert "example 1 is not what the schema says: params.name: 5 is not of" in out


def test_plugins_lists_what_serve_would_load(tmp_path, capsys):
    (tmp_path / "ankiconnect.json").write_text('{"disabledPlugins": ["hello"]}')
    options = ["plugins", "--base", str(tmp_path), "--plugins"]
    assert main([*options, str(FOLDER)]) == 0
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    told = {name: (state, *rest) for name, state, *rest in lines}
    assert told["hello"] == ("disabled",)
    assert told["bad_syntax"][0] == "refused"
    assert told["bad_syntax"][1].startswith("SyntaxError: ")
    assert told["watchful"] == ("loaded", "watchful.seen")
    assert told["decks"][1].split()[0] == ankiconnect.__version__
    assert main([*options, str(tmp_path / "none")]) == 1


def test_schema_prints_strangers_schemas_and_whole_documents(tmp_path, capsys):
    (tmp_path / "hello.py").write_text((EXAMPLES / "hello.py").read_text("utf-8"))

    def printed(*words):
        assert main(["schema", "--plugins", str(tmp_path), *words]) == 0
        return json.loads(capsys.readouterr().out)

    one = printed("example.hello")
    assert one["properties"]["action"]["const"] == "example.hello"
    assert printed()["example.hello"] == one
    assert "example.hello" in printed("--request")["definitions"]
    assert printed("--openapi")["openapi"].startswith("3.1")


def test_the_guard_of_the_examples_keeps_each_website_to_its_actions(
    load_plugin, call, caplog
):
    origin = "https://example.com"
    caplog.set_level("INFO", "ankiconnect.guard")
    load_plugin(EXAMPLES / "guard.py", settings={origin: ["deckNames"]})
    assert call("createDeck", deck="a") > 1
    call.caller = Caller(origin)
    assert set(call("deckNames")) == {"Default", "a"}
    assert call.error("createDeck", deck="b") == f"{origin} may not use createDeck"
    assert caplog.messages == [
        "createDeck: done",
        "deckNames: done",
        f"createDeck: {origin} may not use createDeck",
    ]
