from ankiconnect import hookimpl


@hookimpl
def ankiconnect_acts():
    return []
