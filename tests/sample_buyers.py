# ruff: noqa: E501 -- a table: one row, one mail
"""Invented buyer messages: each row of the reference on subjects, marks, names, addresses and bodies."""

from collections.abc import Iterator

from tests.sample_builder import (
    ALIAS,
    DASHES,
    ORDER,
    UUID,
    WRAPPERS,
    buyer,
    file,
    link,
    mail,
    multipart,
    part,
    relay,
    wrapped,
)

# name → site, wrapper, subject, words
PLAIN: dict[str, tuple[str, str, str, str]] = {
    "en-general": ("com", "en", "Inquiry from Amazon customer Anna (Order: {ORDER})", "Hello, is the warranty two years? Anna"),
    "en-general-now": ("co.uk", "en_now", "Inquiry from Amazon customer Anna (Order: {ORDER})", "The switch feels loose."),
    "en-delivery": ("com", "en", "Order delivery inquiry from Amazon customer Anna (Order: {ORDER})", "Where is my parcel?"),
    "en-ship-faster": ("com.au", "en", "Ship faster inquiry from Amazon customer Anna (Order: {ORDER})", "Can you send it today?"),
    "en-return": ("ie", "en", "Return policy inquiry from Amazon customer Anna(Order: {ORDER})", "I want to send it back."),
    "en-exchange": ("in", "en", "Exchange request for order (Order: {ORDER})", "Please exchange it for the red one."),
    "en-customization": ("sg", "en", "Product customization request from Amazon customer Anna", "Please engrave 'Leo'."),
    "en-cancel": ("com", "en", "Order cancellation request from Amazon customer Anna", "Please cancel, I chose the wrong size."),
    "en-details-owned": ("com", "en", "Product details inquiry from Amazon customer Anna (Order: {ORDER})", "How do I pair it with my phone?"),
    "de-general": ("de", "de", "Frage von Amazon-Kunde Jörg (Bestellung: {ORDER})", "Die Lampe kam kaputt an, was nun?"),
    "de-not-arrived": ("de", "de", "Paket nicht angekommen: Gutschrift anfordern(Bestellung: {ORDER})", "Das Paket ist nicht angekommen."),
    "de-in-spanish-wrapper": ("de", "es", "Frage von Amazon-Kunde Jörg (Bestellung: {ORDER})", "Passt das Netzteil auch an das alte Modell?"),
    "de-maybe": ("de", "de_maybe", "Frage von Amazon-Kunde Jörg", "Wo bleibt meine Rechnung?"),
    "fr-general": ("fr", "fr", "Demande de renseignements de la part du client Amazon Zoé", "Bonjour, où est ma commande ? Zoé"),
    "fr-not-arrived": ("fr", "fr", "Le colis n'est pas arrivé", "Toujours rien reçu."),
    "fr-damaged": ("com.be", "fr", "Article endommagé", "Le verre est cassé."),
    "fr-cancel": ("fr", "fr", "Demande d’annulation de commande", "Je souhaite annuler ma commande."),
    "fr-canada": ("ca", "fr_ca", "Inquiry from Amazon customer Zoé (Order: {ORDER})", "Est-ce que la garantie est valable au Québec ?"),
    "it-general": ("it", "it", "Domanda del cliente Amazon relativa ad un ordine", "Buongiorno, la lampada è arrivata rotta."),
    "it-old": ("it", "it_old", "Domanda del cliente Amazon relativa ad un ordine", "Dov'è il mio ordine?"),
    "it-maybe": ("it", "it_maybe", "Domanda del cliente Amazon relativa ad un ordine", "Grazie, tutto risolto."),
    "es-general": ("es", "es", "Pregunta del cliente de Amazon José (Pedido: {ORDER})", "¿Dónde está mi pedido?"),
    "es-old": ("com.mx", "es_old", "Pregunta del cliente Amazon José", "Falta una pieza en la caja."),
    "es-maybe": ("es", "es_maybe", "Pregunta del cliente Amazon José", "Quiero devolver este artículo."),
    "es-cancel": ("es", "es", "Solicitud de cancelación de pedido del cliente de Amazon", "Quiero cancelar mi pedido."),
    "pt-general": ("com.br", "pt", "Mensagem do cliente de Amazon João", "Olá, ainda não recebi o produto."),
    "pt-details-before": ("com.br", "pt_end", "Detalhes do produto Amazon João pergunta do cliente", "Funciona em 220 V?"),
    "pt-maybe": ("com.br", "pt_maybe", "Mensagem do cliente de Amazon João", "Obrigado, já foi resolvido."),
    "ja-general": ("co.jp", "ja", "Amazonのお客様からの問い合わせ", "商品が壊れて届きました。返品できますか。"),
    "zh-words": ("com", "en", "Inquiry from Amazon customer 王芳 (Order: {ORDER})", "你好，灯坏了，我想退货。"),
    "pl-unknown-end": ("pl", "unknown_end", "Pytanie od klienta (Order: {ORDER})", "Gdzie jest moje zamówienie?"),
    "nl-unknown-end": ("nl", "unknown_end", "Vraag van klant", "De lamp is kapot aangekomen."),
    "sv-unknown-end": ("se", "unknown_end", "Fråga från kund", "Var är min beställning?"),
    "tr-unknown-end": ("com.tr", "unknown_end", "Müşteri sorusu", "Siparişim nerede? Hâlâ gelmedi."),
}  # fmt: skip

# addresses, names, and what stands around
WHO = {
    "case-uuid": relay("co.jp", "花子", case=UUID),
    "case-hex": relay("com", case="1a2b3c4d"),
    "alias-short": relay("ae", alias="abcde12345"),
    "alias-long": relay("sa", alias="abc123def456ghi789jkl012mno345pq"),
    "name-old-en": relay("com", "Anna Miller - Amazon Marketplace"),
    "name-old-fr": relay("fr", "Zoé - Marketplace d'Amazon.fr"),
    "name-old-it": relay("it", "José Núñez - Marketplace Amazon"),
    "name-empty": f"<{ALIAS}@marketplace.amazon.eg>",
}

# words with history, signatures and the like
WORDS = {
    "quoted-en": "Thanks, that helped.\n\nOn Mon, 23 Nov 2026 at 08:00, Shop <support@shop.example> wrote:\n> Please press reset.\n> Shop",
    "quoted-de": "Danke!\n\nAm Mo., 23. Nov. 2026 um 10:00 schrieb Shop <support@shop.example>:\n> Bitte drücken.",
    "quoted-fr": "Merci.\n\nLe lun. 23 nov. 2026 à 10:00, Shop <support@shop.example> a écrit :\n> Bonjour",
    "quoted-it": "Grazie.\n\nIl giorno lun 23 nov 2026 alle ore 10:00 Shop <support@shop.example> ha scritto:\n> ciao",
    "quoted-es": "Gracias.\n\nEl lun, 23 nov 2026 a las 10:00, Shop (<support@shop.example>) escribió:\n> hola",
    "quoted-outlook": "It works now.\n\n-----Original Message-----\nFrom: Shop\nSent: Monday\nTo: Anna\nSubject: Re: lamp\n\nPlease press reset.",
    "quoted-inline": "> Did you press reset?\nYes, twice.\n> And the cable?\nIs plugged in.",
    "signed": "The lamp is dark.\n\n--\nAnna Miller\nInvented Street 1",
    "from-phone": "The lamp is dark.\n\nSent from my iPhone",
    "tracking": "UPS says delivered, tracking number 1Z999AA10123456784, but nothing is here.",
    "tracking-de": "DHL, Sendungsnummer: 0034 0434 1610 9400 0000, seit Tagen keine Bewegung.",
    "second-order": "I also have a problem with 305-7654321-1234567, see there.",
    "typographic-order": "Order 303‑1111111‑2222222 came without screws.",
    "seller-central-link": "I found https://sellercentral.amazon.it/messaging/x?y=1 in my mail, what is it?",
    "pasted-link": f"Click {link()} please. The lamp is dark.",
    "pasted-end": f"Dark lamp.\n{DASHES} End message {DASHES}\nSolve case {link('fr')}",
    "money": "You owe me 19,90 € and £ 1,234.50, not 5 dollars.",
    "emoji": "It broke 😡 after two days…",
    "empty": "",
    "thanks": "Thank you, solved!",
    "amazon-word-list": "My list:\n===== parts =====\n- screw\n- bulb",
    "vacation": "I am out of the office until Monday. This is an automatic reply to your message.",
    "vacation-question": "I am on vacation from Monday. Can you deliver before? Do not send an automatic reply again please.",
}  # fmt: skip

HEADERS: dict[str, dict[str, str | None]] = {
    "no-header": {"X-Space-Notification-Type": None, "X-Marketplace-ID": None},
    "looks-automatic": {
        "X-AMAZON-MAIL-RELAY-TYPE": "notification",
        "Precedence": "bulk",
        "List-Unsubscribe": "<mailto:u@amazon.com>",
        "Auto-Submitted": "auto-generated",
        "X-Space-Notification-Type": None,
    },
    "auto-replied": {"Auto-Submitted": "auto-replied"},
    "vacation-subject": {"Subject": "Abwesenheitsnotiz: Re: Ihre Frage"},
    "dmarc-fail": {"Authentication-Results": "mx.shop.example; dkim=fail; dmarc=fail header.from=marketplace.amazon.com"},
    "dmarc-pass": {"Authentication-Results": "mx.shop.example; spf=softfail; dkim=pass; dmarc=pass header.from=marketplace.amazon.com"},
    "spf-softfail": {"Authentication-Results": "mx.shop.example; spf=softfail; dmarc=none"},
    "reply-to-differs": {"Reply-To": "someone@else.example"},
    "reply-with-token": {
        "Subject": "Re: Return policy inquiry from Amazon customer Anna",
        "In-Reply-To": "<fr.Ab12Cd34Ef56.a1b2c3d4e5f6@shop.example>",
        "References": "<one@eu-west-1.amazonses.com> <fr.Ab12Cd34Ef56.a1b2c3d4e5f6@shop.example>",
    },
    "raw-subject": {"Subject": "Inquiry from Amazon customer Ren\udcc3\udca9e"},
    "turning-subject": {"Subject": "Hi \u202egnp.exe\u202c from Amazon customer Anna"},
    "injected-subject": {"Subject": "=?utf-8?q?hi=0D=0ABcc:_victim@else.example?="},
    "own-words-of-service": {"Subject": "An inquiry from one of our customers"},
}  # fmt: skip


def samples() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every buyer mail."""
    for name, (site, language, subject, words) in PLAIN.items():
        order = None if "before" in name else ORDER
        yield f"buyer-{name}", buyer(name, words, language=language, site=site, subject=subject, order=order)
    for name, who in WHO.items():
        yield f"buyer-{name}", buyer(name, "Where is my order?", who=who)
    for name, words in WORDS.items():
        yield (
            f"buyer-{name}",
            buyer(name, words, subject="Inquiry from Amazon customer Anna (Order: {ORDER})"),
        )
    for name, headers in HEADERS.items():
        yield f"buyer-{name}", buyer(name, "Thanks, it is still dark.", headers=headers)
    yield from _presale()
    yield from _bodies()
    yield from _html()
    yield from _files()


def _presale() -> Iterator[tuple[str, bytes]]:
    subject = "Product details inquiry from Amazon customer Anna"
    yield "buyer-en-details-before", buyer("dp", "Does it fit a 2015 model?", subject=subject, order=None)
    yield "buyer-unknown-site", buyer("us", "Hello", who=relay("cn"))
    yield (
        "buyer-evil-site",
        buyer("es", "Hello", who=relay("co.uk.evil.example"), headers={"X-Space-Notification-Type": None}),
    )


def _bodies() -> Iterator[tuple[str, bytes]]:
    words, whole = "The lamp is dark.", wrapped("The lamp is dark.")
    begin, end = f"{DASHES} Begin message {DASHES}", f"{DASHES} End message {DASHES}"
    yield "buyer-joined", buyer("joined", "", text=" ".join(whole.split()))
    yield "buyer-single-spaces", buyer("ss", "", text=f"{begin} {words} {end} Solve case {link('com')}")
    yield "buyer-no-end", buyer("ne", "", text=whole.replace(end, ""))
    yield "buyer-no-begin", buyer("nb", "", text=whole.replace(begin, ""))
    yield "buyer-no-marks", buyer("nm", "", text=f"{words}\nPlease help.")
    yield "buyer-other-dashes", buyer("od", "", text=whole.replace("-" * 13, "—" * 8))
    yield "buyer-mojibake", buyer("mj", "", text=wrapped(words, "fr").replace("Début", "DÃ©but"))
    yield (
        "buyer-fourteen-dashes",
        buyer("fd", "", text=wrapped(words, "fr_ca").replace(" message -", " message --")),
    )
    legacy = f"Order ID {ORDER}:\n1 of Desk lamp [ASIN: B0ABCDEFGH]\n\n{begin}\n\n{words}\n\n{end}\n\n"
    legacy += "For Your Information: To help arbitrate disputes we keep messages.\n"
    old = "https://www.amazon.com/gp/communication-manager/no-response-needed.html?msg=A&d=1&mp=B&v=1&t=C"
    yield "buyer-legacy", buyer("legacy", "", text=f"{legacy}{old}\n[commMgrTok:A1B2C3D4E5]")
    evil = "https://sellercentral.amazon.com.evil.example/messaging/no-response-needed?t=A"
    yield "buyer-evil-link", buyer("el", "", text=f"{begin}\n{words}\n{end}\nSolve case {evil}")
    for charset, text in (
        ("iso-8859-1", "Größe passt nicht"),
        ("iso-2022-jp", "壊れて届きました"),
        ("gb2312", "灯坏了"),
    ):
        plain = part("text/plain", f"{begin}\n{text}\n{end}", charset=charset)
        yield f"buyer-{charset}", mail(charset, {"From": relay()}, plain)
    odd = part("text/plain", f"{begin}\nGrüße\n{end}").replace(b"charset=utf-8", b"charset=zlib")
    yield "buyer-unknown-charset", mail("uc", {"From": relay()}, odd)
    yield "buyer-all-wrappers", buyer("aw", "", text="\n\n".join(wrapped("Hi.", each) for each in WRAPPERS))


def _html() -> Iterator[tuple[str, bytes]]:
    table = '<table><tr><th>#</th><th>ASIN</th><th>name</th></tr><tr><td>1</td><td><a href="https://www.amazon.com/dp/B0ABCDEFGH">B0ABCDEFGH</a></td><td>Desk lamp</td></tr></table>'
    label = f"<html><head><style>p {{color: red}}</style></head><body><p>Message:</p><p>The lamp<br>is dark &amp; cold.</p><a href='https://sellercentral.amazon.com/x'>View Message</a>{table}</body></html>"
    yield "buyer-html-label", mail("hl", {"From": relay()}, part("text/html", label))
    pre = f"<pre>{DASHES} Begin message {DASHES}\n\nThe lamp is dark.\n\n{DASHES} End message {DASHES}</pre><div id='amznCommMgrFooter'>Important: keep it. <a href=\"{link('com').replace('&', '&amp;')}\">Solve case</a></div>"
    yield "buyer-html-pre", mail("hp", {"From": relay()}, part("text/html", pre))
    quoted = label.replace("</p><a", "</p><blockquote>Old answer of the shop</blockquote><a")
    yield "buyer-html-blockquote", mail("hb", {"From": relay()}, part("text/html", quoted))
    hidden = label.replace("<p>The", "<p style='display:none'>secret</p><script>x()</script><p>The")
    yield "buyer-html-hidden", mail("hh", {"From": relay()}, part("text/html", hidden))
    both = multipart(
        part("text/plain", wrapped("From plain.")), part("text/html", label), kind="multipart/alternative"
    )
    yield "buyer-alternative", mail("al", {"From": relay()}, both)


def _files() -> Iterator[tuple[str, bytes]]:
    files = (
        file("photo.png", "image/png"),
        file("invoice.pdf", "application/pdf", b"%PDF-1.7 x"),
        file("clip.mp4", "video/mp4"),
    )
    yield "buyer-files", buyer("files", "See the photos.", files=files)
    path = file("../../etc/passwd", "text/plain", b"root")
    nameless = part("image/jpeg", b"\xff\xd8\xff", extra=["Content-Disposition: attachment"])
    yield (
        "buyer-odd-files",
        buyer("odd", "See.", files=(path, nameless, file("a\\b\\c.exe", "application/x-msdownload"))),
    )
    long_name = b"Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment;\n filename*0*=utf-8''%C3%9Cber;\n filename*1*=sicht.png\n\niVBORw0K\n"
    yield "buyer-rfc2231-file", buyer("rfc", "Siehe Bild.", language="de", site="de", files=(long_name,))
