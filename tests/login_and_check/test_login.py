"""`spotify-elt login`: consent in the browser, and the refresh token in `.env` or printed alone."""

import re
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from command_line import CommandLine, Finished
from postgres_server import free_port
from signing_in import NO_BROWSER, signing_in
from waiting import PATIENCE

from loader.errors import PipelineError
from sample_api import CLIENT_SECRET, PRIVATE_PLAYLIST, REFRESH_TOKEN, Fault, SampleApi, Tokens
from spotify_elt.operations.consent_server import address_of, consent_code

FAILED, WRONG = 1, 2


def written() -> str:
    """What a login of just now wrote."""
    today = datetime.now(UTC).date()
    return f"SPOTIFY_REFRESH_TOKEN={REFRESH_TOKEN}\nSPOTIFY_CONSENT_DATE={today}\n"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def assert_one_sentence(finished: Finished, code: int, *words: str) -> None:
    assert finished.code == code, finished.output
    assert finished.last_line.startswith("spotify-elt: "), finished.stderr
    assert finished.stderr.count("spotify-elt: ") == 1, finished.stderr
    for word in words:
        assert word in finished.last_line, finished.stderr
    assert finished.stdout == ""
    for secret in (CLIENT_SECRET, REFRESH_TOKEN):
        assert secret not in finished.output


def test_consent_writes_the_token_and_its_day_for_their_owner_alone(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    with signing_in(elt, extended_api) as sign_in:
        page = sign_in.browse()
        finished = sign_in.finished()
    assert finished.code == 0, finished.output
    dotenv = elt.folder / ".env"
    assert dotenv.read_text() == written()
    assert mode_of(dotenv) == 0o600
    assert names_in(elt.folder) == [".env"]
    assert page.status_code == 200
    assert "terminal" in page.text
    for secret in (REFRESH_TOKEN, CLIENT_SECRET, sign_in.state, "sample-code"):
        assert secret not in page.text
    assert REFRESH_TOKEN not in finished.output
    assert "sample-code" not in finished.output
    assert finished.stdout == ""
    assert re.search(r"six months, until 20\d\d-\d\d-\d\d", finished.stderr)


def test_the_address_asks_for_both_scopes_and_for_a_yes_each_time(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    with signing_in(elt, extended_api) as sign_in:
        query = parse_qs(urlsplit(sign_in.url).query)
    assert sign_in.url.startswith(f"{extended_api.accounts_url}/authorize?")
    assert set(query["scope"][0].split()) == {
        "playlist-read-private",
        "playlist-read-collaborative",
    }
    assert query["redirect_uri"] == [sign_in.redirect_uri]
    assert query["show_dialog"][0].lower() == "true"
    assert len(sign_in.state) >= 20


def test_every_sign_in_has_a_state_of_its_own(elt: CommandLine, extended_api: SampleApi) -> None:
    states = set()
    for _ in range(2):
        with signing_in(elt, extended_api) as sign_in:
            states.add(sign_in.state)
    assert len(states) == 2


def test_the_other_lines_of_dotenv_stay_as_they_are(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    dotenv = elt.folder / ".env"
    before = (
        "# mine: né\n\nPGPORT=5432\n  \nSPOTIFY_REFRESH_TOKEN=old\nMORE='two\nlines'\n"
        "SPOTIFY_CONSENT_DATE=2020-01-01\n#SPOTIFY_REFRESH_TOKEN=\nLAST=no line break"
    )
    dotenv.write_text(before, encoding="utf-8")
    dotenv.chmod(0o644)
    with signing_in(elt, extended_api) as sign_in:
        sign_in.browse()
        finished = sign_in.finished()
    assert finished.code == 0, finished.output
    token, day = written().splitlines()
    expected = before.replace("SPOTIFY_REFRESH_TOKEN=old", token)
    expected = expected.replace("SPOTIFY_CONSENT_DATE=2020-01-01", day)
    assert dotenv.read_text(encoding="utf-8") == expected
    assert mode_of(dotenv) == 0o600


def test_a_symlinked_dotenv_stays_one(elt: CommandLine, extended_api: SampleApi) -> None:
    elsewhere = elt.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "env").write_text("MINE=1\n")
    (elt.folder / ".env").symlink_to("elsewhere/env")
    with signing_in(elt, extended_api) as sign_in:
        sign_in.browse()
        assert sign_in.finished().code == 0
    assert (elt.folder / ".env").is_symlink()
    assert (elsewhere / "env").read_text() == f"MINE=1\n{written()}"


def test_with_print_the_token_is_all_of_standard_output(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    with signing_in(elt, extended_api, "--print") as sign_in:
        sign_in.browse()
        finished = sign_in.finished()
    assert finished.code == 0, finished.output
    assert finished.stdout == f"{REFRESH_TOKEN}\n"
    assert REFRESH_TOKEN not in finished.stderr
    assert "SPOTIFY_CONSENT_DATE=" in finished.stderr
    assert names_in(elt.folder) == []


def test_the_written_token_is_the_one_that_other_commands_use(elt: CommandLine) -> None:
    with SampleApi(mode="development") as api:
        api.tokens.revoke()
        with signing_in(elt, api) as sign_in:
            sign_in.browse()
            assert sign_in.finished().code == 0
        finished = elt("check", api=api, config={"playlists": [PRIVATE_PLAYLIST]})
    assert finished.code == 0, finished.output
    assert "not for you (9 rows)" in finished.words


def test_a_wrong_or_missing_state_is_refused_and_the_waiting_goes_on(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    with signing_in(elt, extended_api) as sign_in:
        forged = [
            sign_in.answer(code="forged", state="guessed"),
            sign_in.answer(code="forged"),
            sign_in.answer(code="forged", state=f"{sign_in.state}é"),
            sign_in.answer(error="access_denied"),
            sign_in.answer(state=sign_in.state),
        ]
        assert [page.status_code for page in forged] == [400] * 5
        assert sign_in.waits
        assert len(extended_api.calls("token")) == 1  # the check of the app's own credentials
        sign_in.browse()
        assert sign_in.finished().code == 0


def test_stray_requests_and_silent_connections_change_nothing(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    with signing_in(elt, extended_api) as sign_in:
        target = urlsplit(sign_in.redirect_uri)
        with socket.create_connection((str(target.hostname), int(target.port or 0))):
            origin = f"http://{target.netloc}"
            for path in ("/favicon.ico", "/", "/callback/more"):
                assert requests.get(f"{origin}{path}", timeout=PATIENCE).status_code == 404
            assert requests.post(f"{origin}/callback", timeout=PATIENCE).status_code == 501
            assert sign_in.waits
            sign_in.browse()
            assert sign_in.finished().code == 0


def test_the_path_of_the_redirect_uri_may_be_left_out(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    bare = {"SPOTIPY_REDIRECT_URI": f"http://127.0.0.1:{free_port()}"}
    with signing_in(elt, extended_api, environment=bare) as sign_in:
        sign_in.browse()
        assert sign_in.finished().code == 0


def test_it_listens_on_the_ipv6_loopback_too(elt: CommandLine, extended_api: SampleApi) -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    uri = {"SPOTIPY_REDIRECT_URI": f"http://[::1]:{free_port()}/back"}
    with signing_in(elt, extended_api, environment=uri) as sign_in:
        sign_in.browse()
        assert sign_in.finished().code == 0


def test_a_user_who_does_not_agree_is_told_so(elt: CommandLine, extended_api: SampleApi) -> None:
    extended_api.tokens.consents = False
    with signing_in(elt, extended_api) as sign_in:
        sign_in.browse()
        assert_one_sentence(sign_in.finished(), WRONG, "did not agree")
    assert names_in(elt.folder) == []


def test_another_error_of_spotifys_is_told_without_control_characters(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    with signing_in(elt, extended_api) as sign_in:
        sign_in.answer(error="server_error\x1b[2J", state=sign_in.state)
        finished = sign_in.finished()
    assert_one_sentence(finished, WRONG, "server_error")
    assert "\x1b" not in finished.stderr


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:8888/callback",
        "https://127.0.0.1:8888/callback",
        "http://127.0.0.1/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:99999/callback",
        "http://192.168.1.2:8888/callback",
        "127.0.0.1:8888",
        "http://[::1:8888/callback",
        "http://127.0.0.1:8888/callback?back=1",
    ],
)
def test_a_redirect_uri_that_spotify_refuses_is_refused_first(
    elt: CommandLine, extended_api: SampleApi, uri: str
) -> None:
    finished = elt("login", api=extended_api, environment={"SPOTIPY_REDIRECT_URI": uri})
    right = "http://127.0.0.1:8888/callback"
    assert_one_sentence(finished, WRONG, "SPOTIPY_REDIRECT_URI", uri, right)
    assert extended_api.requests == []


def test_a_port_in_use_is_named(elt: CommandLine, extended_api: SampleApi) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        uri = {"SPOTIPY_REDIRECT_URI": f"http://127.0.0.1:{port}/callback"}
        finished = elt("login", api=extended_api, environment=uri)
    assert_one_sentence(finished, WRONG, str(port), "SPOTIPY_REDIRECT_URI")
    assert extended_api.requests == []


@pytest.mark.parametrize("name", ["SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET"])
def test_a_wrong_app_is_told_before_the_browser_opens(
    elt: CommandLine, extended_api: SampleApi, name: str
) -> None:
    wrong = {
        **NO_BROWSER,
        name: "not-mine",
        "SPOTIPY_REDIRECT_URI": f"http://127.0.0.1:{free_port()}/",
    }
    finished = elt("login", api=extended_api, environment=wrong)
    assert_one_sentence(finished, WRONG, "SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET")
    assert "not-mine" not in finished.output
    assert "/authorize" not in finished.output


def test_without_credentials_it_names_them(elt: CommandLine) -> None:
    assert_one_sentence(elt("login"), WRONG, "SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET")


def test_a_code_that_spotify_does_not_know_is_one_sentence(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    with signing_in(elt, extended_api) as sign_in:
        sign_in.answer(code="made-up", state=sign_in.state)
        finished = sign_in.finished()
    assert_one_sentence(finished, FAILED, "spotify-elt login")
    assert "SPOTIFY_REFRESH_TOKEN" not in finished.last_line
    assert names_in(elt.folder) == []


@pytest.mark.parametrize("kind", ["status", "html", "empty", "error_list", "truncated", "reset"])
def test_a_fault_of_the_accounts_service_is_one_sentence(elt: CommandLine, kind: str) -> None:
    with SampleApi(faults=[Fault(kind, "token", after=1)]) as api, signing_in(elt, api) as sign_in:
        sign_in.browse()
        finished = sign_in.finished()
    assert_one_sentence(finished, FAILED, "spotify-elt login")
    assert names_in(elt.folder) == []


def test_a_rate_limited_sign_in_says_when_to_come_back(elt: CommandLine) -> None:
    fault = Fault("rate_limit", "token", after=1, retry_after=90)
    with SampleApi(faults=[fault]) as api, signing_in(elt, api) as sign_in:
        sign_in.browse()
        assert_one_sentence(sign_in.finished(), 75, "come back after")


def test_a_token_in_the_environment_that_overrules_dotenv_is_told(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    stronger = {"SPOTIFY_REFRESH_TOKEN": "from-elsewhere"}
    with signing_in(elt, extended_api, environment=stronger) as sign_in:
        sign_in.browse()
        finished = sign_in.finished()
    assert finished.code == 0, finished.output
    assert "SPOTIFY_REFRESH_TOKEN in the environment overrules .env" in finished.words
    assert "from-elsewhere" not in finished.output


def test_a_bad_consent_date_does_not_keep_anyone_from_signing_in(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    (elt.folder / ".env").write_text("SPOTIFY_CONSENT_DATE=in spring\n")
    with signing_in(elt, extended_api) as sign_in:
        sign_in.browse()
        assert sign_in.finished().code == 0
    assert "in spring" not in (elt.folder / ".env").read_text()


def test_a_dotenv_that_is_no_file_is_told_before_the_browser_opens(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    (elt.folder / ".env").mkdir()
    finished = elt("login", api=extended_api)
    # Every command reads it first, so not even --print would help.
    assert_one_sentence(finished, WRONG, ".env cannot be read", "directory", "UTF-8 text file")
    assert extended_api.requests == []


def test_the_waiting_has_an_end() -> None:
    address = address_of(f"http://127.0.0.1:{free_port()}/callback")
    with pytest.raises(PipelineError, match="spotify-elt login"):
        consent_code(address, "state", lambda: None, patience=0.2)
    with socket.create_server((address.hostname, address.port)):
        pass  # and the port is free again


def test_a_new_refresh_token_after_a_revoked_one(elt: CommandLine) -> None:
    tokens = Tokens()
    tokens.revoke()
    with SampleApi(tokens=tokens) as api, signing_in(elt, api) as sign_in:
        sign_in.browse()
        assert sign_in.finished().code == 0
    assert f"SPOTIFY_REFRESH_TOKEN={tokens.refresh_token}\n" in (elt.folder / ".env").read_text()
