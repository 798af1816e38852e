"""What each command says of itself: in `--help`, and in the manual page that is made from it.

Promises: plain sentences, by the words that a person types. A test finds a command without any.

Errors: none.
"""

import argparse
from collections.abc import Mapping

DESCRIPTIONS: Mapping[str, str] = {
    "firstreply": (
        "Answers Amazon buyers' mails in time, with your approval: drafts wait in a folder of your "
        "mailbox, what a person moves to Approved is sent once, and the response clock is kept."
    ),
    "firstreply run": (
        "Run the daemon in the foreground until a signal ends it. SIGTERM and SIGINT end it at a safe "
        "place, SIGHUP takes over changed templates, playbook, catalogue and knowledge."
    ),
    "firstreply init": (
        "Ask for the address of a mailbox, find its servers, test the answers, and write the "
        "configuration. Each question can be answered by an option. No secret is written into the "
        "configuration."
    ),
    "firstreply login": (
        "Log in at Google or Microsoft by OAuth 2.0 and keep the refresh token for the mailbox NAME. A "
        "running daemon finds it within a minute."
    ),
    "firstreply check": (
        "Prove configuration, servers, folders, model, templates and ledger, one line for each finding, "
        "with the remedy. Nothing is changed but that missing folders are made."
    ),
    "firstreply units": (
        "Write the service and its nightly timers for your own user's systemd: for an installation by "
        "pipx, which `make install` did not make a service of the machine."
    ),
    "firstreply inspect": (
        "Show what is understood of mails: who wrote them, about which order, and what is wanted."
    ),
    "firstreply lint": (
        "Show what the policy guard says to a reply. The exit status is 1 when a finding blocks it."
    ),
    "firstreply status": (
        "Show the mailboxes with connection, last full cycle, open clocks, queue and last error. The "
        "exit status is 1 when a mailbox is not healthy."
    ),
    "firstreply worklist": ("Show what is owed to whom, by nearest limit, with the steps of the playbook."),
    "firstreply cases": (
        "Show the open cases (A-to-z claims, chargebacks, bad reviews, promises), each with its next "
        "step; or write down what was done about one in Seller Central."
    ),
    "firstreply report": ("Show the first-response figures of a period; without one, of the last 30 days."),
    "firstreply evidence": "Put everything known about an order into a zip: mails, time line, facts.",
    "firstreply forget": (
        "Take the words of a buyer, or about an order, out of the ledger for good. Figures stay."
    ),
    "firstreply trace": (
        "Show every step of a message's life in its order, without anybody's words: by an order id, or "
        "by any Message-ID of that life."
    ),
    "firstreply backup": (
        "Copy the ledger's file beside a working daemon. The copy gets its name once SQLite has read "
        "all of it and found it sound."
    ),
    "firstreply import": "Take in files of the seller's own.",
    "firstreply import orders": (
        "Take in order reports and shipment files from Seller Central or a carrier: facts for the "
        "drafts. A row adds to what is known and never empties it."
    ),
    "firstreply templates": "Look at the reply templates.",
    "firstreply templates check": (
        "Render every template in every language, and say what is wrong before a buyer asks."
    ),
    "firstreply knowledge": "Look after the answers to buyers' questions.",
    "firstreply knowledge promote": (
        "Make an answer that was sent an article of the knowledge base. It is refused while anything "
        "personal is left in it."
    ),
    "firstreply labels": "Look at what people said that messages are, take it out, bring it in.",
    "firstreply labels list": "Show all labels, the newest last, with who gave them.",
    "firstreply labels export": "Write all labels as JSON Lines.",
    "firstreply labels import": (
        "Read labels from JSON Lines. What is known already is counted and left alone."
    ),
    "firstreply demo": (
        "Play the main job on servers of its own, with invented buyers. Nothing stays behind."
    ),
    "firstreply train": (
        "Train the classifier from the shipped texts and what agents taught, judge it, and install it "
        "if it is not worse. The exit status is 1 when the model in use stays."
    ),
    "firstreply evaluate": "Show the figures of the classifier in use.",
    "firstreply classify": "Read texts as JSON Lines from stdin, and write their labels as JSON Lines.",
    "firstreply completion": (
        "Write the completion of commands and options for a shell. `make install` puts it in its place; "
        'elsewhere: eval "$(firstreply completion bash)".'
    ),
}
"""By the words of the command."""


class CommandParser(argparse.ArgumentParser):
    """A parser whose help has the sentences of its command; its commands are of the same class."""

    def format_help(self) -> str:
        """The help; the sentences are for people only: a shell that completes wants the short words."""
        self.description = DESCRIPTIONS.get(self.prog)
        return super().format_help()
