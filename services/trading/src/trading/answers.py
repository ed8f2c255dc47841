"""What the documents of answers have in common."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """A document that this service answers with. Every field is always there, those with a default, too."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
