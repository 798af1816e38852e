"""Term weights for the knowledge base: TF-IDF with cosine, over a few hundred short passages.

Why not scikit-learn: the same formula costs a hundred lines here and its import 110 MB and two seconds in a
daemon that otherwise does without it (`docs/why.md`); a test proves the same ranking.

Promises: pure, deterministic, linear in the text. Words are folded (case, accents) and cut to their first
five letters, which brings most inflected forms of six languages together; Chinese and Japanese runs are
cut into pairs of characters. Unlike scikit-learn's, the norm of a question counts words that no passage
has: a question about something else must score low.

Errors: none.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

LONGEST = 20_000
_STEM = 5
_RUN = re.compile(r"[\u3041-\u3096]+|[\u30a1-\u30ff\u3400-\u9fff々]+|[^\W_]+")
_SENTENCE = re.compile(r"[.!?。！？\n;；]+")
_GRAMMAR = frozenset("的了吗呢吧我你您他是在和与就都也这那有不要会能可以把被让请问怎么什么为对上下一个们")

_COMMON_WORDS = """
    a about achet after again ai aide aider aiuta aiuto al all alla alrea als also am amazo an ancor
    and any are artic artik as at auch auf ayer ayuda be bei besoi beste bisog bitte bonjo bough
    brauc buong but buy by can cet cette che chez come comma como compr con could da dal danke das
    dass dear dei deja del della delle dem den depui der des desde deve di did die do does doman don
    dont e easy ed ein eine einem einen einer einfa ella elle encor est esta este et etwas faire
    fait fare faut first for frage from funkt fur gehen geht gekau geste get gia gli got graci grazi
    hab habe haben hace hallo has have hay he helfe hello help here heute hi hier hilfe ho hola how
    hoy i ich ieri if ihr ihre ihren il ils im in is ist it item its je just kann keep keeps kein
    keine kind know konne la las le leide les lo los ma mais many mas me mehr mein meine merci mi
    mich mir mit mocht mon much muss my nach neces need nel nicht nie no noch non not nous nur o
    oder of oggi on only or order ordin otra ou par pas pedid per pero pleas por porqu pour pregu
    prodo produ puede puedo puis que quel quest qui quier reall regar sa salut salve schon se sehr
    sein seine seit si sia sie since sind so soll some son sono sont still su sul sur tell thank
    that the their them then there they this to today tried try tryin un una und une uno uns unser
    us von vorre voudr vous want wante was we wenn werde were what when where which who why wie
    wiede will wir wird with work would y yeste you your zu zum zur
"""
STOP_WORDS = frozenset(_COMMON_WORDS.split())
"""Words that every mail has, in six languages, as `terms` folds and cuts them."""


def terms(text: str) -> list[str]:
    """The terms of a text, in order, with repeats."""
    folded = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    plain = unicodedata.normalize("NFC", re.sub(r"[\u0300-\u036f]", "", folded))
    found: list[str] = []
    for run in _RUN.findall(plain):
        if "\u3041" <= run[0] <= "\u3096":
            continue  # hiragana alone is mostly grammar
        if run[0] > "\u3000":
            found += _pairs(run)
        elif run[:_STEM] not in STOP_WORDS and (len(run) > 1 or run.isdigit()):
            found.append(run[:_STEM])
    return found


def _pairs(run: str) -> list[str]:
    return [left + right for left, right in pairwise(run) if not {left, right} & _GRAMMAR]


class Index:
    """Weighted passages; give each as (text, weight) pieces, such as a title that counts three times."""

    def __init__(self, passages: Sequence[Sequence[tuple[str, int]]]) -> None:
        counts = [_count(passage) for passage in passages]
        frequency = Counter(term for count in counts for term in count)
        self._top = math.log(1 + len(counts)) + 1
        self._idf = {term: math.log((1 + len(counts)) / (1 + df)) + 1 for term, df in frequency.items()}
        self._strong = [_strong(passage) for passage in passages]
        self._vectors = [_unit(self._weigh(count)) for count in counts]

    def scores(self, question: str, wanted: Sequence[int]) -> list[float]:
        """For each wanted passage the cosine (0 to 1) with the sentence of the question that fits it best.

        A sentence that shares one term only counts when that term stands in a piece of more than weight 1.
        """
        vectors = [self._vectors[place] for place in wanted]
        # what every candidate says, the product's name above all, tells none of them from the others
        shared = set.intersection(*(set(vector) for vector in vectors)) if len(vectors) > 1 else set()
        sentences = dict.fromkeys([*_SENTENCE.split(question[:LONGEST])[:40], question])
        asked = [self._asked(sentence, shared) for sentence in sentences]
        cut = [_unit({term: w for term, w in vector.items() if term not in shared}) for vector in vectors]
        return [
            max((_cosine(words, vector, self._strong[place]) for words in asked), default=0.0)
            for place, vector in zip(wanted, cut, strict=True)
        ]

    def _asked(self, sentence: str, shared: set[str]) -> dict[str, float]:
        return _unit(self._weigh(Counter(term for term in terms(sentence) if term not in shared)))

    def _weigh(self, count: Mapping[str, int]) -> dict[str, float]:
        return {term: (1 + math.log(n)) * self._idf.get(term, self._top) for term, n in count.items()}


def _count(pieces: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for text, weight in pieces:
        for term in terms(text):
            total[term] += weight
    return total


def _strong(pieces: Iterable[tuple[str, int]]) -> frozenset[str]:
    return frozenset(term for text, weight in pieces if weight > 1 for term in terms(text))


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / norm for term, weight in vector.items()} if norm else {}


def _cosine(asked: Mapping[str, float], passage: Mapping[str, float], strong: frozenset[str]) -> float:
    shared = asked.keys() & passage.keys()
    # one word in passing proves little; one of the title does
    if len(shared) < 2 and not shared & strong:  # noqa: PLR2004
        return 0.0
    return sum(asked[term] * passage[term] for term in sorted(shared))
