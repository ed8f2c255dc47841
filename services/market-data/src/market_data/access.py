"""Who may read market data: anybody who has signed in. The one place to change when that changes."""

from fastapi import Depends

from chassis.errors import Forbidden, InvalidInput, Unauthorized, Unavailable, problem_responses
from chassis.identity.guards import user

READERS = Depends(user())

REFUSALS = problem_responses(Unauthorized, Forbidden, InvalidInput, Unavailable)
"""What every route here may answer besides its data."""
