"""F15: two thousand slow visitors, a normal one among them, and how long each is kept."""

import resource
import signal
import time

from tests.faults.slow import KINDS, slow_visitors
from tests.faults.test_slow import visit
from tests.flows.test_restart import Process

SLOW = 2_000
VISITS = 100


def test_two_thousand_slow_visitors(tmp_path, built):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server = Process(tmp_path / "data", built)
    try:
        with slow_visitors(server.port, SLOW, 1.0) as slow:
            seconds = []
            for _ in range(VISITS):
                began = time.monotonic()
                assert visit(server.port) == [200, 200, 200, 201]
                seconds.append((time.monotonic() - began) / 4)
        p95, longest = sorted(seconds)[VISITS * 95 // 100], max(kept for _, kept in slow.kept)
        for name in KINDS:
            print(f"{name}: {max(kept for kind, kept in slow.kept if kind == name):.1f} s")
        print(f"slow_visitors={SLOW} normal_p95_seconds={p95:.3f} slow_kept_seconds={longest:.1f}")
        assert p95 < 1
        assert longest <= 30
    finally:
        server.end(signal.SIGTERM)
