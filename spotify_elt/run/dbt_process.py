"""dbt in a process of its own, beside the run: `python -m spotify_elt.run.dbt_process`.

dbt takes seconds to import and to parse its project, and a run has seconds to wait for Spotify.
So the run starts this process as soon as it knows that there is something to build. It parses once,
says `{"parsed": true}`, and runs what it is then told on standard input, one JSON object a line:
`{"command": ["build"], "environment": {...}}`. It answers with one JSON object a line on standard
output: `{"nodes": N}` when a build begins, `{"node": ...}` for each node that is finished,
`{"line": ..., "level": ...}` for what dbt logs, `{"results": [...]}` with what became of each node,
at last `{"done": true}`, or `{"failed": ...}` with the reason.

What an operation prints is answered as `{"printed": ...}`, and it goes on only at the next line on
standard input: so others can do their part before it commits.

When the run dies, standard input ends and this process with it: a build that nobody watches must
not publish anything.
"""

import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from queue import Queue
from typing import Any

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from loader.errors import one_line

FAILED_OPERATION = ("RunningOperationCaughtError", "RunningOperationUncaughtError")
UNSAID = ("LogStartLine", "PrintEvent", *FAILED_OPERATION)  # said otherwise


def main(arguments: list[str]) -> int:
    """Parse, and run what is told; `arguments` are dbt's own for every command."""
    gc.disable()  # looking for garbage takes a tenth of dbt's time, and it makes next to none
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever else is printed must not mix with the answers
    words: Queue[dict[str, Any]] = Queue()
    threading.Thread(target=_listen, args=(words,), daemon=True).start()

    def say(**answer: Any) -> None:
        print(json.dumps(answer), file=answers)

    parsed_for = os.environ["PGDATABASE"]
    # The manifest is written once, when all is built.
    parsed = dbtRunner().invoke(["parse", "--no-write-json", *arguments])
    if not parsed.success:
        say(failed=_reason(parsed))
        return 1
    say(parsed=True)
    manifest: Any = parsed.result
    while True:
        word = words.get()
        os.environ.update(word["environment"])
        _name_database(manifest, parsed_for, os.environ["PGDATABASE"])
        _run([*word["command"], *arguments], manifest, say, words)


def _run(
    command: list[str], manifest: Any, say: Callable[..., None], words: Queue[dict[str, Any]]
) -> None:
    def tell(event: EventMsg) -> None:
        info: Any = event.info
        data: Any = event.data  # one of hundreds of messages, told apart by name
        if info.name == "NodeFinished":
            say(node=data.node_info.unique_id)
        elif info.name == "ConcurrencyLine":
            say(nodes=data.node_count)
        elif info.name in FAILED_OPERATION:
            say(failed=one_line(data.exc))
        elif info.name == "PrintEvent" and command[0] == "run-operation":
            say(printed=info.msg)
            words.get()
        if info.level != "debug" and info.msg.strip() and info.name not in UNSAID:
            say(line=info.msg.strip(), level=info.level)

    ended = dbtRunner(manifest, [tell]).invoke(command)
    built: Any = ended.result if command[0] == "build" else None
    say(results=[_by_columns_of_the_log(one) for one in built or ()])
    say(done=True) if ended.success else say(failed=_reason(ended))


def _name_database(manifest: Any, parsed_for: str, name: str) -> None:
    """Put the real database's name where dbt wrote that of parsing."""
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        node.database = name
        if node.relation_name:
            node.relation_name = node.relation_name.replace(f'"{parsed_for}".', f'"{name}".', 1)


def _by_columns_of_the_log(result: Any) -> dict[str, Any]:
    return {
        "node": result.node.unique_id,
        "resource_type": result.node.resource_type,
        "status": result.status,
        "seconds": result.execution_time,
        "failures": result.failures,
        "message": result.message,
    }


def _listen(words: Queue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        words.put(json.loads(line))
    os._exit(1)  # the run is gone


def _reason(ended: dbtRunnerResult) -> str:
    return one_line(ended.exception or "dbt did not say why")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
