"""The matching engine as trading sees it: a client, commands, and journal time."""
