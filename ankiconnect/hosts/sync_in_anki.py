"""What Anki's Sync button does, without the windows that it opens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aqt import gui_hooks

from ankiconnect.errors import ActionError
from ankiconnect.hosts import sync
from ankiconnect.hosts.steps import NO_COLLECTION

if TYPE_CHECKING:
    from concurrent.futures import Future

    from anki.collection import Collection
    from anki.sync import SyncOutput
    from aqt.main import AnkiQt

log = logging.getLogger(__name__)


def start_sync(
    mw: AnkiQt, col: Collection, on_done: Callable[[Exception | None], None]
) -> None:
    """Start to sync; ``on_done`` is given what went wrong. On the main thread."""
    auth, profile = mw.pm.sync_auth(), mw.pm.profile
    if not auth:
        raise sync.not_logged_in("log in with Anki's Sync button")
    with_media = mw.pm.media_syncing_enabled()

    def finish(future: Future[SyncOutput]) -> None:
        if mw.pm.profile is not profile or mw.col is not col:
            # The user left the profile, and what came of it is not the next one's.
            on_done(ActionError(NO_COLLECTION))
            return
        sync.forget_old_state(col)
        mw.toolbar.set_sync_active(mw.media_syncer.is_syncing())
        error = _take_in(mw, future)
        gui_hooks.sync_did_finish()
        mw.reset()
        mw._refresh_after_sync()
        on_done(error)

    gui_hooks.sync_will_start()
    mw.toolbar.set_sync_active(True)
    mw.taskman.run_in_background(lambda: col.sync_collection(auth, with_media), finish)


def _take_in(mw: AnkiQt, future: Future[Any]) -> Exception | None:
    try:
        out = future.result()
    except Exception as error:
        if sync.is_wrong_login(error):
            mw.pm.clear_sync_auth()
        return error
    mw.pm.set_host_number(out.host_number)
    if out.new_endpoint:
        mw.pm.set_current_sync_url(out.new_endpoint)
    if out.server_message:
        log.info("the sync server says: %s", out.server_message)
    if out.required != out.NO_CHANGES:
        return sync.full_sync_needed(out, "make it with Anki's Sync button")
    mw.media_syncer.start_monitoring()
    return None
