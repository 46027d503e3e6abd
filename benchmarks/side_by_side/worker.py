"""A process that measures one library: it does what it reads from standard input and writes what came out.

    python -m side_by_side.worker

Every line in is a call, {"method": ..., "arguments": {...}}: the first names a class of JOBS and makes a job, the
others are methods of that job. Every line out is {"result": ...} or {"error": ...}. Between two calls the process is
blocked on reading, so that it takes nothing from the one whose turn it is.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from .loading import Loading, Transforms
from .memory import TrainingMemory
from .operations import Operations
from .training import Inference, Training

JOBS: dict[str, Callable[..., Any]] = {
    job.__name__: job for job in (Training, Inference, TrainingMemory, Operations, Transforms, Loading)
}


def serve() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    job = None
    for line in sys.stdin:
        request = json.loads(line)
        method, arguments = request["method"], request["arguments"]
        try:
            if method in JOBS:
                job, result = JOBS[method](**arguments), None
            else:
                result = getattr(job, method)(**arguments)
            reply = {"result": result}
        except Exception as error:
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    serve()
