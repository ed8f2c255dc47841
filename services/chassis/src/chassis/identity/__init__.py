"""Who is calling: verification of user and service tokens, and the signing of our own."""
