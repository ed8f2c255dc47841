"""Carrying requests to the upstreams and answers back: headers, bodies, transport."""
