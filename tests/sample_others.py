# ruff: noqa: E501 -- a table: one row, one mail
"""Invented notices, automatic mails, mails of our own, of other people, hostile and broken ones."""

from collections.abc import Iterator

from tests.sample_builder import ALIAS, DASHES, ORDER, SHOP, UUID, buyer, mail, multipart, notice, part, relay

COPY = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"
TOKEN = "<fr.Ab12Cd34Ef56.a1b2c3d4e5f6@shop.example>"

# name → header, subject, text, sender
NOTICES: dict[str, tuple[str | None, str, str, str]] = {
    "copy-en": (COPY, "Your email to Anna", f"{DASHES} Begin message {DASHES}\nDear Anna\n{DASHES} End message {DASHES}\n[commMgrTok:A1B2C3D4E5]\n# {ORDER}", "donotreply@amazon.com"),
    "copy-pt": (COPY, 'Seu e-mail para "João"', f"{DASHES} Iniciar mensagem {DASHES}\nOlá\n{DASHES} Mensagem final {DASHES}\n[commMgrTok: B1B2C3D4E5 ]", "donotreply@amazon.com.br"),
    "copy-old": (None, "Your message", f"here is a copy of the e-mail that you sent to Anna. Order {ORDER}", "auto-communication@amazon.com"),
    "copy-no-header": (None, "Your e-mail to Anna", "Dear Anna", "donotreply@amazon.com"),
    "opt-out-header": ("BUYER_OPTED_OUT_BSM_MESSAGES", "Your message to Anna", f"Anna [{ORDER}] <mailto:{ALIAS}+1a2b3c4d@marketplace.amazon.de> was not sent.", "auto-communication@amazon.com"),
    "opt-out-body": (None, "Your message was not sent", f"The message was stopped, as the buyer has chosen to opt out. [{ORDER}] mailto:{ALIAS}@marketplace.amazon.com", "auto-communication@amazon.com"),
    "undelivered-it": (None, "Il tuo messaggio all'acquirente non è stato consegnato.", f"Ordine {ORDER}", "donotreply@amazon.com"),
    "undelivered-fr": (None, "Nous n'avons pas pu remettre le message", f"Commande {ORDER}", "auto-communication@amazon.com"),
    "return-en-labels": ("RETURN_REQUEST", f"Return authorization request for order {ORDER}", "Order Item: Desk lamp\nASIN: B0ABCDEFGH\nSKU: LAMP-1\nReturn Quantity: 2\nReturn Reason: Defective\nCustomer's Comment: It never lit up.\nReturn carrier: UPS\nReturn tracking number: 1Z999AA10123456784", "donotreply@amazon.com"),
    "return-en-subject": (None, f"Return authorisation notification for order {ORDER}", "A return was authorised.", "order-update@amazon.com"),
    "return-fr-subject": (None, "Notification d'autorisation de retour", f"Commande {ORDER}", "donotreply@amazon.com"),
    "return-es-subject": (None, f"Notificación de autorización de devolución para el pedido {ORDER}", "Hola", "donotreply@amazon.com"),
    "return-without-order": (None, "Notification d'autorisation de retour", "Rien", "donotreply@amazon.com"),
    "refund-en": (None, f"Refund initiated for order {ORDER}", "You issued a refund of 19.90 EUR.", "do-not-reply@amazon.com"),
    "refund-fr": (None, f"Remboursement initié pour la commande {ORDER}", "Un remboursement de 5,00 € a été initié.", "donotreply@amazon.com"),
    "refund-it": ("REFUND_ISSUED", f"rimborso 19.90 EUR avviato - ordine {ORDER}", "Hai rimborsato 19.90 EUR.", "donotreply@amazon.com"),
    "a-to-z-it": ("A_Z_CLAIM_RESPONDENT_NOTIFY", f"Richiesta di rimborso ricevuta per l'ordine {ORDER}", "Importo: 19,90 €. Se Amazon chiede informazioni, rispondi entro 3 giorni di calendario.", "atoz-guarantee-no-reply@amazon.it"),
    "a-to-z-en": (None, f"Action required: Claim received on order {ORDER}", f"Claim amount: $ 24.99\nReturn carrier: USPS\nReturn tracking number: 9205590100000000000000\nOrder number: {ORDER}\nRespond within 72 hours.", "atoz-guarantee-no-reply@amazon.com"),
    "a-to-z-en-days": (None, f"Claim received on order {ORDER}", "Please respond within three calendar days. Appeals: within 30 days.", "atoz-guarantee-no-reply@amazon.com"),
    "a-to-z-old": (None, f"A-to-z Guarantee Claim for Order {ORDER}", "Claim amount: $5.00", "seller-guarantee@amazon.com"),
    "a-to-z-bare": (None, "News", "Something happened.", "atoz-guarantee-no-reply@amazon.com"),
    "decision-en": ("A_Z_CLAIM_RESPONDENT_CLOSE", f"Claim Decision on Order {ORDER}", "The claim of $24.99 was granted.", "atoz-guarantee-no-reply@amazon.com"),
    "decision-fr": (None, "Décision concernant la réclamation", f"Commande {ORDER}", "atoz-guarantee-no-reply@amazon.com"),
    "decision-es": (None, f"Su reclamación bajo la Garantía de la A a la Z de Amazon para el pedido {ORDER}", "Resuelta.", "donotreply@amazon.com"),
    "chargeback-new": (None, "Your Immediate Response Required: Charge Dispute Inquiry", f"Order number: {ORDER}\nfor 24.99 USD\nItems purchased: 1 of (Desk lamp)\nAnswer within 7 days.", "cb-seller-notification@amazon.com"),
    "chargeback-decision": (None, f"{ORDER}, Amazon.com Chargeback Dispute Funding Decision", "Chargeback amount: $24.99", "cb-seller-query@amazon.com"),
    "cancel-it": ("BRC_SELLER_NOTIFICATION", f"Richiesta di annullamento per l'ordine numero: {ORDER}", f"https://sellercentral.amazon.it/orders-v3/order/{ORDER}/cancel-order", "donotreply@amazon.com"),
    "cancel-es": (None, f"Solicitud de cancelación del pedido para el número de pedido: {ORDER}", "Hola", "donotreply@amazon.com"),
    "cancel-en-body": (None, f"Order {ORDER}", "Hello,\nthe buyer sent a cancellation request for this order.", "donotreply@amazon.com"),
    "unknown-type": ("SOMETHING_NEW", "News for you", f"Order {ORDER}", "donotreply@amazon.com"),
    "sold": (None, f"Sold, ship now: {ORDER}", "Ship it.", "seller-notification@amazon.com"),
    "performance": (None, "Your account", "Look at it.", "seller-performance@amazon.com"),
    "service-question": (None, "An inquiry from one of our customers", f"Dear Amazon seller, This is Amazon's customer service team. Reason for contact: late. Order {ORDER}", "cust.service@amazon.co.uk"),
    "relay-no-reply": (None, "Notice", "x", "no-reply@marketplace.amazon.it"),
    "header-without-relay": ("BBC_MESSAGE_SENT_TO_MERCHANT", "Inquiry", "Hello", "donotreply@amazon.com"),
    "forged-copy": (COPY, "Your email to Anna", f"Order {ORDER}", "donotreply@amazon.com.evil.example"),
    "imitation": (None, "Action required: Claim received on order", f"Order {ORDER}: log in now", "service@amazon-support.example"),
}  # fmt: skip

AUTOMATIC: dict[str, dict[str, str | None]] = {
    "auto-submitted": {"Auto-Submitted": "auto-generated"},
    "auto-submitted-no": {"Auto-Submitted": "no"},
    "autoreply-header": {"X-Autoreply": "yes"},
    "vacation-en": {"Subject": "Automatic reply: Your order"},
    "vacation-de": {"Subject": "Abwesenheitsnotiz"},
    "vacation-fr": {"Subject": "Réponse automatique : absence"},
    "vacation-ja": {"Subject": "自動返信：お問い合わせ"},
    "list": {"List-Id": "<news.shop.example>"},
    "bulk": {"Precedence": "bulk"},
    "loop": {"X-Loop": "x"},
    "suppressed": {"X-Auto-Response-Suppress": "DR, OOF"},
    "null-return-path": {"Return-Path": "<>"},
    "robot": {"From": "Mailer <mailer-daemon@mx.example>"},
    "person": {"Subject": "Wholesale offer?"},
    "own-address": {"From": f"Shop <{SHOP}>"},
    "own-token": {"Message-ID": TOKEN},
    "own-header": {"X-Firstreply-Token": "Ab12"},
    "no-from": {"From": None},
    "two-mailboxes": {"From": "a@one.example, b@two.example"},
    "name-like-address": {"From": '"a@evil.example" <b@real.example>'},
    "bad-date": {"Date": "1 Jan 99999999999999 00:00:00 +0000"},
    "broken-word-in-name": {"From": "a(=?utf-8?b?a?= <a@b.example>"},
    "open-brackets": {"From": "(" * 500 + " a@b.example"},
}


def samples() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every such mail."""
    for name, (kind, subject, text, sender) in NOTICES.items():
        yield f"notice-{name}", notice(name, kind, subject, text, sender=sender)
    for name, headers in AUTOMATIC.items():
        fields: dict[str, str | None] = {"From": "Pat <pat@elsewhere.example>", "Subject": "Hello"}
        yield f"other-{name}", mail(name, fields | headers, part("text/plain", "Hello, see below.\nPat"))
    yield from _tables()
    yield from _reports()
    yield from _hostile()


def _tables() -> Iterator[tuple[str, bytes]]:
    head = "<th>Articolo</th><th>ASIN</th><th>SKU</th><th>Quantità</th><th>Motivo del reso</th><th>Commento del cliente</th>"
    row = "<td>Lampada blu</td><td>B0ABCDEFGH</td><td>LAMP-1</td><td>1</td><td>Difettoso</td><td>La lampada non si accende più.</td>"
    table = f'<table cellpadding="10" border="1"><tr>{head}</tr><tr>{row}</tr></table>'
    text = f"Order ID: {ORDER}\nAutorizzazione: Autorizzato automaticamente da Amazon\nNon rispondere a questo messaggio"
    subject = f"Notifica di autorizzazione del reso per l'ordine {ORDER}"
    extra = {"X-Marketplace-ID": "APJ6JRA9NG5V4"}
    yield "notice-return-it-table", notice("rt", "RETURN_REQUEST", subject, text, html=table, headers=extra)
    moved = "<th>Return Reason</th><th>ASIN</th><th>Qty</th><th>Item</th><th>Customer's Comment</th><th>Tracking</th><th>Carrier</th>"
    cells = "<td>Too small</td><td>B0ABCDEFGH</td><td>3</td><td>Desk lamp</td><td>I need a bigger one.</td><td>TBA123456789012</td><td>Amazon Logistics</td>"
    other = f"<table><tr>{moved}</tr><tr>{cells}</tr><tr>{cells.replace('Too small', 'Wrong colour')}</tr></table>"
    subject = f"Return authorization request for order {ORDER}"
    yield "notice-return-en-table", notice("rm", "RETURN_REQUEST", subject, "See below.", html=other)
    refund = "<table><tr><th>Item</th><th>Reason</th><th>Amount</th></tr><tr><td>Lamp</td><td>Return</td><td>19.90 EUR</td></tr></table>"
    yield (
        "notice-refund-table",
        notice("rf", "REFUND_ISSUED", f"Refund for {ORDER}", "You refunded 19.90 EUR", html=refund),
    )
    fails = {"Authentication-Results": "mx.shop.example; dmarc=fail header.from=amazon.com"}
    yield "notice-refuted-copy", notice("rc", COPY, "Your email to Anna", f"Order {ORDER}", headers=fails)
    to_buyer = {"To": f"{ALIAS}+{UUID}@marketplace.amazon.de", "Reply-To": "naoresponda@amazon.com"}
    yield "notice-copy-to-relay", notice("cr", COPY, "Your email to Anna", f"Order {ORDER}", headers=to_buyer)


def _report(name: str, status: str, action: str) -> bytes:
    status_part = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: {status}\n"
    returned = f"Content-Type: text/rfc822-headers\n\nFrom: {SHOP}\nMessage-ID: {TOKEN}\nSubject: Re: x\n"
    content = multipart(
        part("text/plain", "Sorry."), status_part.encode(), returned.encode(),
        kind="multipart/report; report-type=delivery-status",
    )  # fmt: skip
    return mail(name, {"From": "Mail <mailer-daemon@mx.example>", "Return-Path": "<>"}, content)


def _reports() -> Iterator[tuple[str, bytes]]:
    yield "other-bounce-permanent", _report("bp", "5.1.1", "failed")
    yield "other-bounce-temporary", _report("bt", "4.4.1", "delayed")
    yield "other-report-delivered", _report("bd", "2.0.0", "delivered")
    attached = (
        part("text/plain", "Forwarded."),
        b"Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: s\n\nold text\n",
    )
    yield "other-attached-mail", mail("am", {"From": "Pat <pat@elsewhere.example>"}, multipart(*attached))


def _hostile() -> Iterator[tuple[str, bytes]]:
    hello = part("text/plain", "hi")
    yield "broken-empty", b""
    yield "broken-garbage", bytes(range(256)) * 4
    yield "broken-cut", buyer("cut", "The lamp is dark.", files=(part("image/png", b"x" * 300),))[:1100]
    yield (
        "broken-base64",
        mail("b64", {"From": relay()}, b"Content-Transfer-Encoding: base64\n\n%%%not base64%%%\n"),
    )
    yield "broken-no-header-end", b"From: a@b.example\nthis is no header\nSubject: x\n\nbody"
    yield "broken-two-from", mail("tf", {}, b"From: Other <o@p.example>\n" + hello)
    yield "broken-long-field", mail("lf", {"Subject": "a " * 9000}, hello)
    yield "broken-many-words", mail("mw", {"Subject": "=?utf-8?q?a?= " * 201}, hello)
    yield "broken-many-lines", mail("ml", {}, b"X: y\n" * 1501 + hello)
    yield (
        "broken-part-field",
        mail("pf", {}, multipart(b"Content-Type: image/png" + b"; a=b" * 1000 + b"\n\nx")),
    )
    yield "broken-nul", mail("nul", {"Subject": "a\x00b"}, b"\nx\x00y\n")
