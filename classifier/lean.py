"""Inference without scikit-learn: the arrays of a fitted pipeline, applied with numpy.

Promises: the same decision values as the pipeline (`FeatureUnion` of `TfidfVectorizer`s and a linear
classifier) up to rounding; may be shared by threads. Pieces of words dominate the cost, so the pieces of a
word are looked up once and remembered.

Errors: `KeyError`, `ValueError` when the arrays do not belong together; `Model.load` reports damage.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from classifier.features import BLOCKS, phrase_name, phrases_of, pieces_of_word, signs_of, words_of
from classifier.lexicon import concepts_of

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]

_CHUNK: Final = 64
"""Texts worked on at once: few enough that the arrays stay in the processor's cache."""
_REMEMBERED_WORDS: Final = 20_000
_NONE: Final = np.zeros(0, dtype=np.int32)
_PIECES_BLOCK: Final = [name for name, *_ in BLOCKS].index("pieces")


class Weighed(NamedTuple):
    """The features of one text that the model knows, each once in ascending order, with their values."""

    features: Numbers
    values: Floats


class Vocabulary:
    """The numbers of known names, of which only hashes are kept: 12 bytes each in place of 130."""

    def __init__(self, names: Sequence[str], start: int) -> None:
        """They are numbered from `start` on. That two of them share one of 2^64 hashes is no matter."""
        hashes = _hashes(names)
        order = np.argsort(hashes)
        self._hashes, self._numbers = hashes[order], (order + start).astype(np.int32)

    def numbers(self, names: Iterable[str]) -> Numbers:
        """The number of each name, -1 for one that is not known."""
        wanted = _hashes(names)
        if not len(self._hashes):
            return np.full(len(wanted), -1, dtype=np.int32)
        place = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        return np.where(self._hashes[place] == wanted, self._numbers[place], np.int32(-1))

    def known(self, names: Iterable[str]) -> Numbers:
        """The numbers of those names that are known."""
        numbers = self.numbers(names)
        return numbers[numbers >= 0]


def to_arrays(
    vocabularies: Sequence[Sequence[str]], idf: Floats, coefficients: Floats, intercepts: Floats
) -> dict[str, npt.NDArray[np.generic]]:
    """Arrays without objects, fit for `numpy.savez` and `allow_pickle=False`; coefficients as float32."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        f"vocabulary_{name}": np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8)
        for (name, *_), names in zip(BLOCKS, vocabularies, strict=True)
    }
    return arrays | {
        "idf": idf,
        "coefficients": coefficients.astype(np.float32),
        "intercepts": intercepts,
    }


def _hashes(names: Iterable[str]) -> npt.NDArray[np.int64]:
    # of bytes, since CPython gives "tz" and the sign that is stored as these two bytes the same hash
    return np.fromiter(map(hash, map(str.encode, names)), np.int64)


class Lean:
    """Vocabularies (numbered through), idf per feature, coefficients (features x labels), intercepts."""

    def __init__(
        self,
        vocabularies: Sequence[Sequence[str]],
        idf: Floats,
        coefficients: npt.NDArray[np.floating[Any]],
        intercepts: Floats,
    ) -> None:
        """`vocabularies` in the order of `BLOCKS`. `ValueError` if sizes differ."""
        sizes = [len(vocabulary) for vocabulary in vocabularies]
        if (
            len(sizes) != len(BLOCKS)
            or sum(sizes) != len(idf)
            or coefficients.shape != (len(idf), len(intercepts))
        ):
            raise ValueError(f"sizes {sizes}, {idf.shape}, {coefficients.shape}, {intercepts.shape}")
        starts = np.concatenate(([0], np.cumsum(sizes)))
        self._vocabularies = [
            Vocabulary(names, int(start)) for names, start in zip(vocabularies, starts, strict=False)
        ]
        self._block = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        self._weights = np.array([weight for *_, weight, _ in BLOCKS])
        self._idf = idf
        self._coefficients = coefficients
        self._intercepts = intercepts
        self._pieces: dict[str, Numbers] = {}
        self._own: dict[str, Numbers] = {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """What `to_arrays` gave, for instance an opened .npz file."""
        vocabularies = [
            arrays[f"vocabulary_{name}"].tobytes().decode("utf-8").split("\n") for name, *_ in BLOCKS
        ]
        return cls(
            vocabularies,
            arrays["idf"].astype(np.float64),
            # as they are stored: half the memory, and no other sums, since these are made in float64
            arrays["coefficients"].astype(np.float32, copy=False),
            arrays["intercepts"].astype(np.float64),
        )

    @property
    def remembered(self) -> int:
        """How many words' pieces are remembered now."""
        return len(self._pieces)

    def decide(self, tokens: Sequence[Sequence[str]]) -> Floats:
        """Decision values, texts x labels, for texts given as `tokens_of` gives them."""
        return self.sums(self.weigh(tokens))

    def weigh(self, tokens: Sequence[Sequence[str]]) -> list[Weighed]:
        """The features of each text and their values."""
        return [one for at in range(0, len(tokens), _CHUNK) for one in self._weigh(tokens[at : at + _CHUNK])]

    def sums(self, weighed: Sequence[Weighed]) -> Floats:
        """The decision values of texts that have been weighed."""
        sums = np.empty((len(weighed), len(self._intercepts)))
        for row, (features, values) in enumerate(weighed):
            sums[row] = values @ self._coefficients[features]
        return sums + self._intercepts

    def _weigh(self, texts: Sequence[Sequence[str]]) -> list[Weighed]:
        found = [self._features(tokens) for tokens in texts]
        features = np.concatenate(found)
        text = np.repeat(np.arange(len(found)), [len(numbers) for numbers in found])
        keys, counts = np.unique(text * len(self._idf) + features, return_counts=True)
        text, feature = np.divmod(keys, len(self._idf))
        values = (np.log(counts) + 1.0) * self._idf[feature]
        blocks = len(self._weights)
        group = text * blocks + self._block[feature]
        norms = np.sqrt(np.bincount(group, values * values, len(found) * blocks))
        values *= self._weights[self._block[feature]] / norms[group]
        ends = np.searchsorted(text, np.arange(len(found) + 1))
        return [Weighed(feature[start:end], values[start:end]) for start, end in pairwise(ends)]

    def speaking(
        self, tokens: Sequence[str], weighed: Weighed, words: Sequence[str], direction: Floats
    ) -> Floats:
        """How much each of these words of one text adds to its decision values along `direction`.

        A feature that several words bring, such as a pair of neighbours, counts for each in equal parts.
        """
        features, values = weighed
        if not len(features):
            return np.zeros(len(words))
        pulls = values * (self._coefficients[features] @ direction)
        own = [self._own_of(word) for word in words]
        pairs = self._pairs_of(tokens, {word: row for row, word in enumerate(words)})
        owner = np.repeat(np.arange(len(own)), [len(numbers) for numbers in own])
        owner = np.concatenate([owner, np.array([row for row, _ in pairs], dtype=np.intp)])
        brought = np.concatenate([*own, np.array([number for _, number in pairs], dtype=np.int32)])
        place = np.minimum(np.searchsorted(features, brought), len(features) - 1)
        here = features[place] == brought
        owner, place = owner[here], place[here]
        sharers = np.bincount(place, minlength=len(features))
        return np.bincount(owner, pulls[place] / sharers[place], len(words)).astype(np.float64)

    def _own_of(self, word: str) -> Numbers:
        """The features that a word can bring wherever it stands, each once."""
        known = self._own.get(word)
        if known is None:
            words, _, signs, _ = self._vocabularies
            concepts = concepts_of(word)
            signed = [f"{sign}{name}" for sign in ("", "^", "not ") for name in concepts]
            single = [words.known(words_of([word])), signs.known([*signed, f"^{word}"])]
            known = np.unique(np.concatenate([*single, self._pieces_of(word)]))
            if len(self._own) >= _REMEMBERED_WORDS:
                self._own.clear()
            self._own[word] = known
        return known

    def _pairs_of(self, tokens: Sequence[str], row: Mapping[str, int]) -> list[tuple[int, int]]:
        """Which of the words, by their row, bring which pairs of neighbours; each once."""
        words, _, _, phrases = self._vocabularies
        pairs = [pair for pair in pairwise(tokens) if pair[0] in row or pair[1] in row]
        numbers = (
            words.numbers(" ".join(pair) for pair in pairs).tolist(),
            phrases.numbers(" ".join(map(phrase_name, pair)) for pair in pairs).tolist(),
        )
        found = {
            (row[token], number): None
            for pair, *both in zip(pairs, *numbers, strict=True)
            for token in pair
            for number in both
            if token in row and number >= 0
        }
        return list(found)

    def _features(self, tokens: Sequence[str]) -> Numbers:
        words, _, signs, phrases = self._vocabularies
        single = [
            words.known(words_of(tokens)),
            signs.known(signs_of(tokens)),
            phrases.known(phrases_of(tokens)),
        ]
        return np.concatenate([*single, *map(self._pieces_of, tokens)])

    def _pieces_of(self, token: str) -> Numbers:
        known = self._pieces.get(token)
        if known is None:
            known = self._vocabularies[_PIECES_BLOCK].known(pieces_of_word(token))
            if len(self._pieces) >= _REMEMBERED_WORDS:
                self._pieces.clear()
            self._pieces[token] = known
        return known
