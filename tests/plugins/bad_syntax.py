def ankiconnect_actions(:
