"""The recognisers, one file for each kind of identifier; each says at its top what it takes for one."""

from __future__ import annotations

from ragkit.privacy.recognisers.account_numbers import account_numbers
from ragkit.privacy.recognisers.ages import ages
from ragkit.privacy.recognisers.base import Recogniser
from ragkit.privacy.recognisers.beside_names import beside_names
from ragkit.privacy.recognisers.birth_dates import birth_dates
from ragkit.privacy.recognisers.emails import emails
from ragkit.privacy.recognisers.names import names
from ragkit.privacy.recognisers.phones import phones
from ragkit.privacy.recognisers.record_numbers import record_numbers
from ragkit.privacy.recognisers.social_security_numbers import social_security_numbers

RECOGNISERS: tuple[Recogniser, ...] = (
    emails,
    social_security_numbers,
    birth_dates,
    account_numbers,
    phones,
    record_numbers,
    ages,
    names,
    beside_names,
)
"""In the order of precedence: where two find the same words, the first one says what they are."""
