"""Finding mail servers in the DNS, asked of a name server of our own."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from daemon.ports.discovery import Endpoint, Names
from daemon.ports.security import Security

ZONE = {
    ("_imaps._tcp.both.example.", "SRV"): ["20 1 993 second.both.example.", "10 1 9993 first.both.example."],
    ("_submission._tcp.both.example.", "SRV"): ["0 1 587 first.both.example."],
    ("_submissions._tcp.both.example.", "SRV"): ["0 0 0 ."],
    ("both.example.", "MX"): ["20 b.both.example.", "10 A.both.example."],
}


@pytest.fixture(name="names")
def _names() -> Iterator[Names]:
    """A resolver that asks a name server on loopback, which knows the zone above."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                raw, peer = listener.recvfrom(4096)
                if not raw:
                    return
                listener.sendto(answer(raw), peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], listener.getsockname()[1]
        yield Names(resolver)
        listener.sendto(b"", listener.getsockname())
        thread.join(10)


def answer(raw: bytes) -> bytes:
    """What the zone says to a question."""
    question = dns.message.from_wire(raw)
    reply = dns.message.make_response(question)
    asked = question.question[0]
    kind = "SRV" if asked.rdtype == 33 else "MX"
    records = ZONE.get((asked.name.to_text().lower(), kind))
    if records is None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    else:
        reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
    return reply.to_wire()


def test_what_a_domain_publishes(names: Names) -> None:
    """The best by priority; "." says no, so that the next kind counts; exchangers in their order."""
    found = names.published("both.example")
    assert found.imap == Endpoint("first.both.example", 9993, Security.TLS)
    assert found.smtp == Endpoint("first.both.example", 587, Security.STARTTLS)
    assert found.exchanges == ("a.both.example", "b.both.example")


def test_silence_is_an_answer(names: Names) -> None:
    """A domain without records, a name that is none, and no name server at all."""
    for domain in ("nothing.example", "x" * 300, "a..b"):
        assert names.published(domain).imap is None
    nobody = dns.resolver.Resolver(configure=False)
    assert Names(nobody).published("both.example").exchanges == ()
