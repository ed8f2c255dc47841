"""What stream tickets look like on the wire (contracts/streams/README.md)."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from auth.users.schemas import Body


class StreamTicket(BaseModel):
    ticket: Annotated[str, Field(description="`?ticket=` of one websocket's address; works once.")]
    expires_at: datetime


class PresentedTicket(Body):
    # Whatever a client put into its address: what cannot be a ticket is simply wrong.
    ticket: Annotated[str, StringConstraints(max_length=256)]
