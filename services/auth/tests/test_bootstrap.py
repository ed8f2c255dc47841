"""The admin of the environment."""

from typing import Any

import pytest
from auth_scene import ADMIN, ADMIN_PASSWORD, AuthScene, body, cheap_settings, problem
from pydantic import ValidationError

from auth.settings import AuthSettings
from auth.users.bootstrap import UnusableAdmin
from devkit.testing_support.keys import ServiceKeys


def changed(settings: AuthSettings, **changes: Any) -> AuthSettings:
    return cheap_settings(
        settings.database_url, settings.service_keys_file, broker_url=settings.broker_url, **changes
    )


async def test_the_admin_exists_with_every_role_after_the_first_start(scene: AuthScene) -> None:
    me = body(await scene.http.get("/v1/auth/me", headers=await scene.admin()), 200)
    assert set(me["roles"]) == {"trader", "admin", "auditor"}
    (told,) = await scene.events("user_registered")
    assert (told["user_id"], told["actor_id"]) == (me["id"], None)


async def test_another_start_changes_nothing_and_ends_no_session(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    async with AuthScene.running(settings, service_keys) as scene:
        tokens = await scene.log_in(ADMIN, ADMIN_PASSWORD)
        before = await scene.events()
    async with AuthScene.running(settings, service_keys) as scene:
        assert await scene.events() == before
        body(await scene.refresh(tokens["refresh_token"]), 200)


async def test_another_password_replaces_the_old_and_ends_its_sessions(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    async with AuthScene.running(settings, service_keys) as scene:
        tokens = await scene.log_in(ADMIN, ADMIN_PASSWORD)
    other = changed(settings, bootstrap_admin_password="quite another password")
    async with AuthScene.running(other, service_keys) as scene:
        problem(await scene.refresh(tokens["refresh_token"]), 401, "invalid_refresh_token")
        login = {"username": ADMIN, "password": ADMIN_PASSWORD}
        problem(await scene.http.post("/v1/auth/login", json=login), 401, "wrong_credentials")
        await scene.log_in(ADMIN, "quite another password")
        (told,) = await scene.events("user_changed")
        assert told["changed"] == {"password": "changed"}


async def test_an_admin_who_lost_their_rights_has_them_back_after_a_start(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    async with AuthScene.running(settings, service_keys) as scene:
        second = await scene.register("second")
        me = body(await scene.http.get("/v1/auth/me", headers=await scene.admin()), 200)
        path = "/v1/admin/users/"
        promote = {"roles": ["admin"]}
        await scene.http.patch(path + second["id"], json=promote, headers=await scene.admin())
        coup = {"roles": ["trader"], "disabled": True}
        usurper = await scene.bearer("second")
        body(await scene.http.patch(path + me["id"], json=coup, headers=usurper), 200)
    async with AuthScene.running(settings, service_keys) as scene:
        body(await scene.http.get("/v1/admin/users", headers=await scene.admin()), 200)


async def test_without_the_settings_there_is_nobody(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    nobody = changed(settings, bootstrap_admin_username=None, bootstrap_admin_password=None)
    async with AuthScene.running(nobody, service_keys) as scene:
        assert await scene.events() == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"bootstrap_admin_password": "short"}, "BOOTSTRAP_ADMIN_PASSWORD"),
        ({"bootstrap_admin_username": "no spaces please"}, "BOOTSTRAP_ADMIN_USERNAME"),
    ],
)
async def test_an_unusable_admin_stops_the_start_without_telling_the_password(
    settings: AuthSettings, service_keys: ServiceKeys, change: dict[str, str], named: str
) -> None:
    with pytest.raises(UnusableAdmin) as stopped:
        async with AuthScene.running(changed(settings, **change), service_keys):
            pass
    assert named in str(stopped.value)
    assert "short'" not in str(stopped.value)


def test_half_an_admin_is_refused(settings: AuthSettings) -> None:
    with pytest.raises(ValidationError, match="go together"):
        changed(settings, bootstrap_admin_password=None)
