"""Anki's windows. Contract: schemas/gui/.

aqt is imported where it is used: headless there is none, and the family still
has to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from anki.notes import NoteId
from anki.scheduler.v3 import Scheduler

from ankiconnect import GUI, Action, ActionError, hookimpl
from ankiconnect.context import Context
from ankiconnect.kit import (
    browser_window,
    card_info,
    files,
    later,
    note_media,
    review,
    rows,
)
from ankiconnect.kit.files import NamedFile
from ankiconnect.kit.note_media import NoteFile
from ankiconnect.kit.note_values import NoteValues
from ankiconnect.kit.texts import plain

if TYPE_CHECKING:
    from anki.cards import Card
    from anki.collection import Collection
    from anki.decks import DeckId
    from aqt.main import AnkiQt

#: Milliseconds; until then the reply is out, and the rest of a batch is done.
_CLOSES_AFTER = 1000

_NO_ADD_WINDOW = {"error": "Add Note dialog is not open", "code": 1}


@hookimpl
def ankiconnect_actions() -> list[Action]:
    return [
        Action(gui_browse, GUI),
        Action(gui_select_card, GUI),
        Action(gui_select_note, GUI),
        Action(gui_selected_notes, GUI),
        Action(gui_add_cards, GUI, prepare=_fetch),
        Action(gui_edit_note, GUI),
        Action(gui_add_note_set_data, GUI, prepare=_fetch),
        Action(gui_review_active, GUI),
        Action(gui_current_card, GUI),
        Action(gui_start_card_timer, GUI),
        Action(gui_show_question, GUI),
        Action(gui_show_answer, GUI),
        Action(gui_answer_card, GUI),
        Action(gui_play_audio, GUI),
        Action(gui_undo, GUI),
        Action(gui_deck_overview, GUI),
        Action(gui_deck_browser, GUI),
        Action(gui_deck_review, GUI),
        Action(gui_import_file, GUI, prepare=_name),
        Action(gui_exit_anki, GUI),
        Action(gui_check_database, GUI),
    ]


# The browser


def gui_browse(
    mw: AnkiQt, *, query: str | None = None, reorderCards: dict[str, str] | None = None
) -> Sequence[int]:
    """Without a query the window opens as the user left it."""
    from aqt import dialogs

    # Checked here, since the window would ask the user about a bad one.
    cards = [] if query is None else list(mw.col.find_cards(query))
    if reorderCards is not None:
        descending = reorderCards["order"] == "descending"
        browser_window.sort(mw, reorderCards["columnId"], descending=descending)
    if query is not None:
        dialogs.open("Browser", mw, search=(query,))
    else:
        dialogs.open("Browser", mw)
        if reorderCards is not None:
            browser_window.search_again()
    return cards


def gui_select_card(mw: AnkiQt, *, card: int | str) -> bool:
    """A card that the browser does not show leaves nothing selected."""
    browser = browser_window.find()
    if browser is None:
        return False
    if rows(mw.col, "select 1 from cards where id = ?", int(card)):
        browser.table.select_single_card(int(card))
    else:
        browser.table.clear_selection()
    return True


def gui_select_note(mw: AnkiQt, *, note: int | str) -> bool:
    """What it is given is a card, whatever its name says."""
    return gui_select_card(mw, card=note)


def gui_selected_notes(mw: AnkiQt) -> Sequence[int]:
    browser = browser_window.find()
    return [] if browser is None else list(browser.selected_notes())


# The windows that add and edit


def _fetch(context: Context, *, note: Any = None, append: Any = None) -> list[NoteFile]:
    (of_note,) = note_media.fetch_all(context, [note])
    return of_note


def gui_add_cards(
    mw: AnkiQt, of_note: list[NoteFile], *, note: dict[str, Any] | None = None
) -> Future[int] | int:
    """Opens the window again with the new values, unless the user typed there."""
    from ankiconnect.kit import add_window

    if note is None:
        return add_window.note_id(add_window.open_empty(mw))
    values = NoteValues(mw.col, note, of_note)
    made, deck_id = values.make()
    if (note.get("options") or {}).get("closeAfterAdding"):
        return add_window.open_another(mw, made, deck_id)
    return add_window.open_filled(mw, made, deck_id)


def gui_add_note_set_data(
    mw: AnkiQt, of_note: list[NoteFile], *, note: dict[str, Any], append: bool = False
) -> Future[bool | dict[str, Any]] | dict[str, Any]:
    """What the note's object lacks stays as it is."""
    from ankiconnect.kit import add_window

    window = add_window.find()
    if window is None:
        return _NO_ADD_WINDOW
    values = NoteValues(mw.col, note, of_note, add_window.note_type(window))
    return add_window.change(
        window,
        values.type_id,
        values.deck_id,
        lambda shown: values.put_in(shown, append=append),
        _NO_ADD_WINDOW,
    )


def gui_edit_note(mw: AnkiQt, *, note: int | str) -> None:
    from ankiconnect.kit import edit_window

    note_id = NoteId(int(note))
    if not rows(mw.col, "select 1 from notes where id = ?", note_id):
        raise ActionError(f"Note was not found: {note_id}")
    edit_window.open_note(mw, note_id)


# The review


def _card(mw: AnkiQt) -> Card | None:
    """The card that is reviewed, as it is by now."""
    if mw.state != "review":
        return None
    review.take_in_changes(mw)
    # It may have been the last.
    return mw.reviewer.card if mw.state == "review" else None


def gui_review_active(mw: AnkiQt) -> bool:
    return _card(mw) is not None


def gui_current_card(mw: AnkiQt) -> dict[str, Any] | None:
    card = _card(mw)
    if card is None:
        return None
    reviewer, note_type = mw.reviewer, card.note_type()
    buttons = [ease for ease, _ in reviewer._answerButtonList()]
    scheduler = mw.col.sched
    assert isinstance(scheduler, Scheduler)
    labels = scheduler.describe_next_states(reviewer.get_scheduling_states())
    return {
        "cardId": card.id,
        "fields": card_info.fields(card),
        "fieldOrder": card.ord,
        "question": card.question(),
        "answer": card.answer(),
        "buttons": buttons,
        # Add-ons may have buttons of their own, which Anki says nothing of.
        "nextReviews": [
            plain(labels[ease - 1]) if ease <= len(labels) else "" for ease in buttons
        ],
        "modelName": note_type["name"],
        "deckName": mw.col.decks.name(card.did),
        "css": note_type["css"],
        "template": card.template()["name"],
    }


def gui_start_card_timer(mw: AnkiQt) -> bool:
    card = _card(mw)
    if card is None:
        return False
    card.start_timer()
    return True


def gui_show_question(mw: AnkiQt) -> bool:
    if _card(mw) is None or mw.reviewer.state == review.ANSWERED:
        return False
    mw.reviewer._showQuestion()
    return True


def gui_show_answer(mw: AnkiQt) -> bool:
    if _card(mw) is None or mw.reviewer.state == review.ANSWERED:
        return False
    mw.reviewer._showAnswer()
    return True


def gui_answer_card(mw: AnkiQt, *, ease: int) -> Future[bool] | bool:
    """Replies once the next card is there."""
    reviewer, card = mw.reviewer, _card(mw)
    if card is None or reviewer.state != "answer":
        return False
    if ease not in (button for button, _ in reviewer._answerButtonList()):
        return False
    reviewer._answerCard(ease)  # type: ignore[arg-type]
    # Add-ons may refuse it, and then the reviewer stays as it is.
    answering = reviewer.state != "answer"
    return later.after_background(mw, answering)


def gui_play_audio(mw: AnkiQt) -> bool:
    if _card(mw) is None:
        return False
    mw.reviewer.replayAudio()
    return True


# The main window


def gui_undo(mw: AnkiQt) -> Future[bool]:
    """Replies once it is undone; nothing to undo is no error."""
    from aqt.operations.collection import undo

    undo(parent=mw)
    return later.after_background(mw, True)


def gui_deck_overview(mw: AnkiQt, *, name: str) -> Future[bool] | bool:
    return _open_deck(mw, name, "overview")


def gui_deck_browser(mw: AnkiQt) -> None:
    mw.moveToState("deckBrowser")


def gui_deck_review(mw: AnkiQt, *, name: str) -> Future[bool] | bool:
    """Where nothing is due, the overview opens and says so."""
    return _open_deck(mw, name, "review")


def _open_deck(mw: AnkiQt, name: str, state: Any) -> Future[bool] | bool:
    deck_id: DeckId | None = mw.col.decks.id_for_name(name)
    if deck_id is None:
        return False

    def select(col: Collection) -> Any:
        return col.decks.set_current(deck_id)

    def show() -> bool:
        if state == "review":
            mw.col.startTimebox()
        mw.moveToState(state)
        return True

    return later.after_change(mw, select, show)


def _name(context: Context, *, path: str | None = None) -> NamedFile | None:
    return None if path is None else files.named(context, path)


def gui_import_file(
    mw: AnkiQt, named: NamedFile | None, *, path: str | None = None
) -> None:
    """Without a path Anki asks the user for one."""
    from aqt.import_export import importing

    # What Anki shows while it works goes by itself.
    if mw.app.activeModalWidget() is not None and not mw.progress.busy():
        raise ActionError("Anki waits for the user's answer to something else")
    if named is None:
        later.when_idle(mw, mw.onImport)
        return
    with named.reading(mw.col) as file:
        file.stat()
    name = file.name.lower()
    if not any(importer.can_import(name) for importer in importing.IMPORTERS):
        raise ActionError(f"{path} is of a type that Anki does not import")
    later.when_idle(mw, lambda: importing.import_file(mw, str(file)))


def gui_exit_anki(mw: AnkiQt) -> None:
    later.soon(mw.close, _CLOSES_AFTER)


def gui_check_database(mw: AnkiQt) -> bool:
    """Replies at once; what Anki finds it tells the user."""
    later.when_idle(mw, mw.onCheckDB)
    return True
