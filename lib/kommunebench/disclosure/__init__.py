"""The rules a table passes before it leaves the secure environment: applied last, to everything
that is published."""

from kommunebench.disclosure.hidden import Hidden
from kommunebench.disclosure.rules import Published, publish
from kommunebench.disclosure.together import publish_together

__all__ = ["Hidden", "Published", "publish", "publish_together"]
