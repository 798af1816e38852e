"""The names of folders: prefix, delimiter, special use, guesses, and what cannot be right."""

from collections.abc import Mapping

import pytest

from daemon.desk.profile import Profile
from daemon.errors import ConfigurationError
from daemon.ports.imap_folders import Hierarchy, Listed, resolve

SLASH, DOTS = Hierarchy("", "/"), Hierarchy("INBOX.", ".")
WANTED: dict[str, str | None] = {
    "inbox": "INBOX",
    "approval": "Approval",
    "approved": "Approved",
    "rejected": "Rejected",
    "reclassify": "Reclassify",
    "no_reply_needed": "No reply needed",
    "drafts": None,
    "sent": None,
    "trash": None,
    "archive": None,
}


def _listed(delimiter: str = "/", **attributes: str) -> list[Listed]:
    return [Listed(name, frozenset(words.split()), delimiter) for name, words in attributes.items()]


def _wanted(**changes: str | None) -> Mapping[str, str | None]:
    return {**WANTED, **changes}


@pytest.mark.parametrize(
    ("shape", "wanted", "expected"),
    [
        (SLASH, "Approval", "Approval"),
        (SLASH, "Team/Approval", "Team/Approval"),
        (SLASH, "inbox", "INBOX"),
        (DOTS, "inbox", "INBOX"),
        (DOTS, "Approval", "INBOX.Approval"),
        (DOTS, "Team/Approval", "INBOX.Team.Approval"),
        (DOTS, "INBOX/Approval", "INBOX.Approval"),
        (DOTS, "Inbox.Approval", "INBOX.Approval"),
        (DOTS, "INBOX.Team.Approval", "INBOX.Team.Approval"),
        (DOTS, "Amazon.de/Approval", "INBOX.Amazon_de.Approval"),
        (Hierarchy("", "."), "Shop No. 1", "Shop No_ 1"),
        (Hierarchy("", "\\"), "Team/A\\B", "Team\\A_B"),
        (Hierarchy("", None), "Team/Approval", "Team/Approval"),
    ],
)
def test_place(shape: Hierarchy, wanted: str, expected: str) -> None:
    """A configured name means the same on every server."""
    assert shape.place(wanted) == expected


def test_child() -> None:
    """A scenario's folder lies inside its parent, whatever signs its name has."""
    assert SLASH.child("Reclassify", "Delivery") == "Reclassify/Delivery"
    assert DOTS.child("INBOX.Reclassify", "No. 1") == "INBOX.Reclassify.No_ 1"
    assert Hierarchy("", None).child("Reclassify", "Delivery") == "Reclassify/Delivery"


def test_special_use_wins_over_names() -> None:
    r"""The folder the server marks as \Sent is the one, not the one that is called so."""
    listed = _listed(Sent="", Archiv="\\sent")
    assert resolve(WANTED, SLASH, listed).sent == "Archiv"


@pytest.mark.parametrize("name", ["Gesendete Objekte", "sent items", "已发送", "送信済み"])
def test_usual_names_are_guessed(name: str) -> None:
    """Without special use the usual names in our languages are tried, in any case."""
    assert resolve(WANTED, SLASH, [Listed(name, frozenset(), "/")]).sent == name


def test_guess_below_the_prefix() -> None:
    """Servers with a prefix keep such folders below it."""
    assert resolve(WANTED, DOTS, [Listed("INBOX.Trash", frozenset(), ".")]).trash == "INBOX.Trash"


def test_folders_that_hold_no_mail_do_not_count() -> None:
    """A folder that cannot be selected is no place for mail."""
    assert resolve(WANTED, SLASH, _listed(Sent="\\noselect")).sent is None


def test_a_server_of_labels_tells_its_own_folders_and_none_is_guessed() -> None:
    r"""Gmail's names are in the owner's language; a label called Sent or Archive is not the one; \All is."""
    gmail = Profile(labels=True)
    listed = _listed(
        Sent="", Archive="", **{"[Gmail]/Gesendet": "\\sent", "[Gmail]/Alle Nachrichten": "\\all"}
    )
    found = resolve(WANTED, SLASH, listed, gmail)
    assert (found.sent, found.archive, found.trash) == ("[Gmail]/Gesendet", "[Gmail]/Alle Nachrichten", None)
    assert resolve(WANTED, SLASH, listed).archive == "Archive"
    with pytest.raises(ConfigurationError, match="hides"):
        resolve(WANTED, SLASH, _listed(Sent=""), gmail)


def test_exact_names_are_taken_as_they_are() -> None:
    """Who writes the server's own name gets that folder."""
    listed = [Listed("Shared.Approval", frozenset(), ".")]
    assert resolve(_wanted(approval="Shared.Approval"), DOTS, listed).approval == "Shared.Approval"


def test_drafts_folder_as_the_queue() -> None:
    """Without a name for the queue the account's drafts folder is it."""
    found = resolve(_wanted(approval=None), SLASH, _listed(Drafts="\\drafts"))
    assert found.approval == found.drafts == "Drafts"


def test_missing_name_is_a_configuration_error() -> None:
    """A queue that cannot be found is a person's matter."""
    with pytest.raises(ConfigurationError) as caught:
        resolve(_wanted(approval=None), SLASH, [])
    assert caught.value.where == "folders.approval"


def test_two_roles_in_one_folder_are_refused() -> None:
    """A move between them is a decision; it cannot be one within a folder."""
    with pytest.raises(ConfigurationError) as caught:
        resolve(_wanted(approved="Approval"), SLASH, [])
    assert caught.value.where == "folders.approved"
