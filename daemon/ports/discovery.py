"""Finding a domain's mail servers in the DNS: SRV records (RFC 6186, RFC 8314), and who takes its mail.

Promises: short waits, and silence where the DNS is silent: nobody needs it to go on. An answer is a
suggestion that a person confirms, since the DNS is not signed everywhere.

Errors: none.
"""

from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.IN.SRV import SRV

from daemon.ports.security import Security

LIFETIME = 3.0
"""Seconds for all questions of one kind."""

_IMAP = (("_imaps._tcp", Security.TLS), ("_imap._tcp", Security.STARTTLS))
_SMTP = (("_submissions._tcp", Security.TLS), ("_submission._tcp", Security.STARTTLS))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server answers, and how the connection is protected."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class Published:
    """What a domain publishes; None where it publishes nothing."""

    imap: Endpoint | None
    smtp: Endpoint | None
    exchanges: tuple[str, ...]


class Names:
    """The DNS, through one resolver."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver

    def published(self, domain: str) -> Published:
        """What a domain says about its mail."""
        exchanges = sorted(
            (answer.preference, answer.exchange.to_text(omit_final_dot=True).lower())
            for answer in self._ask(domain, dns.rdatatype.MX)
            if isinstance(answer, MX)
        )
        return Published(
            self._service(domain, _IMAP),
            self._service(domain, _SMTP),
            tuple(exchange for _, exchange in exchanges),
        )

    def _service(self, domain: str, services: tuple[tuple[str, Security], ...]) -> Endpoint | None:
        for service, security in services:
            records = [
                answer
                for answer in self._ask(f"{service}.{domain}", dns.rdatatype.SRV)
                # the target "." says that the service is decidedly not there
                if isinstance(answer, SRV) and answer.target != dns.name.root
            ]
            if records:
                best = min(records, key=lambda record: (record.priority, -record.weight))
                return Endpoint(best.target.to_text(omit_final_dot=True).lower(), best.port, security)
        return None

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[object]:
        try:
            resolver = self._resolver or dns.resolver.get_default_resolver()
            return list(resolver.resolve(name, kind, lifetime=LIFETIME))
        except (dns.exception.DNSException, OSError, ValueError):
            return []
