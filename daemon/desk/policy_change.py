"""PG09 and PG10: does the text ask to change or remove a review, or seller feedback?

A verb of changing within 45 characters of a review is not enough: "your review helped us change the
packaging" must pass. So the verb's own object and subject are looked at, as far as word order shows them.

Promises: linear time, since each verb is compared only with words within its window.

Errors: none leave this module.
"""

from collections.abc import Iterator
from typing import Final

from daemon.desk import policy_meanings as lex
from daemon.desk.policy_text import Reading, Sentence

WINDOW: Final = 45
_CHINESE_GAP: Final = 14
_OWN_FORMS = ("amos", "emos", "imos", "iamo", "eremo", "aremo", "iremo", "ions", "rons")
_CLITIC_FORMS = ("arla", "arlo", "arle", "irla", "erla", "erlo", "irlo")
_PASSED = frozenset(
    {
        "zu",
        "to",
        "bitte",
        "please",
        "noch",
        "nicht",
        "einmal",
        "ggf",
        "entsprechend",
        "be",
        "been",
        "etre",
        "ete",
        "ser",
        "sido",
        "essere",
        "stata",
        "stato",
        "werden",
        "wurde",
        "worden",
        "sein",
    }
)
_SMALL_PARTS = frozenset({"ha", "has", "hat", "in", "on", "de", "d", "di"})
_INFORM = frozenset({"you", "sie", "ihnen", "dich", "dir", "te"})
_NOUN_ARTICLES = frozenset({"an", "a", "any", "this", "next", "status", "software", "firmware", "further"})
_AFTER_VERB = frozenset("一吗嗎吧呢好的,。!?;、 \n")
POSSESSIVE = frozenset(
    [
        "our",
        "unser",
        "unsere",
        "unseren",
        "unserer",
        "notre",
        "nos",
        "nuestro",
        "nuestra",
        "nuestros",
        "nuestras",
        "nostro",
        "nostra",
        "nostri",
        "nostre",
    ]
)


class Change:
    """One look through a reading for a verb of changing whose object is a word of kind `noun`."""

    def __init__(self, reading: Reading, noun: int, *, clause: bool) -> None:
        self.reading = reading
        self.starts = reading.words.starts
        self.ends = reading.words.ends
        self.texts = reading.words.texts
        self.meanings = reading.words.meanings
        self.noun = noun
        self.clause = clause

    def places(self) -> Iterator[tuple[Sentence, int, int]]:
        """Sentence, start and end of each place found, at most one a sentence."""
        verbs = lex.CHANGE | lex.RAISE | lex.SPLIT
        before: Sentence | None = None
        for sentence in self.reading.sentences:
            if sentence.meanings & self.noun:
                if sentence.meanings & verbs:
                    yield from self._in(sentence)
            elif before is not None and sentence.meanings & lex.CHANGE and sentence.meanings & lex.ASK:
                yield from self._by_pronoun(sentence)
            before = sentence if sentence.meanings & self.noun else None

    def _in(self, sentence: Sentence) -> Iterator[tuple[Sentence, int, int]]:
        for index in sentence.indices:
            if self.meanings[index] & self.noun:
                found = self._around(sentence, index)
                if found is not None:
                    low, high = sorted((found, index))
                    yield sentence, self.starts[low], max(self.ends[low], self.ends[high])
                    return

    def _around(self, sentence: Sentence, noun: int) -> int | None:
        cjk = self.texts[noun][0] > "\u3000"
        for verb in range(noun - 1, sentence.first - 1, -1):
            if self.starts[noun] - self.ends[verb] > WINDOW:
                break
            if self._verb_before(verb, noun, sentence, cjk=cjk):
                return verb
        for verb in range(noun + 1, sentence.last):
            if self.starts[verb] - self.ends[noun] > WINDOW:
                break
            if self._verb_after(noun, verb, sentence, cjk=cjk):
                return verb
        return None

    def _between(self, low: int, high: int) -> str:
        return self.reading.folded[self.ends[low] : self.starts[high]]

    def _verb_before(self, verb: int, noun: int, sentence: Sentence, *, cjk: bool) -> bool:
        meaning = self.meanings[verb]
        gap = self._between(verb, noun)
        if cjk:
            return bool(meaning & (lex.CHANGE | lex.RAISE)) and _chinese_object(gap)
        if meaning & lex.SPLIT and self._tail(noun, sentence):
            return True
        if not meaning & (lex.CHANGE | lex.RAISE) or self._ours(verb, sentence) or _broken(gap, clause=True):
            return False
        inner = range(verb + 1, noun)
        if any(
            self.meanings[index] & (lex.STOP | lex.LEAVE | lex.THANKS) for index in inner if self._full(index)
        ):
            return False
        return not self._informs(verb, noun) and not self._own_noun(verb, noun)

    def _verb_after(self, noun: int, verb: int, sentence: Sentence, *, cjk: bool) -> bool:
        raised = cjk and self.texts[verb] == "上げて"
        if not (self.meanings[verb] & lex.CHANGE or raised):
            return False
        gap = self._between(noun, verb)
        if cjk:
            after = self.reading.folded[self.ends[verb] : self.ends[verb] + 6]
            return _cjk_affected(
                self.reading.folded[max(0, self.starts[noun] - 12) : self.starts[noun]], gap, after
            )
        if _broken(gap, clause=self.clause) and not self._addressed(noun, verb):
            return False
        return not (self._ours(verb, sentence) or self._own_object(noun, verb, sentence))

    def _full(self, index: int) -> bool:
        """Whether a word's meaning counts here: small words of one language are other words elsewhere."""
        return self.texts[index] not in _SMALL_PARTS

    def _tail(self, noun: int, sentence: Sentence) -> bool:
        """Whether a verb in two parts closes: "take the review down", "ziehen Sie die Bewertung zurück"."""
        for index in range(noun + 1, min(noun + 5, sentence.last)):
            if self.meanings[index] & lex.TAIL:
                return self.texts[index] != "an" or self._split_fits(noun)
        return False

    def _split_fits(self, noun: int) -> bool:
        return any(text.startswith("pass") for text in self.texts[max(0, noun - 5) : noun])

    def _ours(self, verb: int, sentence: Sentence) -> bool:
        """Whether we ourselves do what the verb says: "we have changed", "abbiamo modificato"."""
        if self.texts[verb].endswith(_OWN_FORMS) or self.texts[verb + 1 : verb + 2] in (
            ["wir"],
            ["we"],
            ["nous"],
        ):
            return True
        for index in range(verb - 1, max(sentence.first, verb - 5) - 1, -1):
            meaning = self.meanings[index]
            if meaning & (lex.YOU | lex.ASK) or "," in self._between(index, index + 1):
                return False
            if meaning & lex.WE:
                return self.texts[index] not in POSSESSIVE
            if self.texts[index] in {"and", "und", "et", "y", "e", "want", "like"}:
                return False
        return False

    def _informs(self, verb: int, noun: int) -> bool:
        """Whether it informs ("we will update you about your review") or is a noun ("an update")."""
        if self.texts[verb].startswith("updat") and self.texts[verb + 1] in _INFORM and verb + 1 != noun:
            return True
        return self.texts[verb] == "update" and verb > 0 and self.texts[verb - 1] in _NOUN_ARTICLES

    def _own_noun(self, verb: int, noun: int) -> bool:
        """Whether something of ours stands between ("update our packing list"); "raise our rating" stays."""
        return self.texts[verb + 1] in POSSESSIVE and noun > verb + 2

    def _own_object(self, noun: int, verb: int, sentence: Sentence) -> bool:
        """Whether the verb has an object other than the review: the packaging, unsere Anleitung."""
        if verb + 2 < sentence.last and self.meanings[verb + 1] & lex.ARTICLE:
            following = self.meanings[verb + 2] & (self.noun | lex.PART | lex.STARS)
            if not following and not _broken(self._between(verb, verb + 1), clause=True):
                return True
        index = verb - 1
        while index > noun and self.texts[index] in _PASSED:
            index -= 1
        return (
            index - 1 > noun
            and bool(self.meanings[index - 1] & lex.ARTICLE)
            and not self.meanings[index] & lex.YOU
        )

    def _addressed(self, noun: int, verb: int) -> bool:
        asked = lex.YOU | lex.ASK | lex.IT
        return any(self.meanings[index] & asked for index in range(noun + 1, verb))

    def _by_pronoun(self, sentence: Sentence) -> Iterator[tuple[Sentence, int, int]]:
        """Where the review stands in the sentence before: "You left a review. Could you delete it?"."""
        for verb in sentence.indices:
            if not self.meanings[verb] & lex.CHANGE or self._ours(verb, sentence):
                continue
            after = self.texts[verb + 1] if verb + 1 < sentence.last else ""
            before = self.texts[verb - 1] if verb > sentence.first else ""
            if (
                after in {"it", "that", "this"}
                or before in {"sie", "diese", "la", "le", "lo", "l", "it"}
                or self.texts[verb].endswith(_CLITIC_FORMS)
            ):
                yield sentence, self.starts[verb], self.ends[verb]
                return


def _broken(gap: str, *, clause: bool) -> bool:
    """Whether a clause ends in the gap between two words."""
    return clause and any(sign in gap for sign in (",", ";", ":", " - ", " – "))


def _chinese_object(gap: str) -> bool:
    """Verb, then the review: 修改一下您的评价. A comma, or another verb's subject, ends the object."""
    return len(gap) <= _CHINESE_GAP and not any(sign in gap for sign in ",;:、了后我を")


def _cjk_affected(before: str, gap: str, after: str) -> bool:
    """The review, then the verb: レビューを修正, 把评价改一下; not レビューを拝見し、梱包を変更."""
    head, particle, _ = gap.rpartition("を")
    if particle:
        return "を" not in head and not any(sign in head for sign in ",;、はがにで")
    if any(sign in gap for sign in ",;、我后了") or after.startswith("了"):
        return False
    if any(sign in before for sign in "把将將"):
        return True
    if gap == "":
        return after == "" or after[0] in _AFTER_VERB or "\u3041" <= after[0] <= "\u30ff"
    return gap.startswith(("の", "は", "が")) or any(sign in gap for sign in "可能请請帮幫") or "内容" in gap
