"""What the commands of the command line do."""

from __future__ import annotations

import argparse
import gc
import getpass
import json
import logging
import os
import signal
import threading
from typing import Any

import orjson
import requests

from ankiconnect import access, author, late, logs, protocol
from ankiconnect.dispatch import Dispatcher
from ankiconnect.errors import ActionError
from ankiconnect.hosts import sync as syncing
from ankiconnect.hosts.headless import Headless
from ankiconnect.kit import downloads
from ankiconnect.plugins import Plugins
from ankiconnect.registry import Registry
from ankiconnect.server import Server
from ankiconnect.settings import DEFAULTS
from ankiconnect.web import Application

log = logging.getLogger(__name__)

#: Where a server is unless it was told otherwise.
URL = f"http://{DEFAULTS['webBindAddress']}:{DEFAULTS['webBindPort']}"
#: Seconds that requests may go on for once a signal came.
_STOP_TAKES = 5.0
#: Environment variable with the sync server's password.
PASSWORD = "ANKICONNECT_SYNC_PASSWORD"


def serve(options: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    to_errors = logging.StreamHandler()
    to_errors.setFormatter(logs.Formatter())
    # The rest is for whoever set apiLogPath.
    to_errors.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[to_errors])
    logs.set_levels()
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())

    host = Headless(options.base)
    settings = host.settings
    logs.keep_secret(settings)
    api_log = logs.ApiLog(options.base, settings)
    api_log.follow()
    plugins = Plugins(Registry(), settings)
    plugins.load_builtin()
    plugins.load_installed()
    if options.plugins:
        plugins.load_folder(author.existing(options.plugins))
    late.receive(plugins.load_object)
    if options.host is not None:
        settings.override("webBindAddress", options.host)
    if options.port is not None:
        settings.override("webBindPort", options.port)
    # The port first: what is taken should be said before anything is opened.
    address, port = settings["webBindAddress"], settings["webBindPort"]
    application = Application(Dispatcher(plugins, host))
    try:
        server = Server(application, address, port)
    except OSError as error:
        reason = error.strerror or error
        raise ActionError(
            f"cannot serve on port {port} of {address}: {reason}"
        ) from None
    if options.collection:
        host.open_file(options.collection.absolute())
    else:
        host.open(options.profile)
    try:
        server.start()
        exposure = access.exposure(settings)
        if exposure:
            log.warning("%s", exposure)
        _look_less_for_cycles()
        print(f"{protocol.GREETING} listening on {server.url}", flush=True)
        # A wait without an end cannot be interrupted on Windows.
        while not stop.wait(3600):
            pass
        downloads.end_all()
        server.stop(_STOP_TAKES)
    finally:
        host.close()
        api_log.close()
    return 0


def _look_less_for_cycles() -> None:
    """Let many objects come to be before Python's collector looks at them.

    A reply of 20,000 notes is 140,000 objects and not one cycle, and with the
    collector's own settings the looking takes a third of its time. Anki's
    window has it look on a timer alone.
    """
    gc.freeze()
    gc.set_threshold(250_000, 20, 100)


def call(options: argparse.Namespace) -> int:
    """Call one action of a running server and print its result."""
    try:
        params = json.loads(options.json)
    except ValueError as error:
        raise ActionError(f"--json is no JSON: {error}") from None
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
    reply = _ask(options.url, request)
    if reply["error"] is not None:
        raise ActionError(reply["error"])
    _print_json(reply["result"])
    return 0


def _ask(url: str, request: dict[str, Any]) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False  # what is asked is no matter for a proxy
        if "://" not in url:
            url = f"http://{url}"
        try:
            response = session.post(url, data=orjson.dumps(request))
        except requests.ConnectionError:
            raise ActionError(
                f"nothing answers at {url}; is Anki or 'ankiconnect serve' running?"
            ) from None
    try:
        reply = response.json()
    except ValueError:
        reply = None
    if not isinstance(reply, dict) or set(reply) != {"result", "error"}:
        raise ActionError(f"what answers at {url} is not AnkiConnect")
    return reply


def login(options: argparse.Namespace) -> int:
    """Let a profile sync."""
    folder = Headless(options.base).folder(options.profile)
    try:
        user = options.user or input("User name: ")
        password = os.environ.get(PASSWORD) or getpass.getpass()
    except EOFError:
        raise ActionError(
            f"there is nobody to ask: give --user, and the password in {PASSWORD}"
        ) from None
    syncing.log_in(folder, user, password, options.endpoint)
    print(f"{folder.name} is logged in as {user}")
    return 0


def logout(options: argparse.Namespace) -> int:
    """Forget a profile's login."""
    folder = Headless(options.base).folder(options.profile)
    if not syncing.log_out(folder):
        raise ActionError(f"{folder.name} is not logged in")
    return 0


def sync(options: argparse.Namespace) -> int:
    """Sync a profile, in full if that was said."""
    host = Headless(options.base)
    syncing.check_login(host.folder(options.profile))
    host.open(options.profile)
    try:
        if options.full is not None:
            host.sync_in_full(upload=options.full == "upload")
        host.sync()
    finally:
        host.close()
    return 0


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
