curl localhost:8765 -X POST -d "{\"action\": \"deckNames\", \"version\": 6}"
