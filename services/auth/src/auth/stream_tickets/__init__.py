"""Stream tickets: how a browser, which cannot set the headers of a websocket, says who it is."""
