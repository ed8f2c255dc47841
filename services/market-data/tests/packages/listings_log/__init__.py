"""A stand-alone log like the one that trading keeps, made of the same parts of the chassis."""
