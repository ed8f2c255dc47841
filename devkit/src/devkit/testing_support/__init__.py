"""What the pytest plugin `devkit.testing` is made of."""
