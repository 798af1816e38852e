"""Mail providers that small sellers use: servers, kind of login, and what one must know first. Facts only.

Promises: pure data; each provider's servers are those of its own help pages.

Errors: none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from daemon.ports.discovery import Endpoint
from daemon.ports.oauth_client import Provider as OauthProvider
from daemon.ports.security import Security

Auth = Literal["password", "xoauth2"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    Attributes:
        slug: how `--provider` names it.
        domains: addresses that are surely its own.
        exchanges: ends of the names of its mail exchangers, which tell a domain of one's own.
        auth: kinds of login, the better one first.
        oauth: whose tokens it takes.
        authserv_id: what it writes first into Authentication-Results; `topmost` where it writes no name.
        files_sent: whether it keeps a copy in Sent of what its SMTP server sends.
        remarks: what one must know before.
    """

    slug: str
    title: str
    imap: Endpoint
    smtp: Endpoint
    domains: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    auth: tuple[Auth, ...] = ("password",)
    oauth: OauthProvider | None = None
    authserv_id: str | None = None
    topmost: bool = False
    files_sent: bool = False
    remarks: tuple[str, ...] = ()


def _tls(host: str, port: int = 993) -> Endpoint:
    return Endpoint(host, port, Security.TLS)


def _submit(host: str) -> Endpoint:
    return Endpoint(host, 465, Security.TLS)


def _starttls(host: str) -> Endpoint:
    return Endpoint(host, 587, Security.STARTTLS)


_APP_PASSWORD = "It wants an app password, made on the provider's security page; the usual one is refused."  # noqa: S105  a remark
_CODE = "It wants an authorisation code, made in the webmail's settings, in place of the password."
_SWITCH = "IMAP must be switched on in the webmail's settings."
_ID = "It opens folders only for clients that name themselves (ID command), which firstreply does."
_CLIENT = "A token needs an application of your own, registered with the provider (docs/login.md)."

PROVIDERS: Sequence[Provider] = (
    Provider(
        "gmail",
        "Gmail",
        _tls("imap.gmail.com"),
        _submit("smtp.gmail.com"),
        domains=("gmail.com", "googlemail.com"),
        auth=("password", "xoauth2"),
        oauth="google",
        authserv_id="mx.google.com",
        files_sent=True,
        remarks=(_APP_PASSWORD + " It needs 2-step verification.", _CLIENT),
    ),
    Provider(
        "google-workspace",
        "Google Workspace",
        _tls("imap.gmail.com"),
        _submit("smtp.gmail.com"),
        exchanges=(".google.com", ".googlemail.com"),
        auth=("xoauth2", "password"),
        oauth="google",
        authserv_id="mx.google.com",
        files_sent=True,
        remarks=(_CLIENT, "App passwords work where the administrator allows them."),
    ),
    Provider(
        "microsoft365",
        "Microsoft 365",
        _tls("outlook.office365.com"),
        _starttls("smtp.office365.com"),
        exchanges=(".mail.protection.outlook.com", ".mx.microsoft"),
        auth=("xoauth2",),
        oauth="microsoft",
        topmost=True,
        files_sent=True,
        remarks=(_CLIENT, '"Authenticated SMTP" must be on for the mailbox.'),
    ),
    Provider(
        "outlook.com",
        "Outlook.com, Hotmail, Live",
        _tls("outlook.office365.com"),
        _starttls("smtp-mail.outlook.com"),
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "hotmail.co.uk"),
        auth=("xoauth2",),
        oauth="microsoft",
        topmost=True,
        files_sent=True,
        remarks=(_CLIENT, _SWITCH),
    ),
    Provider(
        "fastmail",
        "Fastmail",
        _tls("imap.fastmail.com"),
        _submit("smtp.fastmail.com"),
        domains=("fastmail.com", "fastmail.fm"),
        exchanges=(".messagingengine.com",),
        remarks=(_APP_PASSWORD,),
    ),
    Provider(
        "icloud",
        "iCloud Mail",
        _tls("imap.mail.me.com"),
        _starttls("smtp.mail.me.com"),
        domains=("icloud.com", "me.com", "mac.com"),
        exchanges=(".mail.icloud.com",),
        files_sent=True,
        remarks=(_APP_PASSWORD, "If the login fails, try the part before the @ as the IMAP user name."),
    ),
    Provider(
        "zoho",
        "Zoho Mail",
        _tls("imap.zoho.com"),
        _submit("smtp.zoho.com"),
        domains=("zoho.com", "zohomail.com"),
        exchanges=(".zoho.com", ".zoho.eu", ".zoho.in"),
        files_sent=True,
        remarks=(
            _SWITCH,
            "Domains of one's own use imappro.zoho.com and smtppro.zoho.com.",
            "Accounts of other regions have names that end in .eu, .in and so on.",
            "With two-factor login it wants an app password.",
        ),
    ),
    Provider(
        "yahoo",
        "Yahoo Mail",
        _tls("imap.mail.yahoo.com"),
        _submit("smtp.mail.yahoo.com"),
        domains=("yahoo.com", "ymail.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.it", "yahoo.es"),
        exchanges=(".yahoodns.net",),
        remarks=(_APP_PASSWORD,),
    ),
    Provider(
        "workmail",
        "Amazon WorkMail",
        _tls("imap.mail.us-east-1.awsapps.com"),
        _submit("smtp.mail.us-east-1.awsapps.com"),
        domains=("awsapps.com",),
        exchanges=(".amazonaws.com",),
        remarks=("Put your region into both names in place of us-east-1, such as eu-west-1 or us-west-2.",),
    ),
    Provider(
        "ionos",
        "IONOS",
        _tls("imap.ionos.com"),
        _submit("smtp.ionos.com"),
        exchanges=(".ionos.com", ".ionos.de", ".ionos.co.uk", ".kundenserver.de", ".1and1.com"),
        remarks=("Other countries have names of their own, such as imap.ionos.de and smtp.ionos.de.",),
    ),
    Provider(
        "qq",
        "QQ Mail, Foxmail",
        _tls("imap.qq.com"),
        _submit("smtp.qq.com"),
        domains=("qq.com", "foxmail.com", "vip.qq.com"),
        remarks=(_SWITCH, _CODE),
    ),
    Provider(
        "exmail",
        "Tencent Exmail (WeCom)",
        _tls("imap.exmail.qq.com"),
        _submit("smtp.exmail.qq.com"),
        exchanges=("mxbiz1.qq.com", "mxbiz2.qq.com"),
        remarks=(_SWITCH, "With secure login it wants a client password."),
    ),
    Provider(
        "163",
        "NetEase 163",
        _tls("imap.163.com"),
        _submit("smtp.163.com"),
        domains=("163.com",),
        remarks=(_SWITCH, _CODE, _ID),
    ),
    Provider(
        "126",
        "NetEase 126",
        _tls("imap.126.com"),
        _submit("smtp.126.com"),
        domains=("126.com",),
        remarks=(_SWITCH, _CODE, _ID),
    ),
    Provider(
        "aliyun",
        "Alibaba Mail",
        _tls("imap.aliyun.com"),
        _submit("smtp.aliyun.com"),
        domains=("aliyun.com",),
        remarks=(_SWITCH,),
    ),
    Provider(
        "aliyun-qiye",
        "Alibaba Mail for companies",
        _tls("imap.qiye.aliyun.com"),
        _submit("smtp.qiye.aliyun.com"),
        exchanges=(".mxhichina.com", ".qiye.aliyun.com"),
        remarks=(
            "Clients of other makers must be allowed by the company's administrator.",
            "Where security passwords are enforced, it wants one that was made in the webmail.",
        ),
    ),
)
"""Every provider that has a preset; all others are `own`."""

OWN = "own"
"""A server of one's own, or a provider without a preset."""


def own(domain: str) -> Provider:
    """What a server of one's own is usually called."""
    return Provider(OWN, f"a server of {domain}", _tls(f"imap.{domain}"), _submit(f"smtp.{domain}"))
