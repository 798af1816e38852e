"""What `check` found in a file that a person wrote: where, what, and what to do about it.

Promises: collected, never raised, so that one bad file hides no other.

Errors: none.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; `line` counts from 1, 0 means the file as a whole."""

    file: str
    line: int
    slug: str
    text: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.text}. {self.remedy}"
