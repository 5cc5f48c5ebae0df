"""The disclosure rules: what is removed from a table before it leaves the secure environment. They
are applied last, to everything that is published."""

from kommunebench.disclosure.hidden import Hidden
from kommunebench.disclosure.rules import Published, publish
from kommunebench.disclosure.together import publish_together

__all__ = ["Hidden", "Published", "publish", "publish_together"]
