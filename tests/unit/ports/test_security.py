"""The words for a connection's protection, and the TLS context behind them."""

import ssl
from pathlib import Path

import pytest
import trustme

from daemon.errors import ConfigurationError
from daemon.ports.security import Security, require_loopback, tls_context


def test_the_words_are_those_of_the_configuration() -> None:
    """As `firstreply.toml` spells them."""
    assert [security.value for security in Security] == ["tls", "starttls", "none"]


def test_a_context_checks_names_certificates_and_versions() -> None:
    """Nothing below TLS 1.2, nobody unproven."""
    context = tls_context(None, where="x")

    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_given_authority_replaces_the_systems(tmp_path: Path) -> None:
    """Only the certificates of the file are trusted."""
    trustme.CA(organization_name="Our own").cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    trusted = tls_context(str(tmp_path / "ca.pem"), where="x").get_ca_certs()

    assert len(trusted) == 1


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_an_unusable_file_of_authorities_is_named(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty, or something else."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"smtp\.example\.com:465.*ca\.pem cannot be used.*ca_file"):
        tls_context(str(path), where="smtp.example.com:465")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_clear_text_is_for_loopback(host: str) -> None:
    """Nobody else can read along there."""
    require_loopback(Security.NONE, host, where="x")


@pytest.mark.parametrize("host", ["smtp.example.com", "127.0.0.1.example.com", "10.0.0.1", ""])
def test_clear_text_to_others_is_refused(host: str) -> None:
    """Encrypted is fine everywhere, clear text is not."""
    require_loopback(Security.TLS, host, where="x")
    with pytest.raises(ConfigurationError, match="show the password"):
        require_loopback(Security.NONE, host, where="x")
