"""Fifty kills under a stream of writes, on one collection."""

import os
import random

from safety.killing import kill_under_load
from soak import figures

KILLS = int(os.environ.get("SOAK_KILLS", "50"))


def test_nothing_that_was_answered_is_lost(base):
    random_ = random.Random(1)
    total = {"notes": 0, "updates": 0, "media": 0}
    for seed in range(KILLS):
        found = kill_under_load(base, seed, random_.uniform(0.02, 2))
        for name, count in found.items():
            total[name] += count
    figures.keep("kill", kills=KILLS, **total, lost=0)
