"""What is stored: the tables are those of the migrations, old sessions go, and a lost database is a 503."""

from auth_scene import PASSWORD, AuthScene, body, problem
from cable import Cable
from sqlalchemy import Connection, inspect, text

from auth.sessions.prune import prune_all
from auth.settings import AuthSettings
from auth.tables import metadata
from devkit.testing_support.keys import ServiceKeys

DAY_S = 24 * 3600


async def test_the_tables_that_are_queried_are_those_that_the_migrations_make(
    scene: AuthScene,
) -> None:
    def found(connection: Connection) -> dict[str, dict[str, tuple[str, bool]]]:
        look = inspect(connection)
        return {
            table: {
                column["name"]: (column["type"].compile(connection.dialect), column["nullable"])
                for column in look.get_columns(table)
            }
            for table in metadata.tables
        }

    async with scene.database.engine.connect() as connection:
        dialect = connection.dialect
        stored = await connection.run_sync(found)
    declared = {
        name: {c.name: (c.type.compile(dialect), bool(c.nullable)) for c in table.columns}
        for name, table in metadata.tables.items()
    }
    assert stored == declared


async def test_expired_sessions_are_deleted_and_live_ones_kept(scene: AuthScene) -> None:
    await scene.register("alice")
    await scene.log_in("alice")
    live = (await scene.log_in("alice"))["refresh_token"]
    scene.clock.advance(29 * DAY_S)
    live = body(await scene.refresh(live), 200)["refresh_token"]
    assert await prune_all(scene.database, scene.clock) == 0
    scene.clock.advance(2 * DAY_S)
    # The forgotten session with its token, and the first token of the one that lives on.
    assert await prune_all(scene.database, scene.clock) == 3
    async with scene.database.read() as connection:
        left = await connection.execute(text("SELECT count(*) FROM sessions"))
        assert left.scalar_one() == 1
    body(await scene.refresh(live), 200)


async def test_while_the_database_is_away_the_answer_is_503_and_then_all_is_well_again(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    login = {"username": "alice", "password": PASSWORD}
    async with Cable.to(settings.database_url) as cable:
        by_cable = settings.model_copy(update={"database_url": cable.url})
        async with AuthScene.running(by_cable, service_keys) as scene:
            await scene.register("alice")
            tokens = await scene.log_in("alice")
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            refresh = {"refresh_token": tokens["refresh_token"]}
            await cable.cut()
            for _ in range(4):  # more requests than the pool has dead connections to offer
                for answer in (
                    await scene.http.post("/v1/auth/login", json=login),
                    await scene.http.post("/v1/auth/register", json=login),
                    await scene.http.post("/v1/auth/refresh", json=refresh),
                    await scene.http.get("/v1/auth/me", headers=bearer),
                ):
                    problem(answer, 503, "unavailable")
                    assert answer.headers["retry-after"] == "1"
            assert (await scene.http.get("/readyz")).status_code == 503
            assert (await scene.http.get("/v1/jwks")).status_code == 200
            await cable.mend()
            assert (await scene.http.get("/readyz")).status_code == 200
            body(await scene.refresh(tokens["refresh_token"]), 200)
            await scene.log_in("alice")
