pytest_plugins = ["ankiconnect.testing"]


def test_hello_counts_notes(load_plugin, call):
    load_plugin("hello.py")
    assert call("example.hello", name="Ada") == "Hello Ada, you have 0 notes"
