"""What the table measures in Python: one small task, fresh and reused."""

from dataclasses import dataclass
from datetime import timedelta

import flyte

env = flyte.TaskEnvironment(name="measured")
reused = flyte.TaskEnvironment(
    name="reused", reusable=flyte.ReusePolicy(replicas=1, idle_ttl=timedelta(seconds=30), concurrency=1, scope="global", max_uses=1_000_000)
)


@dataclass
class Request:
    feature_a: float
    feature_b: float


@env.task
async def predict_one(request: Request) -> float:
    return 2.0 * request.feature_a + 3.0 * request.feature_b + 1.0


@reused.task
async def predict_warm(request: Request) -> float:
    return 2.0 * request.feature_a + 3.0 * request.feature_b + 1.0
