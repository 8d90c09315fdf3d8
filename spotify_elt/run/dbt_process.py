"""dbt in a process of its own, started early: `python -m spotify_elt.run.dbt_process`.

dbt takes seconds to import and to parse its project, and a run has seconds to wait for Spotify.
So the run starts this process first. Once the raw tables are loaded it says, on standard input,
`{"build": {"PGPASSWORD": ...}}`: what it was started with may no longer open connections by then.
It answers with one JSON object a line on standard output: `{"parsed": true}`, then `{"nodes": N}`
when the build begins, `{"node": ...}` for each node that is finished, `{"line": ..., "level": ...}`
for what dbt logs, at last `{"done": true|false}` with `failures` and `results`.

When the run dies, standard input ends and this process with it: a build that nobody watches must
not publish anything.
"""

import json
import os
import sys
import threading
from queue import Queue
from typing import Any

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from loader.errors import one_line

# Parsing connects to nothing, but dbt discards its saved parse state when the profile has changed.
# With these values instead of the real ones it is valid for every database, and can be made when
# the package is installed.
ANY_DATABASE = {
    "PGHOST": "localhost",
    "PGPORT": "5432",
    "PGUSER": "nobody",
    "PGPASSWORD": "",
    "PGDATABASE": "parsed_for_any",
    "PGSSLMODE": "prefer",
    "PGSSLROOTCERT": "",
}
FINISHED = ("success", "pass", "warn", "no-op")
LEVELS = ("info", "warn", "error")
UNSAID = ("LogStartLine",)  # another line says how the node ended


def main(arguments: list[str]) -> int:
    """Parse, wait for the word, build, and tell; `arguments` are dbt's own for every command."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever else is printed must not mix with the answers
    words: Queue[dict[str, str]] = Queue()
    threading.Thread(target=_listen, args=(words,), daemon=True).start()

    def say(**answer: Any) -> None:
        print(json.dumps(answer), file=answers)

    database = {name: os.environ.get(name) for name in ANY_DATABASE}
    os.environ.update(ANY_DATABASE)
    # The manifest is written once, when all is built.
    parsed = dbtRunner().invoke(["parse", "--no-write-json", *arguments])
    if not parsed.success:
        say(done=False, failures=[_explained(parsed)])
        return 1
    say(parsed=True)
    database |= words.get()
    for name, value in database.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value

    def tell(event: EventMsg) -> None:
        info: Any = event.info
        data: Any = event.data  # one of hundreds of messages, told apart by name
        if info.name == "NodeFinished":
            say(node=data.node_info.unique_id)
        elif info.name == "ConcurrencyLine":
            say(nodes=data.node_count)
        if info.level in LEVELS and info.msg.strip() and info.name not in UNSAID:
            say(line=info.msg.strip(), level=info.level)

    manifest: Any = parsed.result
    _name_database(manifest, os.environ["PGDATABASE"])
    runner = dbtRunner(manifest=manifest, callbacks=[tell])
    built = runner.invoke(["build", "--exclude-resource-type", "unit_test", *arguments])
    say(done=built.success, failures=_failures(built), results=_results(built))
    return 0 if built.success else 1


def _name_database(manifest: Any, name: str) -> None:
    """Put the real database's name where dbt wrote that of parsing."""
    parsed_for = ANY_DATABASE["PGDATABASE"]
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        if node.database == parsed_for:
            node.database = name
        if node.relation_name:
            node.relation_name = node.relation_name.replace(f'"{parsed_for}".', f'"{name}".', 1)


def _listen(words: Queue[dict[str, str]]) -> None:
    for line in sys.stdin:
        words.put(json.loads(line)["build"])
    os._exit(1)  # the run is gone


def _results(built: dbtRunnerResult) -> list[dict[str, Any]]:
    """What became of each node, by the columns of the run log."""
    return [
        {
            "node": result.node.unique_id,
            "resource_type": str(result.node.resource_type),
            "status": str(result.status),
            "seconds": result.execution_time,
            "failures": result.failures,
            "message": result.message,
        }
        for result in getattr(built.result, "results", None) or []
    ]


def _failures(built: dbtRunnerResult) -> list[str]:
    """One line for each node that failed, or for the reason why none ran."""
    results = getattr(built.result, "results", None) or []
    failures = [
        f"{result.node.name}: {one_line(result.message or result.status)}"
        for result in results
        if result.status not in (*FINISHED, "skipped")
    ]
    return failures if failures or built.success else [_explained(built)]


def _explained(result: dbtRunnerResult) -> str:
    return one_line(result.exception or "dbt did not say why")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
