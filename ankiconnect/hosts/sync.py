"""Syncing by itself: a profile's login, and its collection with the server's."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from anki.errors import SyncError, SyncErrorKind
from anki.sync import SyncAuth

from ankiconnect.errors import ActionError
from ankiconnect.kit.scratch import scratch_collection

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.sync import SyncOutput

#: Lies beside the collection; it holds the server's key, never a password.
LOGIN = "sync.json"

_NOT_LOGGED_IN = "sync: auth not configured"
_MEDIA_EVERY = 0.05


def log_in(folder: Path, user: str, password: str, endpoint: str | None) -> None:
    """Get a key from the server (AnkiWeb without an endpoint) and keep it."""
    if endpoint is not None:
        # Anki appends to it, and 23.10 takes none without the slash.
        endpoint = endpoint.rstrip("/") + "/"
    # Any collection can ask, and the profile's own may be in use.
    with scratch_collection() as col:
        auth = col.sync_login(user, password, endpoint)
    _keep(folder, auth.hkey, endpoint)


def log_out(folder: Path) -> bool:
    """Forget the key; False if there was none."""
    try:
        (folder / LOGIN).unlink()
    except FileNotFoundError:
        return False
    return True


def check_login(folder: Path) -> None:
    """Raise unless the profile is logged in, as far as this machine knows."""
    _login(folder)


def sync(col: Collection, folder: Path) -> None:
    """Sync a collection and start with its media."""
    out = _sync(col, folder, _login(folder))
    if out.required != out.NO_CHANGES:
        raise full_sync_needed(
            out,
            "stop this server; then 'ankiconnect sync --upload' keeps this "
            "collection, 'ankiconnect sync --download' the server's",
        )


def sync_in_full(col: Collection, folder: Path, *, upload: bool) -> None:
    """Put one collection in the other's place, if it takes that to sync."""
    out = _sync(col, folder, _login(folder))
    if out.required == out.NO_CHANGES:
        return
    auth = _login(folder)  # the server may have named another endpoint
    col.close_for_full_sync()
    try:
        col.full_upload_or_download(
            auth=auth, server_usn=out.server_media_usn, upload=upload
        )
    finally:
        col.reopen(after_full_sync=True)


def wait_for_media(col: Collection) -> None:
    """Wait for the end of a media sync; raises what went wrong in it."""
    # Anki's backend tells of the end to who asks, and to nobody else.
    while col.media_sync_status().active:
        time.sleep(_MEDIA_EVERY)


def not_logged_in(where: str) -> ActionError:
    """What a sync without a login is told."""
    return ActionError(f"{_NOT_LOGGED_IN}; {where}")


def full_sync_needed(out: SyncOutput, where: str) -> ActionError:
    """What a sync is told that would have to replace one of the collections."""
    return ActionError(f"Sync status {out.required}: a full sync is needed; {where}")


def forget_old_state(col: Collection) -> None:
    """Let go of what a collection remembers from before a sync, as Anki does."""
    col._load_scheduler()
    col.models._clear_cache()


def is_wrong_login(error: Exception) -> bool:
    """Whether the server does not take the key (any more)."""
    return isinstance(error, SyncError) and error.kind is SyncErrorKind.AUTH


def _sync(col: Collection, folder: Path, auth: SyncAuth) -> SyncOutput:
    try:
        out = col.sync_collection(auth, True)
    except SyncError as error:
        if is_wrong_login(error):
            log_out(folder)
        raise
    finally:
        forget_old_state(col)
    if out.new_endpoint:
        _keep(folder, auth.hkey, out.new_endpoint)
    return out


def _login(folder: Path) -> SyncAuth:
    try:
        kept = json.loads((folder / LOGIN).read_text("utf-8"))
    except FileNotFoundError:
        raise not_logged_in("log in with 'ankiconnect login'") from None
    return SyncAuth(hkey=kept["key"], endpoint=kept["endpoint"])


def _keep(folder: Path, key: str, endpoint: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{LOGIN}.part"
    unfinished.unlink(missing_ok=True)
    # Nobody else's from the first moment on.
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"key": key, "endpoint": endpoint}, file)
    unfinished.replace(folder / LOGIN)
