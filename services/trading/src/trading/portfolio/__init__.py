"""What accounts were worth: history, and statements by session."""
