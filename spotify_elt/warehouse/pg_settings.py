"""The settings of a connection to PostgreSQL: libpq's own variables and what they default to.

A host outside this machine must prove by a certificate that it is the one meant (`verify-full`).
RDS is asked for with an IAM token where no password is set.
"""

import getpass
import ipaddress
from collections.abc import Mapping
from pathlib import Path

import certifi

from loader.errors import SettingsError
from spotify_elt.settings import aws

NAMES = (
    "PGHOST",
    "PGPORT",
    "PGUSER",
    "PGPASSWORD",
    "PGDATABASE",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PG_IAM_AUTH",
)
RUN_LOG = "LOGGING_"  # before a name: the same for the run log alone
# Trust in one host is none in another: neither a password nor an authority is carried over.
NOT_OF_THE_HOST = ("PGUSER", "PGDATABASE")
LAST_PORT = 65535
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
RDS_ROOTS = Path(__file__).with_name("rds-ca-bundle.pem")
OWN_ROOTS = Path(".postgresql/root.crt")  # in the home folder, where libpq looks


def with_defaults(given: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """Return the settings that are set, and the defaults of those that are not.

    Args:
        given: by libpq's names; `PGHOST` at least.
        prefix: what stands before these names where they were set, for a sentence.

    Returns:
        `PGSSLMODE` and `PGSSLROOTCERT` are not among them where libpq's own defaults hold;
        `PG_IAM_AUTH` is `true` where a token is the password.

    Raises:
        SettingsError: a value is none, or this machine does not know its user's name.
    """
    settings = {name: given[name] for name in NAMES if given.get(name)}
    for name, value in settings.items():
        _refuse_bad_value(name, value, prefix)
    host = settings["PGHOST"]
    settings.setdefault("PGPORT", "5432")
    if "PGUSER" not in settings:
        settings["PGUSER"] = _user_of_this_machine()
    settings.setdefault("PGDATABASE", settings["PGUSER"])
    if not _is_this_machine(host):
        settings.setdefault("PGSSLMODE", "verify-full")
    if settings.get("PGSSLMODE") in {"verify-ca", "verify-full"}:
        roots = _roots_for(host)
        if roots is not None:
            settings.setdefault("PGSSLROOTCERT", str(roots))
    if "PG_IAM_AUTH" in settings:
        settings["PG_IAM_AUTH"] = settings["PG_IAM_AUTH"].lower()
    elif "PGPASSWORD" not in settings and aws.is_rds(host):
        settings["PG_IAM_AUTH"] = "true"
    return settings


def of_the_run_log(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the database that the run log is in: the warehouse's, if not told.

    Args:
        environment: with the warehouse's settings, defaults filled in.

    Raises:
        SettingsError: a value is none.
    """
    own = {name: environment[RUN_LOG + name] for name in NAMES if environment.get(RUN_LOG + name)}
    settings = {name: environment[name] for name in NAMES if environment.get(name)}
    if own.get("PGHOST", settings["PGHOST"]) != settings["PGHOST"]:
        settings = {name: settings[name] for name in NOT_OF_THE_HOST}
    elif own.get("PGUSER", settings["PGUSER"]) != settings["PGUSER"]:
        settings.pop("PGPASSWORD", None)
    if "PGPASSWORD" in own:
        settings.pop("PG_IAM_AUTH", None)
    return with_defaults({**settings, **own}, RUN_LOG)


def password(settings: Mapping[str, str]) -> str:
    """Return what to connect with: a new IAM token, the password, or nothing if there is none.

    Raises:
        SettingsError: there are no AWS credentials to make a token with.
    """
    if settings.get("PG_IAM_AUTH") != "true":
        return settings.get("PGPASSWORD", "")
    return aws.database_token(settings["PGHOST"], settings["PGPORT"], settings["PGUSER"])


def _user_of_this_machine() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user need not have a name
        raise SettingsError("PGUSER is not set: name the database role to connect as.") from error


def _is_this_machine(host: str) -> bool:
    if host.lower() == "localhost" or host.startswith(("/", "@")):  # a socket's folder
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _roots_for(host: str) -> Path | None:
    """Return the authorities that sign a host's certificate; None where the user has named them."""
    # The certificates of RDS Proxy are public ones.
    if aws.is_rds(host) and ".proxy-" not in host:
        return RDS_ROOTS
    return None if (Path.home() / OWN_ROOTS).exists() else Path(certifi.where())


def _refuse_bad_value(name: str, value: str, prefix: str) -> None:
    is_port = value.isascii() and value.isdigit() and 0 < int(value) <= LAST_PORT
    if name == "PGPORT" and not is_port:
        wanted = f"a number from 1 to {LAST_PORT}"
    elif name == "PGSSLMODE" and value not in SSL_MODES:
        wanted = f"one of {', '.join(SSL_MODES)}"
    elif name == "PG_IAM_AUTH" and value.lower() not in {"true", "false"}:
        wanted = "true or false"
    else:
        return
    raise SettingsError(f"{prefix}{name} is {value!r}: it must be {wanted}.")
