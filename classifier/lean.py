"""Inference without scikit-learn: the arrays of a fitted pipeline, applied with numpy.

Promises: the same decision values as the pipeline (`FeatureUnion` of `TfidfVectorizer`s and a linear
classifier) up to rounding; may be shared by threads. Pieces of words dominate the cost, so the pieces of a
word are looked up once and remembered.

Errors: `KeyError`, `ValueError` when the arrays do not belong together; `Model.load` reports damage.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from classifier.features import BLOCKS, phrases_of, pieces_of_word, signs_of, words_of

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]

_CHUNK: Final = 64
"""Texts worked on at once: few enough that the arrays stay in the processor's cache."""
_REMEMBERED_WORDS: Final = 20_000
_NONE: Final = np.zeros(0, dtype=np.int32)
_PIECES_BLOCK: Final = [name for name, *_ in BLOCKS].index("pieces")


class Lean:
    """Vocabularies (numbered through), idf per feature, coefficients (features x labels), intercepts."""

    def __init__(
        self, vocabularies: Sequence[Sequence[str]], idf: Floats, coefficients: Floats, intercepts: Floats
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
        self._numbers = [
            dict(zip(vocabulary, range(int(start), int(start) + len(vocabulary)), strict=True))
            for vocabulary, start in zip(vocabularies, starts, strict=False)
        ]
        self._block = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        self._weights = np.array([weight for *_, weight, _ in BLOCKS])
        self._idf = idf
        self._coefficients = coefficients
        self._intercepts = intercepts
        self._pieces: dict[str, Numbers] = {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """What `to_arrays` gave, for instance an opened .npz file."""
        vocabularies = [
            arrays[f"vocabulary_{name}"].tobytes().decode("utf-8").split("\n") for name, *_ in BLOCKS
        ]
        return cls(
            vocabularies,
            arrays["idf"].astype(np.float64),
            arrays["coefficients"].astype(np.float64),
            arrays["intercepts"].astype(np.float64),
        )

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Arrays without objects, fit for `numpy.savez` and `allow_pickle=False`; coefficients as float32."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            f"vocabulary_{name}": np.frombuffer("\n".join(numbers).encode("utf-8"), dtype=np.uint8)
            for (name, *_), numbers in zip(BLOCKS, self._numbers, strict=True)
        }
        arrays["idf"] = self._idf
        arrays["coefficients"] = self._coefficients.astype(np.float32)
        arrays["intercepts"] = self._intercepts
        return arrays

    @property
    def remembered(self) -> int:
        """How many words' pieces are remembered now."""
        return len(self._pieces)

    def decide(self, tokens: Sequence[Sequence[str]]) -> Floats:
        """Decision values, texts x labels, for texts given as `tokens_of` gives them."""
        if not tokens:
            return np.zeros((0, len(self._intercepts)))
        return np.vstack([self._decide(tokens[at : at + _CHUNK]) for at in range(0, len(tokens), _CHUNK)])

    def _decide(self, texts: Sequence[Sequence[str]]) -> Floats:
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
        sums = np.empty((len(found), len(self._intercepts)))
        for row, (start, end) in enumerate(pairwise(ends)):
            sums[row] = values[start:end] @ self._coefficients[feature[start:end]]
        return sums + self._intercepts

    def _features(self, tokens: Sequence[str]) -> Numbers:
        words, _, signs, phrases = self._numbers
        single = [
            *_known(words, words_of(tokens)),
            *_known(signs, signs_of(tokens)),
            *_known(phrases, phrases_of(tokens)),
        ]
        return np.concatenate([np.array(single, dtype=np.int32), *map(self._pieces_of, tokens)])

    def _pieces_of(self, token: str) -> Numbers:
        known = self._pieces.get(token)
        if known is None:
            found = _known(self._numbers[_PIECES_BLOCK], pieces_of_word(token))
            known = np.array(found, dtype=np.int32) if found else _NONE
            if len(self._pieces) >= _REMEMBERED_WORDS:
                self._pieces.clear()
            self._pieces[token] = known
        return known


def _known(numbers: Mapping[str, int], names: Iterable[str]) -> list[int]:
    return [number for number in map(numbers.get, names) if number is not None]
