def ankiconnect_actions():
    return []
