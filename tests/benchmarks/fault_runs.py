"""Random runs of faults against the model of `tests.faults`, many of them.

``python -m tests.benchmarks.fault_runs --runs 10000 [--seed N]``: each run is up to six steps of
writing, copying, spoiling and deleting files, reloading, removing, going back and damage, where a
step may be killed or run out of disk. Tells how often each happened, a line of JSON every 500 runs,
or ends with the shortest run that lost a report or answered from what was half built.
``--every 1`` kills one reload, removal and going back after the other, at each of its steps in
turn; ``--every 5`` at each fifth.
"""

from __future__ import annotations

import argparse
import json
import os
import time

_STEPS = 6
# Runs after which it is told how far it is; each part has a seed of its own.
_PART = 500


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, metavar="STEP")
    options = parser.parse_args()
    # Before anything starts threads: a process that has some cannot be forked safely.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"

    import hypothesis
    from hypothesis.stateful import run_state_machine_as_test

    from tests import faults

    faults.load_once()
    started = time.perf_counter()
    if options.every is not None:
        print(json.dumps({"steps": faults.kill_at_every_step(options.every)}))
        return
    for first in range(0, options.runs, _PART):
        part = min(_PART, options.runs - first)
        run_state_machine_as_test(
            hypothesis.seed(options.seed + first // _PART)(faults.Corpus),
            settings=hypothesis.settings(
                max_examples=part,
                stateful_step_count=_STEPS,
                deadline=None,
                database=None,
                derandomize=False,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
        seconds = round(time.perf_counter() - started, 1)
        ends = dict(sorted(faults.tally.items()))
        print(json.dumps({"runs": first + part, "seconds": seconds, "ends": ends}), flush=True)


if __name__ == "__main__":
    main()
