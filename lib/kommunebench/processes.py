"""Which process holds something, and whether it still lives."""

import getpass
import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: its name for people, and what tells whether it still lives."""

    name: str
    machine: str
    process: str

    @classmethod
    def of_this_process(cls) -> "Holder":
        """This process."""
        name = f"{user_name()} on {socket.gethostname()}, process {os.getpid()}"
        return cls(name, _machine(), _process(os.getpid()))

    def is_gone(self) -> bool:
        """Whether the holder was a process of this machine that does not run any more; a process of
        another machine is never said to be gone."""
        if self.machine != _machine():
            return False
        pid = int(self.process.split("-")[0])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return _process(pid) != self.process


def user_name() -> str:
    """The user this process runs as; a container may have a number without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _machine() -> str:
    """What is one machine (or container): two processes with the same value see each other."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _process(pid: int) -> str:
    """Number and start of a process, so that a number used again is another process; a process that
    ended and was not yet fetched by its parent has no start."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return f"{pid}-"
    state, *fields = stat.rpartition(")")[2].split()
    return f"{pid}-" if state == "Z" else f"{pid}-{fields[18]}"
