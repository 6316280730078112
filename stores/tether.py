"""Become a command that dies with the process that started it: `python -I -S tether.py PARENT_PID COMMAND…`.

Run as a program of its own, because asking the kernel between fork and exec (subprocess's `preexec_fn`) may hang in a
parent that has threads. The kernel counts the end of the starting *thread* as the parent's death. Only Linux has this;
elsewhere the command runs untethered.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>; it survives exec, see prctl(2)."""


def main(parent: int, command: list[str]) -> None:
    """Tie this process to its parent and become the command; exit when the parent is already gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("the parent died before it could be told from others")
    os.execv(command[0], command)  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
