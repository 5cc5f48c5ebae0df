"""The rules a table passes before it leaves the secure environment: applied last, to everything
that is published."""

from kommunebench.disclosure.rules import Published, publish, withhold

__all__ = ["Published", "publish", "withhold"]
