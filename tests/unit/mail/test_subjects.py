"""Subjects: prefixes, notices, contact topics and names in all languages of the reference."""

import pytest

from daemon.mail.kinds import Notice
from daemon.mail.subjects import buyer_name, fold, notice_by_body, notice_by_subject, strip_prefixes, topic_of

ORDER = "302-1234567-7654321"


@pytest.mark.parametrize(
    "prefix", ["Re:", "RE :", "AW:", "WG: Re:", "TR:", "R:", "SV:", "RV:", "Res:", "Re[2]:", "re："]
)
def test_prefixes_are_stripped(prefix: str) -> None:
    """All reply prefixes, repeated and numbered."""
    assert strip_prefixes(f"{prefix} Hello") == ("Hello", True)


@pytest.mark.parametrize("subject", ["Refund: yes", "Reset", "React: x", "Hello Re: x"])
def test_other_words_are_no_prefix(subject: str) -> None:
    """A word that only begins like a prefix stays."""
    assert strip_prefixes(subject) == (subject, False)


def test_folding() -> None:
    """Case, accents, width and quotes are taken out; Japanese stays whole."""
    assert fold("Ｄemande d’ANNULATION é") == "demande d'annulation e"
    assert fold("メッセージ") == "メッセージ"


@pytest.mark.parametrize(
    ("subject", "notice"),
    [
        (f"Return authorization request for order {ORDER}", Notice.RETURN_REQUEST),
        (f"Return authorisation notification for order {ORDER}", Notice.RETURN_REQUEST),
        ("Notification d’autorisation de retour", Notice.RETURN_REQUEST),
        (f"Notifica di autorizzazione del reso per l'ordine {ORDER}", Notice.RETURN_REQUEST),
        (f"Notificacion de autorizacion de devolucion para el pedido {ORDER}", Notice.RETURN_REQUEST),
        ("Refund initiated for order", Notice.REFUND),
        (f"Remboursement initié pour la commande {ORDER}", Notice.REFUND),
        (f"rimborso 5.00 EUR avviato - ordine {ORDER}", Notice.REFUND),
        (f"Action required: Claim received on order {ORDER}", Notice.A_TO_Z_CLAIM),
        ("A-to-z Guarantee Claim for Order", Notice.A_TO_Z_CLAIM),
        (f"Richiesta di rimborso ricevuta per l'ordine {ORDER}", Notice.A_TO_Z_CLAIM),
        (f"Claim Decision on Order {ORDER}", Notice.A_TO_Z_DECISION),
        ("Décision concernant la réclamation", Notice.A_TO_Z_DECISION),
        ("Su reclamacion bajo la Garantia de la A a la Z de Amazon para el pedido", Notice.A_TO_Z_DECISION),
        ("Your Immediate Response Required: Charge Dispute Inquiry", Notice.CHARGEBACK),
        (f"{ORDER}, Amazon.com Chargeback Dispute Funding Decision", Notice.CHARGEBACK),
        (f"Richiesta di annullamento per l'ordine numero: {ORDER}", Notice.CANCELLATION_REQUEST),
        ("Solicitud de cancelacion del pedido para el numero de pedido: 1", Notice.CANCELLATION_REQUEST),
        ("Il tuo messaggio all'acquirente non è stato consegnato.", Notice.UNDELIVERED),
        ("Your email to Anna", Notice.REPLY_COPY),
        ('Seu e-mail para "João"', Notice.REPLY_COPY),
        ("About your email to me", None),
        ("Hello", None),
    ],
)
def test_notice_by_subject(subject: str, notice: Notice | None) -> None:
    """Every subject of the reference, with straight and curly apostrophes, with and without accents."""
    assert notice_by_subject(subject) is notice


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("was stopped, as the buyer has chosen to\nopt out", Notice.OPT_OUT),
        ("here is a copy of the e-mail that you sent to Anna", Notice.REPLY_COPY),
        ("Hello,\nthe buyer made a cancellation request", Notice.CANCELLATION_REQUEST),
        ("Chargeback amount: $5", Notice.CHARGEBACK),
        ("Claim amount: $5", Notice.A_TO_Z_CLAIM),
        ("nothing", None),
    ],
)
def test_notice_by_body(text: str, notice: Notice | None) -> None:
    """Set phrases of bodies, across line ends."""
    assert notice_by_body(text) is notice


@pytest.mark.parametrize(
    ("subject", "with_order", "without"),
    [
        ("Order delivery inquiry from Amazon customer Anna", "delivery_issue", "delivery_issue"),
        ("Ship faster inquiry from Amazon customer Anna", "delivery_issue", "delivery_issue"),
        ("Shipping inquiry from Amazon customer Anna", "delivery_issue", None),
        ("Paket nicht angekommen: Gutschrift anfordern(Bestellung: 1)", "delivery_issue", "delivery_issue"),
        ("Le colis n’est pas arrivé", "delivery_issue", "delivery_issue"),
        ("Article endommagé", "product_issue", "product_issue"),
        ("Return policy inquiry from Amazon customer Anna(Order: 1", "return_request", "return_request"),
        ("Exchange request for order", "return_request", "return_request"),
        ("Order cancellation request from Amazon customer Anna", "order_change", "order_change"),
        ("Demande d'annulation de commande", "order_change", "order_change"),
        ("Solicitud de cancelación de pedido del cliente de Amazon", "order_change", "order_change"),
        ("Product details inquiry from Amazon customer Anna", None, "presale_question"),
        ("Detalhes do produto Amazon João pergunta do cliente", None, "presale_question"),
        ("Inquiry from Amazon customer Anna", None, None),
        ("Frage von Amazon-Kunde Jörg", None, None),
    ],
)
def test_topic(subject: str, with_order: str | None, without: str | None) -> None:
    """What a contact topic proves, with and without an order; general questions prove nothing."""
    assert topic_of(subject, has_order=True) == with_order
    assert topic_of(subject, has_order=False) == without


def test_topic_of_a_reply_proves_nothing() -> None:
    """A reply keeps the first subject, and may say thanks by then."""
    assert topic_of("Re: Order delivery inquiry from Amazon customer Anna", has_order=True) is None


@pytest.mark.parametrize(
    ("display", "subject", "name"),
    [
        ("Anna", "", "Anna"),
        ("Anna Miller - Amazon Marketplace", "", "Anna Miller"),
        ("Zoé - Marketplace d'Amazon.fr", "", "Zoé"),
        ("José Núñez – Marketplace Amazon", "", "José Núñez"),
        ("花子", "", "花子"),
        ("", f"Inquiry from Amazon customer Renée O'Hara (Order: {ORDER})", "Renée O'Hara"),
        ("", f"Frage von Amazon-Kunde Jörg (Bestellung: {ORDER})", "Jörg"),
        ("", "Demande de renseignements de la part du client Amazon Zoé", "Zoé"),
        ("", "Pregunta del cliente de Amazon José", "José"),
        ("", 'Your email to "Anna"', "Anna"),
        ("", "Seu e-mail para João", "João"),
        ("", "Detalhes do produto Amazon João pergunta do cliente", "João"),
        ("", "Domanda del cliente Amazon relativa ad un ordine", None),
        ("abc@marketplace.amazon.de", "Hello", None),
        ("Amazon", "", None),
    ],
)
def test_buyer_name(display: str, subject: str, name: str | None) -> None:
    """Display name without Amazon's additions, else the name in the subject; any letters."""
    assert buyer_name(display, subject) == name
