"""The scikit-learn pipeline: build, fit, keep as a skops file, hand over to `Lean`.

Promises: a skops file is loaded with the explicit list of types below and nothing else; scikit-learn is
imported by this module, so only training and evaluation may import it.

Errors: `ModelError`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, BadZipFile

import numpy as np
import numpy.typing as npt
import sklearn
import skops.io
from joblib import Parallel, delayed  # type: ignore[import-untyped]  # joblib ships no types
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import LabelBinarizer
from skops.io.exceptions import UntrustedTypesFoundException

from classifier.errors import ModelError
from classifier.features import BLOCKS
from classifier.labels import LABELS
from classifier.lean import Floats, to_arrays
from classifier.model_files import PIPELINE, Card, check_file

REGULARISATION: Final = 6.0
MANY: Final = 9_000
"""So many texts that time and memory matter more than the rarest features."""
_PROCESSES: Final = 2
"""Not threads: they share liblinear's random numbers, and every run shall give the same model."""
TRUSTED: Final = tuple(f"classifier.features.{analyzer.__name__}" for _, analyzer, *_ in BLOCKS)
"""What a model file may hold beyond what skops trusts by itself: our own four analyzers."""

SCIKIT_LEARN: Final[str] = sklearn.__version__

Counts = Any
"""A scipy.sparse CSR matrix, texts x features; scipy ships no types."""


def build_features(texts: int = 0) -> FeatureUnion:
    """The blocks of `classifier.features`, each tf-idf weighted and normalised by itself.

    It takes texts as `tokens_of` gives them. Of many texts, features must occur in one more of them.
    """
    more = int(texts >= MANY)
    return FeatureUnion(
        [
            (name, TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, min_df=least + more))
            for name, analyzer, _, least in BLOCKS
        ],
        transformer_weights={name: weight for name, _, weight, _ in BLOCKS},
    )


def build_classifier() -> LogisticRegression:
    """What tells one label from the rest; the same answer in every run.

    The dual solver is ten times faster here than the primal one, with far more features than texts.
    """
    return LogisticRegression(
        C=REGULARISATION, class_weight="balanced", solver="liblinear", dual=True, tol=0.05, random_state=0
    )


def fit_classifier(features: Counts, truth: npt.NDArray[np.intp], weights: Floats) -> OneVsRestClassifier:
    """A fitted classifier for the labels that occur (at least three).

    `OneVsRestClassifier.fit` takes weights only with metadata routing, which skops cannot store, so its
    parts are fitted here. Coefficients are rounded to float32, so that they can be stored so.
    """
    whole = OneVsRestClassifier(build_classifier())
    whole.label_binarizer_ = LabelBinarizer().fit(truth)
    whole.classes_ = whole.label_binarizer_.classes_
    jobs = _PROCESSES if len(truth) >= MANY else 1
    features.sum_duplicates()  # here, since the other processes share it read-only
    whole.estimators_ = Parallel(n_jobs=jobs)(
        delayed(_fit_one)(features, truth == number, weights) for number in whole.classes_
    )
    return whole


def _fit_one(features: Counts, is_it: npt.NDArray[np.bool_], weights: Floats) -> LogisticRegression:
    one = build_classifier().fit(features, is_it, sample_weight=weights)
    one.coef_ = one.coef_.astype(np.float32).astype(np.float64)
    return one


def decisions(classifier: OneVsRestClassifier, features: Counts) -> Floats:
    """Decision values, texts x `LABELS`; a label the classifier never saw gets a value below all others."""
    values = classifier.decision_function(features)
    table = np.full((features.shape[0], len(LABELS)), values.min(initial=0.0) - 10.0)
    table[:, classifier.classes_] = values
    return table


def lean_arrays(union: FeatureUnion, classifier: OneVsRestClassifier) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of a fitted pipeline that knows all labels, for `Lean`."""
    vectorizers = [vectorizer for _, vectorizer in union.transformer_list]
    return to_arrays(
        [vectorizer.get_feature_names_out().tolist() for vectorizer in vectorizers],
        np.concatenate([vectorizer.idf_ for vectorizer in vectorizers]),
        np.column_stack([one.coef_[0] for one in classifier.estimators_]),
        np.concatenate([one.intercept_ for one in classifier.estimators_]),
    )


def save(union: FeatureUnion, classifier: OneVsRestClassifier, directory: Path) -> None:
    """Write `model.skops`; vocabularies as arrays, since skops needs a node for every entry of a dict."""
    whole = Pipeline([("features", _compact(union)), ("classifier", classifier)])
    skops.io.dump(whole, directory / PIPELINE, compression=ZIP_DEFLATED, compresslevel=3)


def _compact(union: FeatureUnion) -> FeatureUnion:
    small = build_features()
    for (_, fitted), (_, vectorizer) in zip(union.transformer_list, small.transformer_list, strict=True):
        vectorizer.vocabulary = np.array(fitted.get_feature_names_out(), dtype=np.str_)
        vectorizer.idf_ = fitted.idf_
        del vectorizer.vocabulary_  # made again from `vocabulary` at the first use
    return small


def load(directory: Path, card: Card) -> Pipeline:
    """The pipeline of a model folder; needs the scikit-learn (major.minor) it was trained with."""
    path = check_file(directory, card, PIPELINE)
    if _series(card.scikit_learn) != _series(SCIKIT_LEARN):
        raise ModelError(
            f"{path} was trained with scikit-learn {card.scikit_learn}, not {SCIKIT_LEARN}: train again",
            reason="scikit-learn",
        )
    try:
        return skops.io.load(path, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise ModelError(f"{path} holds types that are not trusted: {error}", reason="types") from error
    except (OSError, KeyError, TypeError, ValueError, BadZipFile) as error:
        raise ModelError(f"{path} cannot be read ({error}): train again", reason="damaged") from error


def _series(version: str) -> Sequence[str]:
    return version.split(".")[:2]
