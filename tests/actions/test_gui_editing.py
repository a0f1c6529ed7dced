"""The window that edits one note."""

from basic_notes import add, cards
from windows import BROWSER, EDIT, rows, wait_until_loaded


def edited(anki):
    return anki.look(f"dict({EDIT}.editor.note.items())")


def opened(anki, note):
    """Open a note and wait for it to be shown."""
    anki("guiEditNote", note=note)
    anki.wait_for(f"{EDIT}.editor.note.id == {note}")


def test_gui_edit_note_in_a_window_that_is_about_to_close(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    wait_until_loaded(anki)
    anki.look(f"first = {EDIT}\nfirst.close()\nclosing = {EDIT} is first")
    assert anki("guiEditNote", note=two) is None
    anki.wait_for(f"{EDIT} not in (None, first)")
    anki.wait_for(f"{EDIT}.editor.note.id == {two}")


def test_gui_edit_note_opens_a_window_with_the_note(anki):
    (note,) = add(anki, "<b>cat</b>")
    assert anki("guiEditNote", note=str(note)) is None
    assert anki.look(f"{EDIT}.isVisible()")
    assert anki.look(f"{EDIT}.windowTitle()") == "Edit: cat"
    assert edited(anki) == {"Front": "<b>cat</b>", "Back": "back of <b>cat</b>"}


def test_gui_edit_note_saves_what_the_user_types(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    anki.look(f"{EDIT}.editor.onBridgeCmd('key:0:{one}:typed')")
    opened(anki, two)
    (info,) = anki("notesInfo", notes=[one])
    assert info["fields"]["Front"]["value"] == "typed"


def test_gui_edit_note_again_reuses_the_window_and_goes_back_and_forward(anki):
    one, two, three = add(anki, "one", "two", "three")
    opened(anki, one)
    anki.look(f"first = {EDIT}")
    assert not anki.look("first._back.isEnabled() or first._forward.isEnabled()")
    opened(anki, two)
    opened(anki, three)
    assert anki.look(f"first is {EDIT}")
    for button, note, back, forward in [
        ("_back", two, True, True),
        ("_back", one, False, True),
        ("_forward", two, True, True),
        ("_forward", three, True, False),
    ]:
        anki.look(f"first.{button}.click()")
        anki.wait_for(f"first.editor.note.id == {note}")
        assert anki.look("first._back.isEnabled()") == back
        assert anki.look("first._forward.isEnabled()") == forward
    opened(anki, one)
    anki.look("first._back.click()")
    anki.wait_for(f"first.editor.note.id == {three}")
    anki("deleteNotes", notes=[two])
    anki.look("first._back.click()")
    anki.wait_for("not first._back.isEnabled()")
    assert anki.look("first.note_id") == three


def test_gui_edit_note_has_a_preview_that_follows(anki):
    reversed_type = "Basic (and reversed card)"
    fields = {"Front": "one", "Back": "eins"}
    note = {"deckName": "Default", "modelName": reversed_type, "fields": fields}
    one = anki("addNote", note=note)
    (two,) = add(anki, "two")
    opened(anki, one)
    anki.look(f"window = {EDIT}\nwindow._toggle_preview()")
    anki.wait_for("window._preview and window._preview.isVisible()")
    both = cards(anki, one)
    card = "(window._preview.card() or mw).id"
    anki.wait_for("window._preview._last_state")
    assert anki.look(card) == both[0]
    # Its answer, then the other card.
    anki.look("window._preview._next.click()")
    anki.wait_for("window._preview.state() == 'answer'")
    anki.look("window._preview._next.click()")
    anki.wait_for(f"{card} == {both[1]}")
    anki.wait_for("window._preview.state() == 'question'")
    opened(anki, two)
    anki.wait_for(f"{card} == {cards(anki, two)[0]}")
    anki.look("window._toggle_preview()")
    assert anki.look("window._preview is None")
    anki.look("window._toggle_preview()")
    anki.wait_for("window._preview and window._preview._last_state")
    wait_until_loaded(anki)
    anki.look("preview = window._preview\nwindow.close()")
    anki.wait_for(f"{EDIT} is None")
    assert anki.look("aqt.qt.sip.isdeleted(preview) or not preview.isVisible()")


def test_gui_edit_note_has_a_preview_that_is_not_drawn_once_it_is_gone(anki):
    opened(anki, *add(anki, "one"))
    anki.look(f"window = {EDIT}\nwindow._toggle_preview()")
    anki.wait_for("window._preview and window._preview._last_state")
    # Anki was to draw it, but was busy, and comes back to it later.
    anki.look("preview = window._preview\npreview._timer = aqt.qt.QTimer(preview)")
    anki.look("window._toggle_preview()")
    anki.wait_for("aqt.qt.sip.isdeleted(preview)")
    anki.look("preview._render_scheduled()")


def test_gui_edit_note_has_a_button_to_the_browser(anki):
    one, _ = add(anki, "one", "two")
    opened(anki, one)
    anki.look(
        f"button, = (b for b in {EDIT}.findChildren(aqt.qt.QPushButton)"
        " if b.text() == 'Browse')\nbutton.click()"
    )
    anki.wait_for(f"{BROWSER} and {BROWSER}.table.len() == 1")
    assert rows(anki) == cards(anki, one)


def test_gui_edit_note_shows_what_others_change(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    anki.look(
        "loads = []\n"
        f"load = {EDIT}.editor.loadNoteKeepingFocus\n"
        f"{EDIT}.editor.loadNoteKeepingFocus = lambda: (loads.append(1), load())"
    )
    anki("updateNoteFields", note={"id": two, "fields": {"Front": "other"}})
    anki("updateNoteFields", note={"id": one, "fields": {"Front": "changed"}})
    anki.wait_for(f"{EDIT}.editor.note['Front'] == 'changed'")
    anki.wait_for(f"{EDIT}.windowTitle() == 'Edit: changed'")
    # Another note's change would have taken the cursor away for nothing.
    assert anki.look("loads") == [1]


def test_gui_edit_note_closes_when_its_note_is_deleted(anki):
    one, two = add(anki, "one", "two")
    opened(anki, one)
    wait_until_loaded(anki)
    anki("deleteNotes", notes=[two])
    assert anki.look(f"{EDIT}.isVisible()")
    anki("deleteNotes", notes=[one])
    anki.wait_for(f"{EDIT} is None")
    assert anki.error("guiEditNote", note=one) == f"Note was not found: {one}"


def test_gui_edit_note_closes_with_ankis_windows(anki):
    (note,) = add(anki, "one")
    opened(anki, note)
    wait_until_loaded(anki)
    anki.look("closed = []\naqt.dialogs.closeAll(lambda: closed.append(1))")
    anki.wait_for("closed and aqt.dialogs.allClosed()")
    opened(anki, note)
    wait_until_loaded(anki)
    anki.look(f"{EDIT}.close()")
    anki.wait_for(f"{EDIT} is None")


def test_gui_edit_note_of_an_unknown_note(anki):
    assert anki.error("guiEditNote", note=12345) == "Note was not found: 12345"
    assert anki.look(f"{EDIT} is None")
