"""The ways in which one sending can end, by name: what the SMTP sink does instead of what it should."""

from dataclasses import dataclass
from typing import Literal

Place = Literal["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "text", "dot"]
Act = Literal["reply", "half", "fin", "rst", "silence", "stall"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong: at `at` the server does `act`; `keeps` says whether it has accepted the mail.

    `reply` is what it says: a full line for "reply", without its line end for "half".
    "silence" reads on without a word, "stall" does not even read.
    """

    at: Place
    act: Act
    reply: str = ""
    keeps: bool = False


FAULTS: dict[str, Fault] = {
    "greets_554": Fault("connect", "reply", "554 5.3.2 not today"),
    "greets_421": Fault("connect", "reply", "421 4.3.2 too busy"),
    "greets_never": Fault("connect", "silence"),
    "leaves_at_connect": Fault("connect", "rst"),
    "leaves_at_ehlo": Fault("ehlo", "fin"),
    "ehlo_502": Fault("ehlo", "reply", "502 5.5.1 what?"),
    "login_535": Fault("auth", "reply", "535 5.7.8 wrong password"),
    "login_454": Fault("auth", "reply", "454 4.7.0 directory is down"),
    "leaves_at_login": Fault("auth", "rst"),
    "mail_451": Fault("mail", "reply", "451 4.3.0 later"),
    "mail_421": Fault("mail", "reply", "421 4.3.2 going down"),
    "mail_4_7": Fault("mail", "reply", "450 4.7.1 sending too fast"),
    "mail_550": Fault("mail", "reply", "550 5.7.1 not your sender"),
    "mail_530": Fault("mail", "reply", "530 5.7.0 log in first"),
    "mail_gibberish": Fault("mail", "reply", "hello"),
    "mail_silence": Fault("mail", "silence"),
    "leaves_at_mail": Fault("mail", "rst"),
    "rcpt_450": Fault("rcpt", "reply", "450 4.2.1 mailbox busy"),
    "rcpt_421": Fault("rcpt", "reply", "421 4.3.2 going down"),
    "rcpt_550": Fault("rcpt", "reply", "550 5.1.1 no such user"),
    "rcpt_limit": Fault("rcpt", "reply", "550 5.4.5 Daily user sending limit exceeded"),
    "rcpt_silence": Fault("rcpt", "silence"),
    "leaves_at_rcpt": Fault("rcpt", "rst"),
    "data_451": Fault("data", "reply", "451 4.3.0 later"),
    "data_554": Fault("data", "reply", "554 5.5.1 no"),
    "data_354_and_250": Fault("data", "reply", "354 go on\r\n250 2.0.0 queued"),
    "data_silence": Fault("data", "silence"),
    "leaves_before_354": Fault("data", "fin"),
    "leaves_after_354": Fault("text", "rst"),
    "text_552": Fault("text", "reply", "552 5.3.4 too large already"),
    "text_452": Fault("text", "reply", "452 4.3.1 disk full"),
    "dot_rst": Fault("dot", "rst"),
    "dot_fin": Fault("dot", "fin"),
    "dot_rst_kept": Fault("dot", "rst", keeps=True),
    "dot_fin_kept": Fault("dot", "fin", keeps=True),
    "dot_silence": Fault("dot", "silence"),
    "dot_silence_kept": Fault("dot", "silence", keeps=True),
    "dot_half_reply_kept": Fault("dot", "half", "25", keeps=True),
    "dot_half_multiline_kept": Fault("dot", "half", "250-2.0.0 queued\r\n", keeps=True),
    "dot_gibberish_kept": Fault("dot", "reply", "hello", keeps=True),
    "dot_251_kept": Fault("dot", "reply", "251 2.0.0 what an answer", keeps=True),
    "dot_354_kept": Fault("dot", "reply", "354 go on", keeps=True),
    "dot_two_replies_kept": Fault("dot", "reply", "250 2.0.0 queued\r\n451 4.0.0 oh", keeps=True),
    "dot_452": Fault("dot", "reply", "452 4.3.1 disk full"),
    "dot_552": Fault("dot", "reply", "552 5.3.4 too large"),
    "dot_554": Fault("dot", "reply", "554 5.7.1 looks like spam"),
    "dot_421": Fault("dot", "reply", "421 4.3.2 going down"),
}
