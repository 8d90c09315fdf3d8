"""Passwords and tokens reach neither the output nor a file nor a table."""

import pytest
from postgres_server import PASSWORD, connected, query
from runs import Run

from sample_api import CLIENT_SECRET, REFRESH_TOKEN

SECRETS = {
    "the app's secret": CLIENT_SECRET,
    "the refresh token": REFRESH_TOKEN,
    "an access token": "sample-access-token",
    "the database password": PASSWORD,
    "the database password in JSON": PASSWORD.replace("\\", "\\\\").replace('"', '\\"'),
}


@pytest.mark.parametrize("secret", SECRETS)
def test_the_output_holds_no_secret(in_each_mode: Run, secret: str) -> None:
    assert SECRETS[secret] not in in_each_mode.finished.output


@pytest.mark.parametrize("secret", SECRETS)
def test_no_file_holds_a_secret(in_each_mode: Run, secret: str) -> None:
    files = [
        path for folder in in_each_mode.folders for path in folder.rglob("*") if path.is_file()
    ]
    assert len(files) > 3, "this test looks in the wrong folders"
    wanted = SECRETS[secret].encode()
    assert [path for path in files if wanted in path.read_bytes()] == []


def test_no_table_holds_a_secret(in_each_mode: Run) -> None:
    tables = query(
        in_each_mode.database,
        "select format('%I.%I', table_schema, table_name) from information_schema.tables "
        "where table_schema like 'spotify%%' or table_schema = 'public'",
    )
    assert len(tables) > 10
    with connected(in_each_mode.database) as cursor:
        for (table,) in tables:
            for secret in SECRETS.values():
                cursor.execute(
                    f"select count(*) from {table} as held where strpos(held::text, %s) > 0",
                    [secret],
                )
                assert cursor.fetchone() == (0,), table
