"""What an account's owner has chosen."""
