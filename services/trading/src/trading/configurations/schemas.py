"""The account configurations of the public API (Alpaca's shape), as answered and as changed."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from trading.answers import Answer

Check = Literal["both", "entry", "exit"]
ConfirmEmail = Literal["all", "none"]
Multiplier = Literal["1", "2", "4"]


class ConfigurationsDocument(Answer):
    """Only `suspend_trade` changes what the account can do; the others are kept for clients that set them.

    This brokerage lends neither cash nor shares, and sends no mail.
    """

    dtbp_check: Check = "both"
    trade_confirm_email: ConfirmEmail = "none"
    suspend_trade: Annotated[bool, Field(description="Refuse new orders; cancels go on.")] = False
    trade_suspended_by_user: Annotated[
        bool, Field(description="The same, under the name that some clients read.")
    ] = False
    no_shorting: bool = True
    fractional_trading: bool = True
    max_margin_multiplier: Multiplier = "1"
    max_options_trading_level: int | None = None
    pdt_check: Check = "both"
    ptp_no_exception_entry: bool = False
    disable_overnight_trading: bool = False


class ConfigurationsRequest(BaseModel):
    """What is not given, `null` or empty stays as it is."""

    model_config = ConfigDict(extra="ignore")

    dtbp_check: Check | None = None
    trade_confirm_email: ConfirmEmail | None = None
    suspend_trade: bool | None = None
    no_shorting: bool | None = None
    fractional_trading: bool | None = None
    max_margin_multiplier: Annotated[
        Multiplier | None, BeforeValidator(lambda value: value if value is None else str(value))
    ] = None
    max_options_trading_level: Annotated[int | None, Field(ge=0, le=3)] = None
    pdt_check: Check | None = None
    ptp_no_exception_entry: bool | None = None
    disable_overnight_trading: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value not in (None, "")}
