"""What is traded: the sizes of its tick and its lot."""
