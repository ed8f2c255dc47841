"""A short seed of the fault run: some hundred orders, a dozen faults; and what the long one rests on."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faultrun.check import Row, Told, Verdict, compare
from faultrun.notes import Notes, read_notes
from faultrun.plan import ENGINE, ENGINE_ERRORS, make_plan, make_short_plan
from faultrun.run import Options, run
from faultrun.stage import Servers
from faultrun.workload import EVERY

from trading.failpoints import API, SETTLER


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that PostgreSQL's user may enter."""
    made = Path(tempfile.mkdtemp(prefix="day-trading-faults-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.timeout(1200)  # forty seconds where nothing else runs
@pytest.mark.usefixtures("engine_binary")
async def test_a_dozen_faults_lose_double_and_violate_nothing(
    folder: Path, broker_url: str, redis_url: str
) -> None:
    said: list[str] = []
    options = Options(
        seed=7,
        orders=400,
        plan=make_short_plan(7, orders=400),
        kinds=EVERY,
        replicas=2,
        accounts=4,
        servers=Servers(broker=broker_url, redis=redis_url),
    )
    outcome = await run(options, folder, said.append)

    assert outcome.verdict == Verdict(), said
    assert outcome.unexpected_deaths == [], said
    assert outcome.orders >= 400
    assert len(outcome.done) == 12
    assert sum(outcome.hits.values()) >= 8
    assert outcome.notes["place new"] > 100


def test_a_plan_comes_to_every_failpoint_and_is_a_function_of_its_seed() -> None:
    plan = make_plan(1, orders=20_000)
    assert len(plan) >= 200
    reached = Counter(fault.what for fault in plan)
    assert all(reached[point] >= 5 for point in (*API, *SETTLER, *ENGINE, *ENGINE_ERRORS))
    assert plan == make_plan(1, orders=20_000)
    assert plan != make_plan(2, orders=20_000)
    assert sum(fault.after for fault in plan) <= 20_000


async def test_a_note_is_on_disk_when_its_client_goes_on(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "notes")
    await notes.add(kind="place", status="new")
    assert read_notes(notes.path) == [{"kind": "place", "status": "new"}]
    with notes.path.open("ab") as file:
        file.write(b'{"kind": "torn')
    assert len(read_notes(notes.path)) == 1
    notes.close()


def placed(name: str, status: str = "new", **more: Any) -> dict[str, Any]:
    return {
        "kind": "place", "order_id": f"id-{name}", "client_order_id": name, "status": status,
        "how": "answer", "replaces": "", **more,
    }  # fmt: skip


def judged(
    notes: list[dict[str, Any]],
    told: Told,
    ledger: dict[str, Row],
    deposits: set[str] | None = None,
) -> Verdict:
    verdict = Verdict()
    compare(notes, told, ledger, deposits or set(), verdict)
    return verdict


LOG = Told(Counter({"id-a": 1}), Counter({"id-a": 1}), Counter({"a": 1}))
LEDGER = {"id-a": Row("a", "canceled")}
CANCEL = {"kind": "cancel", "order_id": "id-a", "status": "canceled", "how": "answer"}


def test_what_log_and_ledger_hold_is_kept() -> None:
    assert judged([placed("a"), CANCEL], LOG, LEDGER).clean


@pytest.mark.parametrize(
    ("notes", "told", "ledger"),
    [
        ([placed("a")], Told(), LEDGER),
        ([placed("a")], LOG, {}),
        ([placed("a")], LOG, {"id-a": Row("b", "new")}),
        ([placed("a")], LOG, {"id-a": Row("a", "rejected")}),
        ([CANCEL], Told(LOG.accepted), LEDGER),
        ([CANCEL], LOG, {"id-a": Row("a", "new")}),
        ([placed("a", kind="replace", replaces="id-z")], LOG, LEDGER),
        ([{"kind": "deposit", "status": "done", "transfer_id": "t"}], Told(), {}),
    ],
)
def test_a_word_that_was_not_kept_is_lost(
    notes: list[dict[str, Any]], told: Told, ledger: dict[str, Row]
) -> None:
    verdict = judged(notes, told, ledger)
    assert len(verdict.lost) == 1
    assert not verdict.duplicated


@pytest.mark.parametrize(
    ("notes", "told", "ledger"),
    [
        ([], Told(Counter({"id-a": 2})), {}),
        ([], Told(client_order_ids=Counter({"a": 2})), {}),
        ([], Told(cancelled=Counter({"id-a": 2})), {}),
        ([placed("a", "rejected")], Told(LOG.accepted), LEDGER),
        ([placed("a", "refused")], Told(client_order_ids=Counter({"a": 1})), {}),
        ([placed("a", "undone")], Told(), LEDGER),
    ],
)
def test_what_happened_twice_or_against_what_was_said_is_doubled(
    notes: list[dict[str, Any]], told: Told, ledger: dict[str, Row]
) -> None:
    verdict = judged(notes, told, ledger)
    assert len(verdict.duplicated) == 1
    assert not verdict.lost
