"""Facts: what the mail, the seller's files and the knowledge base tell, merged into the names of templates.

Promises: pure. Every fact names its source, so that a note can show where it comes from. A fact on which the
sources do not agree, or that would have to be guessed, is left out and becomes a gap. Values carry no line
breaks (steps excepted), no control characters, no braces and no double brackets.

Errors: none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from daemon.desk.order import OrderLine, Shipment
from daemon.reply.catalogue import Catalogue
from daemon.reply.knowledge import Passage
from daemon.reply.names import usable_name
from daemon.reply.phrases import format_date, status_words

LONGEST_PRODUCT = 80
"""Amazon's titles have up to 200 characters; a letter names the product shorter."""
LONGEST_WORDS = 2_000
"""Of the buyer's words in a note."""
_LONGEST = 300
_UNSEEMLY = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069{}]+")
_ANSWERS = {"usage_question": "usage_steps", "presale_question": "product_answer"}
"""Which fact a passage of the knowledge base fills, by the passage's own scenario."""


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What reading the mail told; empty means unknown."""

    buyer_name: str = ""
    order_id: str = ""
    product: str = ""
    asin: str = ""
    marketplace: str = ""
    tracking_numbers: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """What the mailbox's owner wrote into the settings, and what the stage promises."""

    brand: str = ""
    signature: str = ""
    promised: date | None = None
    change: str = ""
    cause: str = ""
    review_line: bool = False
    manual_attached: bool = False
    """Only when the draft really carries the catalogue's manual: the text will say so."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Values for a template, and for each of them where it comes from."""

    values: Mapping[str, str]
    sources: Mapping[str, str]


@dataclass(slots=True)
class _Merger:
    values: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def add(self, source: str, **facts: str) -> None:
        """Keep what is not known yet: the better source speaks first."""
        for name, value in facts.items():
            neat = one_line(value)
            if neat and name not in self.values:
                self.values[name] = neat
                self.sources[name] = source


def facts_for(
    mail: MailFacts,
    house: HouseFacts,
    *,
    language: str,
    today: date,
    lines: Sequence[OrderLine] = (),
    shipments: Sequence[Shipment] = (),
    catalogue: Catalogue | None = None,
    passage: Passage | None = None,
) -> Facts:
    """All facts for one reply; `lines` and `shipments` may hold other orders too, they are left aside."""
    line = _the_line(_lines_of(mail, lines), mail.asin)
    asin = asin_of(mail, lines)
    merger = _Merger()
    merger.add(
        "mailbox", brand=house.brand, signature=house.signature, change=house.change, cause=house.cause
    )
    merger.add("playbook", review_line="on" if house.review_line else "")
    if house.promised is not None:
        merger.add("clock", promised_date=format_date(language, house.promised))
    product = catalogue.find(asin, language) if catalogue is not None and asin else None
    if product is not None:
        merger.add("catalogue", product=short_product(product.name), warranty=product.warranty)
        merger.add(
            "catalogue",
            spare_parts=product.spare_parts,
            manual=product.manual if house.manual_attached else "",
        )
    merger.add("mail", order_id=mail.order_id, asin=mail.asin, product=short_product(mail.product))
    merger.add("mail", buyer_name=usable_name(mail.buyer_name))
    if mail.words.strip():
        merger.values["buyer_words"] = one_line(mail.words, LONGEST_WORDS)
        merger.sources["buyer_words"] = "mail"
    if line is not None:
        _add_line(merger, line, language)
    ours = [parcel for parcel in shipments if mail.order_id and parcel.order_id == mail.order_id]
    _add_parcel(merger, _the_parcel(ours, mail.tracking_numbers, line), language, today)
    if not ours and len(mail.tracking_numbers) == 1:
        merger.add("mail", tracking_number=mail.tracking_numbers[0])
    merger.add("mail", marketplace=f"Amazon.{mail.marketplace}" if mail.marketplace else "")
    if passage is not None and passage.scenario in _ANSWERS:
        name = _ANSWERS[passage.scenario]
        merger.values[name] = passage.text
        merger.sources[name] = f"knowledge base, {passage.source}"
    return Facts(merger.values, merger.sources)


def asin_of(mail: MailFacts, lines: Sequence[OrderLine]) -> str:
    """The one product that is meant: the mail's own, else that of the order's only line."""
    line = _the_line(_lines_of(mail, lines), mail.asin)
    return mail.asin or (line.asin if line else "")


def one_line(value: str, longest: int = _LONGEST) -> str:
    """The value as it may stand inside a sentence."""
    flat = " ".join(_UNSEEMLY.sub(" ", value).split())
    return flat.replace("[[", "[").replace("]]", "]")[:longest].rstrip()


def short_product(name: str) -> str:
    """A product's title cut at a word, so that a sentence can carry it."""
    flat = one_line(name)
    if len(flat) <= LONGEST_PRODUCT:
        return flat
    head = flat[:LONGEST_PRODUCT]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:-–(|/") + " …"


def _add_line(merger: _Merger, line: OrderLine, language: str) -> None:
    merger.add(
        "order report", product=short_product(line.product), asin=line.asin, marketplace=line.marketplace
    )
    merger.add("order report", fulfilled_by=line.fulfilled_by)
    merger.add("order report", quantity=str(line.quantity) if line.quantity else "")
    if line.purchased_at is not None:
        merger.add("order report", order_date=format_date(language, line.purchased_at.date()))


def _add_parcel(merger: _Merger, parcel: Shipment | None, language: str, today: date) -> None:
    if parcel is None:
        return
    source = "shipment file"
    merger.add(source, carrier=parcel.carrier, tracking_number=parcel.tracking_number)
    merger.add(source, tracking_status=status_words(language, parcel.status))
    dates = {"ship_date": parcel.shipped_on, "delivered_date": parcel.delivered_on}
    # a day that has passed is no expectation any more
    if parcel.expected_on is not None and parcel.expected_on >= today:
        dates["expected_date"] = parcel.expected_on
    for name, day in dates.items():
        if day is not None:
            merger.add(source, **{name: format_date(language, day)})


def _lines_of(mail: MailFacts, lines: Sequence[OrderLine]) -> list[OrderLine]:
    return [line for line in lines if mail.order_id and line.order_id == mail.order_id]


def _the_line(lines: Sequence[OrderLine], asin: str) -> OrderLine | None:
    """The one line that is meant; none when the order has several and the mail names no product."""
    meant = [line for line in lines if not asin or line.asin == asin]
    return meant[0] if len({(line.asin, line.sku) for line in meant}) == 1 else None


def _the_parcel(
    parcels: Sequence[Shipment], numbers: Iterable[str], line: OrderLine | None
) -> Shipment | None:
    """The one parcel that is meant; none when several could be."""
    named = [parcel for parcel in parcels if parcel.tracking_number in set(numbers)]
    held = [parcel for parcel in parcels if line is not None and parcel.sku and parcel.sku == line.sku]
    for choice in (named, held, parcels):
        if choice:
            return choice[0] if len({parcel.tracking_number for parcel in choice}) == 1 else None
    return None
