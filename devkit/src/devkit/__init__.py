"""The developer's doors: set up, run, test and verify the platform on one machine."""
