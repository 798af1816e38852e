"""A mail provider's OAuth 2.0 server for tests: loopback redirects, device codes, rotation, revocation.

HTTPS for clients (their libraries want it), plain HTTP for Dovecot's introspection.
"""

import base64
import hashlib
import itertools
import json
import ssl
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import trustme

HOST = "127.0.0.1"
CLIENT = "client-of-tests"
SECRET = "client-secret-canary"


class OauthServer:
    """The server; use it in a `with`.

    Attributes:
        living: access tokens that are good now, and whose they are. renewals: how many were asked for.
        revoked: whether every grant is dead. fault: a status with which the token endpoint fails.
        seen: every secret that was ever given out, for canary tests.
    """

    def __init__(self, folder: Path, user: str = "", *, life: int = 3600, rotates: bool = True) -> None:
        self.user, self.life, self.rotates = user, life, rotates
        self.revoked = False
        self.fault: int | None = None
        self.pending = 0  # how often a device code is "not yet" confirmed
        self.living: dict[str, str] = {}
        self.grants: set[str] = set()
        self.seen: list[str] = []
        self.renewals = self.requests = 0
        self._codes: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._secret = folder / "oauth-client-secret"
        self._secret.touch(mode=0o600)
        self._secret.write_text(SECRET)
        authority = trustme.CA()
        self.ca_file = folder / "oauth-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(HOST).configure_cert(context)
        self._servers = [ThreadingHTTPServer((HOST, 0), self._handler()) for _ in range(2)]
        self.tls_port, self.port = (server.server_address[1] for server in self._servers)
        secure = self._servers[0]
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            for server in self._servers
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join(10)

    @property
    def url(self) -> str:
        """The address of everything, and the issuer."""
        return f"https://{HOST}:{self.tls_port}"

    def grant(self) -> str:
        """A refresh token, as if somebody had logged in."""
        token = self._new("refresh")
        self.grants.add(token)
        return token

    def consent(self, url: str) -> str:
        """What a browser does with the address that `firstreply login` shows; returns the last page."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        with urllib.request.urlopen(url, context=context, timeout=10) as page:  # noqa: S310  the test's own server
            return str(page.read().decode())

    def settings(self, provider: str, *, store: str = "file") -> str:
        """`[mailbox.oauth]` of a mailbox that uses this server."""
        own = (
            f'authority = "{self.url}/tenant"'
            if provider == "microsoft"
            else f'authorize_url = "{self.url}/authorize"\ntoken_url = "{self.url}/token"'
        )
        return (
            f'[mailbox.oauth]\nprovider = "{provider}"\nclient_id = "{CLIENT}"\nstore = "{store}"\n'
            f'ca_file = "{self.ca_file}"\nclient_secret = {{ file = "{self._secret}" }}\n{own}\n'
        )

    # ---- what is asked -----------------------------------------------------------------------

    def discovery(self) -> dict[str, str]:
        """What OpenID discovery tells."""
        names = ("authorization", "token", "device_authorization")
        paths = ("authorize", "token", "device")
        ends = {
            f"{name}_endpoint": f"{self.url}/tenant/{path}" for name, path in zip(names, paths, strict=True)
        }
        return {"issuer": f"{self.url}/tenant", **ends}

    def redirect(self, query: dict[str, str]) -> str:
        """Where the browser goes after consent."""
        code = self._new("code")
        self._codes[code] = query.get("code_challenge", "")
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})

    def device(self) -> dict[str, Any]:
        """A device code; it is confirmed after `pending` questions."""
        code = self._new("device")
        self._codes[code] = "device"
        return {
            "device_code": code,
            "user_code": "ABCD-EFGH",
            "verification_uri": f"{self.url}/activate",
            "expires_in": 60,
            "interval": 1,
        }

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint."""
        kind = form["grant_type"]
        if self.fault is not None:
            return self.fault, {"error": "out_of_order"}
        if kind == "refresh_token":
            return self._renewal(form["refresh_token"])
        code = form.get("device_code") or form["code"]
        if kind.endswith("device_code") and self.pending > 0:
            self.pending -= 1
            return 400, {"error": "authorization_pending"}
        challenge = self._codes.pop(code, None)
        if challenge is None or (challenge != "device" and challenge != _challenge(form["code_verifier"])):
            return 400, {"error": "invalid_grant"}
        return 200, self._tokens(self.grant())

    def _renewal(self, given: str) -> tuple[int, dict[str, Any]]:
        self.renewals += 1
        if self.revoked or given not in self.grants:
            return 400, {"error": "invalid_grant", "error_description": "Token has been revoked."}
        if not self.rotates:
            return 200, self._tokens(None)
        self.grants.discard(given)
        return 200, self._tokens(self.grant())

    def introspect(self, form: dict[str, str]) -> dict[str, Any]:
        """RFC 7662, for the mail server."""
        user = self.living.get(form["token"])
        return {"active": False} if user is None else {"active": True, "username": user}

    def _tokens(self, refresh: str | None) -> dict[str, Any]:
        access = self._new("access")
        self.living[access] = self.user
        more = {} if refresh is None else {"refresh_token": refresh}
        return {"access_token": access, "token_type": "Bearer", "expires_in": self.life, **more}

    def _new(self, kind: str) -> str:
        made = f"{kind}-canary-{next(self._numbers)}-{id(self):x}"
        self.seen.append(made)
        return made

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"provider": self})


class _Handler(BaseHTTPRequestHandler):
    provider: OauthServer

    def do_GET(self) -> None:
        """Discovery and the authorisation page."""
        self.provider.requests += 1
        parts = urlsplit(self.path)
        if parts.path.endswith("/openid-configuration"):
            self._say(200, self.provider.discovery())
        elif parts.path.endswith("/authorize"):
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.redirect(query))
            self.end_headers()
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        """Tokens, device codes, introspection."""
        self.provider.requests += 1
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = {name: values[0] for name, values in parse_qs(raw).items()}
        if self.path.endswith("/token"):
            self._say(*self.provider.token(form))
        elif self.path.endswith("/device"):
            self._say(200, self.provider.device())
        else:
            self._say(200, self.provider.introspect(form))

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


INTROSPECTION = """
auth_mechanisms = $auth_mechanisms oauthbearer xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {file}
}}
"""


def dovecot_lines(server: OauthServer, folder: Path) -> str:
    """Lines of configuration for a Dovecot that asks this server about tokens."""
    file = folder / "dovecot-oauth2.conf.ext"
    file.write_text(
        f"introspection_mode = post\nintrospection_url = http://{HOST}:{server.port}/introspect\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    file.chmod(0o644)
    return INTROSPECTION.format(file=file)
