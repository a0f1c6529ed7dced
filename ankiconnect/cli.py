"""The command line: serve, call; schema, plugins, check; login, logout, sync."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from anki.errors import AnkiException
from platformdirs import user_data_path

from ankiconnect import __version__, author, commands, documents
from ankiconnect.errors import ActionError
from ankiconnect.kit import texts


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit status."""
    options = _parse(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who reads has enough; nor can what is left in the buffer be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ActionError, OSError, EOFError, ValueError, AnkiException) as error:
        print(f"ankiconnect: {texts.line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    # argparse takes no positional arguments after an option that follows some.
    if "parameters" in options and not any(word.startswith("-") for word in rest):
        options.parameters += rest
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ankiconnect", description="Let other programs drive an Anki collection."
    )
    parser.add_argument("--version", action="version", version=__version__)
    added = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = added.add_parser("serve", help="serve a collection without Anki")
    serve.set_defaults(run=commands.serve)
    _add_profile(serve)
    serve.add_argument("--collection", type=Path, help="a collection file to open")
    serve.add_argument(
        "--host", help="address to serve on (default: the setting webBindAddress)"
    )
    serve.add_argument(
        "--port",
        type=int,
        help="port to serve on; 0 takes a free one (default: the setting webBindPort)",
    )
    serve.add_argument("--plugins", type=Path, help="folder with plugin files")

    call = added.add_parser(
        "call",
        help="call one action of a running server",
        epilog="A key is taken from ANKICONNECT_API_KEY in the environment.",
    )
    call.set_defaults(run=commands.call)
    call.add_argument("action")
    call.add_argument(
        "parameters",
        nargs="*",
        metavar="key=value",
        help="a parameter; its value is JSON, or else text as it stands: "
        "cards=[1,2] deck=Default deck='\"123\"'",
    )
    call.add_argument("--json", default="{}", help="parameters as one JSON object")
    call.add_argument("--url", default=commands.URL, help="default: %(default)s")

    schema = added.add_parser("schema", help="print the schemas of actions")
    schema.set_defaults(run=author.schema)
    schema.add_argument("action", nargs="?", help="default: all, by name")
    schema.add_argument("--plugins", type=Path, help="folder with plugin files")
    whole = schema.add_mutually_exclusive_group()
    for option, make, what in (
        ("--request", documents.request, "one schema of any request"),
        ("--openapi", documents.openapi, "an OpenAPI document"),
    ):
        whole.add_argument(
            option, dest="document", action="store_const", const=make, help=what
        )

    listed = added.add_parser("plugins", help="list plugins as serve would load them")
    listed.set_defaults(run=author.plugins)
    _add_base(listed)
    listed.add_argument("--plugins", type=Path, help="folder with plugin files")

    check = added.add_parser("check", help="say what would be refused of a plugin")
    check.set_defaults(run=author.check)
    check.add_argument("file", type=Path, help="the plugin's file, or add-on's folder")

    login = added.add_parser(
        "login",
        help="let a profile that is served without Anki sync",
        epilog=f"The password is asked for, unless {commands.PASSWORD} is set.",
    )
    login.set_defaults(run=commands.login)
    _add_profile(login)
    login.add_argument("--endpoint", help="a sync server's URL (default: AnkiWeb)")
    login.add_argument("--user", help="user name (default: asked for)")

    logout = added.add_parser("logout", help="forget a profile's login")
    logout.set_defaults(run=commands.logout)
    _add_profile(logout)

    syncing = added.add_parser(
        "sync", help="sync a profile that nothing has open, in full if need be"
    )
    syncing.set_defaults(run=commands.sync)
    _add_profile(syncing)
    full = syncing.add_mutually_exclusive_group()
    full.add_argument(
        "--upload",
        action="store_const",
        dest="full",
        const="upload",
        help="replace the server's collection where the two cannot be joined",
    )
    full.add_argument(
        "--download",
        action="store_const",
        dest="full",
        const="download",
        help="replace this collection where the two cannot be joined",
    )
    return parser


def _add_profile(command: argparse.ArgumentParser) -> None:
    _add_base(command)
    command.add_argument("--profile", help="name of a profile (default: the first)")


def _add_base(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--base",
        type=Path,
        default=user_data_path("ankiconnect", appauthor=False),
        help="folder with a subfolder per profile (default: %(default)s)",
    )
