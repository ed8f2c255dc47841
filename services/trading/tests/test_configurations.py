"""What an account's owner chooses, as Alpaca's clients send it."""

import json
from typing import Any

import httpx
from trading_platform import Platform, Trader

CONFIGURATIONS = "/v2/account/configurations"


async def ask(
    who: Trader, method: str, path: str, body: Any = None, expect: int = 200, **headers: str
) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await who.request(method, path, json=body, headers=sent)
    assert answer.status_code == expect, answer.text
    return answer


async def test_configurations_keep_what_was_chosen_and_nothing_else(platform: Platform) -> None:
    trader, other = platform.trader(), platform.trader()
    first = (await ask(trader, "GET", CONFIGURATIONS)).json()
    assert first == {
        "dtbp_check": "both", "trade_confirm_email": "none", "suspend_trade": False,
        "trade_suspended_by_user": False, "no_shorting": True, "fractional_trading": True,
        "max_margin_multiplier": "1", "max_options_trading_level": None, "pdt_check": "both",
        "ptp_no_exception_entry": False, "disable_overnight_trading": False,
    }  # fmt: skip
    changed = (
        await ask(trader, "PATCH", CONFIGURATIONS, {"suspend_trade": True, "dtbp_check": "exit"})
    ).json()
    suspended = {"suspend_trade": True, "trade_suspended_by_user": True, "dtbp_check": "exit"}
    assert changed == first | suspended
    assert (await ask(trader, "GET", CONFIGURATIONS)).json() == changed
    assert (await ask(other, "GET", CONFIGURATIONS)).json() == first


async def test_configurations_as_the_clients_send_them(platform: Platform) -> None:
    """alpaca-py sends all of it, unset values null; the Go client some, without a Content-Type, `""` for unset."""
    trader = platform.trader()
    first = (await ask(trader, "GET", CONFIGURATIONS)).json()
    whole = first | {"no_shorting": False, "max_margin_multiplier": "4", "pdt_check": None}
    after = (await ask(trader, "PATCH", CONFIGURATIONS, whole)).json()
    assert after == first | {"no_shorting": False, "max_margin_multiplier": "4"}
    some = {
        "dtbp_check": "", "trade_confirm_email": "all", "suspend_trade": False,
        "no_shorting": True, "fractional_trading": False, "something_new": {"a": [1]},
    }  # fmt: skip
    answer = await trader.request("PATCH", CONFIGURATIONS, content=json.dumps(some))
    assert "content-type" not in answer.request.headers
    assert answer.json() == after | {
        "trade_confirm_email": "all",
        "no_shorting": True,
        "fractional_trading": False,
    }
    for kind in ("", "text/plain", "application/x-www-form-urlencoded"):
        answer = await trader.request(
            "PATCH",
            CONFIGURATIONS,
            content=b'{"pdt_check":"entry"}',
            headers={"Content-Type": kind},
        )
        assert (answer.status_code, answer.json()["pdt_check"]) == (200, "entry")


async def test_configurations_that_cannot_be(platform: Platform) -> None:
    trader = platform.trader()
    first = (await ask(trader, "GET", CONFIGURATIONS)).json()
    for name, values in {
        "dtbp_check": ["never", 1, []],
        "trade_confirm_email": ["some", {}],
        "suspend_trade": ["perhaps", 2, [], "\u0000"],
        "max_margin_multiplier": ["3", 3, True, "9" * 400],
        "max_options_trading_level": [-1, 4, 1.5, "high", 10**400],
    }.items():
        for value in values:
            refused = await ask(trader, "PATCH", CONFIGURATIONS, {name: value}, 422)
            assert refused.json()["code"] == 40010001
            assert name in refused.json()["message"]
    for body in ([], "text", 1, True):
        await ask(trader, "PATCH", CONFIGURATIONS, body, 422)
    assert (await ask(trader, "GET", CONFIGURATIONS)).json() == first


async def test_configurations_are_changed_only_by_who_saw_them(platform: Platform) -> None:
    trader = platform.trader()
    seen = (await ask(trader, "GET", CONFIGURATIONS)).headers["etag"]
    unchanged = await ask(trader, "GET", CONFIGURATIONS, None, 304, if_none_match=f'"x", {seen}')
    assert (unchanged.content, unchanged.headers["etag"]) == (b"", seen)
    change = {"no_shorting": False}
    after = await ask(trader, "PATCH", CONFIGURATIONS, change, if_match=seen)
    assert after.headers["etag"] != seen
    late = await ask(trader, "PATCH", CONFIGURATIONS, {"dtbp_check": "exit"}, 412, if_match=seen)
    assert (late.json()["type"], late.json()["code"]) == ("precondition_failed", 41210000)
    again = await ask(trader, "GET", CONFIGURATIONS, if_none_match=seen)
    assert again.json() == after.json()
    assert again.headers["etag"] == after.headers["etag"]
