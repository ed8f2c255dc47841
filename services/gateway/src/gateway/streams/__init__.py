"""Websockets: the handshake, who may open how many, the first frame, and the pumps between the two ends."""
