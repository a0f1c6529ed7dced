from ankiconnect import hookimpl


@hookimpl
def ankiconnect_before_call(action, colour):
    pass
