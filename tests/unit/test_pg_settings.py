"""The settings of a connection: what they default to, and what the run log's may inherit."""

import ssl
import time
from pathlib import Path

import certifi
import pytest

from loader.errors import SettingsError
from spotify_elt.settings import aws
from spotify_elt.warehouse.pg_settings import RDS_ROOTS, of_the_run_log, with_defaults

RDS = "prod.c9akciq32.eu-central-1.rds.amazonaws.com"
ELSEWHERE = "db.example.com"
DEFAULTS = {"PGPORT": "5432", "PGUSER": "me", "PGDATABASE": "me"}
WAREHOUSE = {
    "PGHOST": ELSEWHERE,
    "PGPORT": "6432",
    "PGUSER": "elt",
    "PGPASSWORD": "secret",
    "PGDATABASE": "spotify",
    "PGSSLMODE": "verify-ca",
    "PGSSLROOTCERT": "/etc/own.crt",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "me")
    return tmp_path


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "/run/pg", "@pg"])
def test_on_this_machine_tls_is_left_to_libpq(host: str) -> None:
    assert with_defaults({"PGHOST": host}) == {"PGHOST": host, **DEFAULTS}


@pytest.mark.parametrize(
    ("host", "roots"),
    [
        (ELSEWHERE, certifi.where()),
        ("10.0.0.7", certifi.where()),
        ("0.0.0.0", certifi.where()),  # noqa: S104 - a name like any other
        ("localhost.example.com", certifi.where()),
        (RDS, str(RDS_ROOTS)),
        (RDS.upper(), str(RDS_ROOTS)),
        ("c.cluster-ro-c9ak.us-gov-west-1.rds.amazonaws.com", str(RDS_ROOTS)),
        ("prod.c9ak.rds.cn-north-1.amazonaws.com.cn", str(RDS_ROOTS)),
        ("pool.proxy-c9ak.us-east-1.rds.amazonaws.com", certifi.where()),
        ("prod.c9ak.eu-central-1.rds.amazonaws.com.example.com", certifi.where()),
    ],
)
def test_elsewhere_the_host_must_prove_its_name(host: str, roots: str) -> None:
    settings = with_defaults({"PGHOST": host, "PGPASSWORD": "secret"})
    assert settings["PGSSLMODE"] == "verify-full"
    assert settings["PGSSLROOTCERT"] == roots
    assert "PG_IAM_AUTH" not in settings


def test_what_is_set_stays_and_what_is_set_to_nothing_is_not_set() -> None:
    assert with_defaults(WAREHOUSE) == WAREHOUSE
    unsafe = {"PGHOST": ELSEWHERE, "PGSSLMODE": "require", "PGSSLROOTCERT": "", "PGPORT": ""}
    expected = {"PGHOST": ELSEWHERE, "PGSSLMODE": "require", **DEFAULTS}
    assert with_defaults(unsafe) == expected


def test_the_authorities_that_libpq_finds_itself_are_left_to_it(home: Path) -> None:
    (home / ".postgresql").mkdir()
    (home / ".postgresql" / "root.crt").touch()
    assert "PGSSLROOTCERT" not in with_defaults({"PGHOST": ELSEWHERE})
    assert with_defaults({"PGHOST": RDS})["PGSSLROOTCERT"] == str(RDS_ROOTS)


@pytest.mark.parametrize(
    ("given", "iam"),
    [
        ({"PGHOST": RDS}, "true"),
        ({"PGHOST": RDS, "PGPASSWORD": ""}, "true"),
        ({"PGHOST": RDS, "PGPASSWORD": "secret"}, None),
        ({"PGHOST": RDS, "PG_IAM_AUTH": "False"}, "false"),
        ({"PGHOST": RDS, "PGPASSWORD": "secret", "PG_IAM_AUTH": "TRUE"}, "true"),
        ({"PGHOST": ELSEWHERE}, None),
        ({"PGHOST": ELSEWHERE, "PG_IAM_AUTH": "true"}, "true"),
    ],
)
def test_rds_without_a_password_is_asked_with_a_token(
    given: dict[str, str], iam: str | None
) -> None:
    settings = with_defaults(given)
    assert settings.get("PG_IAM_AUTH") == iam
    assert with_defaults(settings) == settings


def test_a_user_without_a_name_is_asked_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 10001)
    with pytest.raises(SettingsError, match="PGUSER is not set"):
        with_defaults({"PGHOST": "localhost"})
    assert with_defaults({"PGHOST": "localhost", "PGUSER": "elt"})["PGDATABASE"] == "elt"


@pytest.mark.parametrize(
    ("host", "region"),
    [
        (RDS, "eu-central-1"),
        ("prod.c9ak.cn-north-1.rds.amazonaws.com.cn", "cn-north-1"),
        ("prod.c9ak.rds.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
        (ELSEWHERE, "us-west-2"),
    ],
)
def test_a_token_is_for_the_region_in_the_name_or_the_one_that_is_set(
    host: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
    for name, value in zip(variables, ("AKIASAMPLE", "secret", "us-west-2"), strict=True):
        monkeypatch.setenv(name, value)
    token = aws.database_token(host, "5433", "elt user")
    assert token.startswith(f"{host}:5433/?")
    assert "DBUser=elt+user" in token or "DBUser=elt%20user" in token
    assert f"%2F{region}%2Frds-db%2F" in token


def run_log(**own: str) -> dict[str, str]:
    return of_the_run_log({**WAREHOUSE, **own})


def test_the_run_log_is_in_the_warehouse_unless_told() -> None:
    assert run_log() == WAREHOUSE
    assert run_log(LOGGING_PGHOST="", LOGGING_PGDATABASE="") == WAREHOUSE


def test_another_database_on_the_same_host_needs_no_more_than_its_name() -> None:
    assert run_log(LOGGING_PGDATABASE="logging") == {**WAREHOUSE, "PGDATABASE": "logging"}


def test_another_user_does_not_try_the_password_of_the_first() -> None:
    expected = {name: value for name, value in WAREHOUSE.items() if name != "PGPASSWORD"}
    assert run_log(LOGGING_PGUSER="logger") == {**expected, "PGUSER": "logger"}
    assert run_log(LOGGING_PGUSER="logger", LOGGING_PGPASSWORD="own")["PGPASSWORD"] == "own"


def test_another_host_is_told_neither_the_password_nor_whom_to_trust() -> None:
    assert run_log(LOGGING_PGHOST="log.example.com") == {
        "PGHOST": "log.example.com",
        "PGPORT": "5432",
        "PGUSER": "elt",
        "PGDATABASE": "spotify",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": certifi.where(),
    }
    assert run_log(LOGGING_PGHOST=RDS)["PG_IAM_AUTH"] == "true"
    assert "PGSSLMODE" not in run_log(LOGGING_PGHOST="127.0.0.1")


@pytest.mark.parametrize(
    ("own", "iam"),
    [
        ({}, "true"),
        ({"LOGGING_PGUSER": "logger"}, "true"),
        ({"LOGGING_PGPASSWORD": "own"}, None),
        ({"LOGGING_PG_IAM_AUTH": "false"}, "false"),
        ({"LOGGING_PGHOST": ELSEWHERE}, None),
    ],
)
def test_a_token_is_asked_for_where_the_run_log_has_no_password(
    own: dict[str, str], iam: str | None
) -> None:
    warehouse = with_defaults({"PGHOST": RDS, "PGUSER": "elt"}) | {"PGPASSWORD": "the last token"}
    assert of_the_run_log(warehouse | own).get("PG_IAM_AUTH") == iam


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PG_IAM_AUTH", "yes"),
        ("PGPORT", "abc"),
        ("PGPORT", "0"),
        ("PGPORT", "99999"),
        ("PGPORT", "5432,5433"),
        ("PGSSLMODE", "always"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is '{value}': it must be ") as refused:
        with_defaults(WAREHOUSE | {name: value})
    assert refused.value.exit_code == 2
    with pytest.raises(SettingsError, match=f"^LOGGING_{name} is '{value}'"):
        run_log(**{f"LOGGING_{name}": value})


def test_the_authorities_of_rds_are_all_there_and_none_has_expired() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(RDS_ROOTS)
    roots = context.get_ca_certs()
    assert len(roots) == RDS_ROOTS.read_text().count("BEGIN CERTIFICATE") == 81
    names = [dict(part[0] for part in root["subject"])["commonName"] for root in roots]
    assert all(name.startswith("Amazon RDS ") for name in names)
    assert all(root["subject"] == root["issuer"] for root in roots)
    kinds = ("RSA2048", "RSA4096", "ECC384")
    regions = {name.split()[2] for name in names}
    assert set(names) == {
        f"Amazon RDS {region} Root CA {kind} G1" for region in regions for kind in kinds
    }
    assert {"us-east-1", "eu-central-1", "ap-southeast-2", "sa-east-1"} <= regions
    in_ten_years = time.time() + 10 * 365 * 86400
    assert all(ssl.cert_time_to_seconds(str(root["notAfter"])) > in_ten_years for root in roots)
