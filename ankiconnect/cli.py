"""The command line: serve, call, schema."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import orjson
import requests
from anki.errors import AnkiException
from platformdirs import user_data_path

from ankiconnect import protocol
from ankiconnect.dispatch import Dispatcher
from ankiconnect.errors import ActionError
from ankiconnect.hosts.headless import Headless
from ankiconnect.plugins import Plugins
from ankiconnect.registry import Registry
from ankiconnect.server import Server
from ankiconnect.settings import DEFAULTS
from ankiconnect.web import Application

_URL = f"http://{DEFAULTS['webBindAddress']}:{DEFAULTS['webBindPort']}"


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (ActionError, OSError, ValueError, AnkiException) as error:
        print(f"ankiconnect: {_one_line(error)}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ankiconnect", description="Let other programs drive an Anki collection."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve a collection without Anki")
    serve.set_defaults(run=_serve)
    serve.add_argument("--base", type=Path, help="folder with a subfolder per profile")
    serve.add_argument("--profile", help="profile to open (default: the first)")
    serve.add_argument("--collection", type=Path, help="a collection file to open")
    serve.add_argument("--host", help="address to serve on")
    serve.add_argument("--port", type=int, help="port to serve on; 0 takes a free one")
    serve.add_argument("--plugins", type=Path, help="folder with plugin files")

    call = commands.add_parser("call", help="call one action of a running server")
    call.set_defaults(run=_call)
    call.add_argument("action")
    call.add_argument(
        "parameters",
        nargs="*",
        metavar="key=value",
        help="a parameter; its value is JSON, or else text as it stands",
    )
    call.add_argument("--json", default="{}", help="parameters as one JSON object")
    call.add_argument("--url", default=_URL, help="default: %(default)s")

    schema = commands.add_parser("schema", help="print the schemas of actions")
    schema.set_defaults(run=_schema)
    schema.add_argument("action", nargs="?", help="default: all, by name")
    return parser


def _serve(options: argparse.Namespace) -> int:
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())

    base = options.base or user_data_path("ankiconnect", appauthor=False)
    host = Headless(base)
    settings = host.settings
    plugins = Plugins(Registry(), settings["disabledPlugins"])
    plugins.load_builtin()
    plugins.load_installed()
    if options.plugins:
        plugins.load_folder(options.plugins)
    if options.host is not None:
        settings.override("webBindAddress", options.host)
    port = settings["webBindPort"] if options.port is None else options.port
    # The port first: what is taken should be said before anything is opened.
    server = Server(
        Application(Dispatcher(plugins, host)),
        settings["webBindAddress"],
        port,
        settings["webBodyLimit"],
    )
    if options.collection:
        host.open_file(options.collection.absolute())
    else:
        host.open(options.profile)
    try:
        server.start()
        print(f"{protocol.GREETING} listening on {server.url}", flush=True)
        # A wait without an end cannot be interrupted on Windows.
        while not stop.wait(3600):
            pass
        server.stop()
    finally:
        host.close()
    return 0


def _call(options: argparse.Namespace) -> int:
    params = json.loads(options.json)
    if not isinstance(params, dict):
        raise ActionError("--json takes an object")
    for parameter in options.parameters:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise ActionError(f"{parameter!r} is not key=value")
        params[name] = _value(value)
    request = {
        "action": options.action,
        "version": protocol.API_VERSION,
        "params": params,
        "key": os.environ.get("ANKICONNECT_API_KEY"),
    }
    response = requests.post(options.url, data=orjson.dumps(request))
    reply = response.json()
    if reply["error"] is not None:
        raise ActionError(reply["error"])
    _print_json(reply["result"])
    return 0


def _schema(options: argparse.Namespace) -> int:
    plugins = Plugins(Registry())
    plugins.load_builtin()
    plugins.load_installed()
    schemas = {contract.action.name: contract.schema for contract in plugins.registry}
    if options.action is None:
        _print_json(schemas)
    elif options.action in schemas:
        _print_json(schemas[options.action])
    else:
        raise ActionError(f"there is no action {options.action}")
    return 0


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
