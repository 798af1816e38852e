"""Which servers an address probably has: by its domain, by what the domain publishes, by its exchangers.

Promises: pure; the reason is told, since a person confirms it.

Errors: none.
"""

from dataclasses import dataclass, replace

from daemon.ports.discovery import Published
from daemon.setup.providers import OWN, PROVIDERS, Provider, own

NOTHING = Published(None, None, ())


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider, and why we think so."""

    provider: Provider
    reason: str


def choose(address: str, slug: str | None, published: Published) -> Choice:
    """The best guess for an address; `slug` is what a person said."""
    domain = address.rpartition("@")[2].lower()
    if slug and slug != OWN:
        return Choice(next(each for each in PROVIDERS if each.slug == slug), "as you said")
    if not slug:
        for each in PROVIDERS:
            if domain in each.domains:
                return Choice(each, f"addresses at {domain} are its own")
    plain = own(domain)
    if published.imap or published.smtp:
        found = replace(plain, imap=published.imap or plain.imap, smtp=published.smtp or plain.smtp)
        return Choice(found, f"{domain} publishes its servers (SRV)")
    if not slug:
        for each in PROVIDERS:
            taker = next((name for name in published.exchanges if _ends(name, each)), None)
            if taker:
                return Choice(each, f"the mail of {domain} goes to {taker}")
    return Choice(plain, "a guess: nothing is published")


def _ends(name: str, provider: Provider) -> bool:
    return any(name.endswith(end) for end in provider.exchanges)
