"""A dictionary extension's main job, over HTTP, against both hosts."""

import base64

import pytest

MODEL = {
    "modelName": "Word",
    "inOrderFields": ["Expression", "Meaning", "Sound"],
    "cardTemplates": [{"Front": "{{Expression}}", "Back": "{{Meaning}} {{Sound}}"}],
}


@pytest.mark.parametrize("version", [6, 2])
def test_connect_check_add_and_find_a_note_with_a_sound(server, files, version):
    folder, address = files
    (folder / "neko.mp3").write_bytes(b"\xff\xfbmeow" * 100)

    def ask(action, **params):
        reply = server.reply({"action": action, "version": version, "params": params})
        if version > 4:
            assert set(reply) == {"result", "error"}
            assert reply["error"] is None
            return reply["result"]
        return reply

    def refused(action, **params):
        reply = server.reply({"action": action, "version": version, "params": params})
        assert set(reply) == {"result", "error"}
        assert reply["result"] is None
        return reply["error"]

    assert ask("version") == 6
    deck_id = ask("createDeck", deck="Japanese::Words")
    assert ask("deckNamesAndIds")["Japanese::Words"] == deck_id
    assert ask("createModel", **MODEL)["name"] == "Word"
    assert ask("modelFieldNames", modelName="Word") == MODEL["inOrderFields"]
    note = {
        "deckName": "Japanese::Words",
        "modelName": "Word",
        "fields": {"Expression": "猫", "Meaning": "cat", "Sound": ""},
        "tags": ["yomichan"],
        "audio": [
            {
                "url": f"{address}/neko.mp3",
                "filename": "yomichan_ねこ_猫.mp3",
                "fields": ["Sound"],
            }
        ],
    }
    assert ask("canAddNotes", notes=[note]) == [True]
    note_id = ask("addNote", note=note)

    assert ask("canAddNotes", notes=[note]) == [False]
    duplicate = "cannot create note because it is a duplicate"
    assert refused("addNote", note=note) == duplicate
    assert ask("findNotes", query="deck:Japanese::Words Meaning:cat") == [note_id]
    (info,) = ask("notesInfo", notes=[note_id])
    assert info["modelName"] == "Word"
    assert info["tags"] == ["yomichan"]
    assert info["fields"]["Sound"] == {
        "value": "[sound:yomichan_ねこ_猫.mp3]",
        "order": 2,
    }
    assert len(info["cards"]) == 1
    sound = ask("retrieveMediaFile", filename="yomichan_ねこ_猫.mp3")
    assert base64.b64decode(sound) == b"\xff\xfbmeow" * 100
    ask("deleteNotes", notes=[note_id])
    assert ask("notesInfo", notes=[note_id]) == [{}]
