"""A first walk through a platform that was just put up: does everything that a trader needs work, end to end?"""
