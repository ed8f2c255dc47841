"""`trade_updates`: what became of an account's orders, told as soon as it is settled."""
