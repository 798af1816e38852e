"""The meanings a word can have for the guard; each is one bit of an integer.

A text's meanings are then one number, and a rule that needs a word of review and a word of refund is
skipped by two operations when either is absent.

Promises: data only.

Errors: none leave this module.
"""

from typing import Final

REVIEW: Final = 1 << 0
FEEDBACK: Final = 1 << 1
COMMENT: Final = 1 << 2
STARS: Final = 1 << 3
CHANGE: Final = 1 << 4
RAISE: Final = 1 << 5
LEAVE: Final = 1 << 6
ASK: Final = 1 << 7
WISH: Final = 1 << 8
THANKS: Final = 1 << 9
IF: Final = 1 << 10
HAPPY: Final = 1 << 11
UNHAPPY: Final = 1 << 12
NOT: Final = 1 << 13
REFUND: Final = 1 << 14
GIFT: Final = 1 << 15
REPLACE: Final = 1 << 16
POSITIVE: Final = 1 << 17
NEGATIVE: Final = 1 << 18
WE: Final = 1 << 19
YOU: Final = 1 << 20
ARTICLE: Final = 1 << 21
STOP: Final = 1 << 22
IT: Final = 1 << 23
CANCEL: Final = 1 << 24
CLAIM: Final = 1 << 25
WITHDRAW: Final = 1 << 26
BEFORE: Final = 1 << 27
EXCHANGE: Final = 1 << 28
OFFER: Final = 1 << 29
SPLIT: Final = 1 << 30
TAIL: Final = 1 << 31
ALL: Final = 1 << 32
CONTACT: Final = 1 << 33
PAYMENT: Final = 1 << 34
MARKETING: Final = 1 << 35
OPT_OUT: Final = 1 << 36
THREAT: Final = 1 << 37
AMAZON: Final = 1 << 38
PART: Final = 1 << 39
BUY: Final = 1 << 40
