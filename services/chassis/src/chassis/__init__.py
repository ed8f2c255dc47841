"""What every Python service shares, and nothing of what any one of them is for."""
