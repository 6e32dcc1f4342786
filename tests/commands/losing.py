"""Run a command whose output is lost: `python losing.py HOW NUMBERS COMMAND...`, by the numbers of its streams.

A program of its own: what runs between fork and exec may wait for ever in a process that has threads.
"""

import os
import sys


def no_reader(number: int) -> None:
    """A pipe whose reader is gone."""
    reads, writes = os.pipe()
    os.close(reads)
    os.dup2(writes, number)


def full_disk(number: int) -> None:
    """A disk that takes nothing."""
    os.dup2(os.open("/dev/full", os.O_WRONLY), number)


def closed(number: int) -> None:
    """No stream at all."""
    os.close(number)


WAYS = {way.__name__: way for way in (no_reader, full_disk, closed)}

if __name__ == "__main__":
    how, numbers, *command = sys.argv[1:]
    for number in numbers:
        WAYS[how](int(number))
    os.execv(command[0], command)
