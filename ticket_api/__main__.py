"""Where every command starts, as `helpleaf` and as `python -m ticket_api`."""

import os
import signal
import sys


def main() -> int:
    """Run one command. While it is loaded, Ctrl-C ends it at once and without a word: nothing has begun yet."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from ticket_api.cli import main as run

    signal.signal(signal.SIGINT, before)
    return run()


if __name__ == "__main__":
    sys.exit(main())
