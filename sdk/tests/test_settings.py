"""Settings from the environment."""

import pytest
from pydantic import SecretStr

from prost.settings import Settings, SettingsError


class ShopSettings(Settings):
    banner: str = "Welcome"
    api_key: SecretStr | None = None


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("PROST_ENV", "test")
    monkeypatch.setenv("PROST_SERVICE", "shop")
    return monkeypatch


def problems(caught):
    return {problem.field: problem.message for problem in caught.value.problems}


def test_a_service_reads_its_own_fields_under_the_common_prefix(environment):
    environment.setenv("PROST_BANNER", "Prost!")
    environment.setenv("PROST_WEB_WORKERS", "3")

    settings = ShopSettings()

    assert (settings.banner, settings.web_workers, settings.env) == ("Prost!", 3, "test")


def test_an_unknown_name_is_refused_with_the_one_that_was_meant(environment):
    environment.setenv("PROST_DATABSE_URL", "postgresql://u:p@db/shop")

    with pytest.raises(SettingsError) as caught:
        ShopSettings()

    assert problems(caught) == {
        "PROST_DATABSE_URL": "no setting has this name; did you mean PROST_DATABASE_URL?"
    }


def test_all_problems_are_told_at_once_and_no_value_is_shown(environment):
    environment.delenv("PROST_SERVICE")
    environment.setenv("PROST_DATABASE_URL", "mysql://u:hunter2@db/shop")
    environment.setenv("PROST_COLOUR", "red")
    environment.setenv("PROST_SERVICE_CART_URL", "cart:80")

    with pytest.raises(SettingsError) as caught:
        ShopSettings()

    assert sorted(problems(caught)) == [
        "PROST_COLOUR",
        "PROST_DATABASE_URL",
        "PROST_SERVICE",
        "PROST_SERVICE_CART_URL",
    ]
    assert "hunter2" not in str(caught.value)


def test_a_secret_is_never_printed(environment):
    environment.setenv("PROST_DATABASE_URL", "postgresql://u:hunter2@db/shop")

    settings = ShopSettings()

    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert settings.database_url.get_secret_value() == "postgresql://u:hunter2@db/shop"


def test_a_value_may_come_from_a_file(environment, tmp_path):
    (tmp_path / "key").write_text("hunter2\n")
    environment.setenv("PROST_API_KEY_FILE", str(tmp_path / "key"))

    assert ShopSettings().api_key.get_secret_value() == "hunter2"


def test_a_file_that_is_missing_or_one_too_many_is_a_problem(environment, tmp_path):
    environment.setenv("PROST_API_KEY_FILE", str(tmp_path / "nowhere"))
    environment.setenv("PROST_BANNER_FILE", str(tmp_path / "nowhere"))
    environment.setenv("PROST_BANNER", "Prost!")

    with pytest.raises(SettingsError) as caught:
        ShopSettings()

    assert problems(caught)["PROST_API_KEY_FILE"].endswith("No such file or directory")
    assert problems(caught)["PROST_BANNER_FILE"] == "both it and PROST_BANNER are set"


def test_an_empty_variable_counts_as_not_set(environment):
    environment.setenv("PROST_REDIS_URL", "")

    assert ShopSettings().redis_url is None


def test_other_services_are_found_by_name(environment):
    environment.setenv("PROST_SERVICE_BACK_OFFICE_URL", "http://10.0.0.1:80/")

    settings = ShopSettings()

    assert settings.service_url("back-office") == "http://10.0.0.1:80"
    with pytest.raises(SettingsError, match="PROST_SERVICE_CART_URL"):
        settings.service_url("cart")


def test_production_refuses_what_belongs_to_development(environment):
    environment.delenv("PROST_ENV")
    environment.setenv("PROST_DATABASE_URL", "postgresql://postgres@db/shop")
    environment.setenv("PROST_BROKER_URL", "amqp://guest:guest@mq")
    environment.setenv("PROST_REDIS_URL", "redis://:3fWq81Lz@cache")
    environment.setenv("PROST_FAULTS", "/run/faults")

    with pytest.raises(SettingsError) as caught:
        ShopSettings()

    assert sorted(problems(caught)) == [
        "PROST_AUTH_ISSUER",
        "PROST_AUTH_JWKS_URL",
        "PROST_BROKER_URL",
        "PROST_DATABASE_URL",
        "PROST_FAULTS",
        "PROST_PUBLIC_URL",
    ]
