"""Settings that cannot be meant are refused, when they are read and before anything is matched."""

from __future__ import annotations

import re

from importer.errors import ConfigurationError
from importer.matcher.references import layouts_of
from importer.matcher.settings import MatchingSettings

_NEVER_NEGATIVE = (
    "tolerance", "rounding_limit", "tolerance_value", "max_payment_tolerance_amount", "payment_tolerance_pct"
)  # fmt: skip
_WHOLE = 100


def check_settings(settings: MatchingSettings) -> None:
    """Nothing when the settings can be used.

    Raises:
        ConfigurationError: an amount is negative, a percentage over 100, a reference scheme unknown, or a layout or
            pattern cannot be read.
    """
    layouts_of(settings)
    patterns_of(settings)
    for name in _NEVER_NEGATIVE:
        if getattr(settings, name) < 0:
            raise ConfigurationError(f"{name} is {getattr(settings, name)}; wanted is 0 or more.")
    for name in _percentages(settings):
        if getattr(settings, name) > _WHOLE:
            raise ConfigurationError(f"{name} is {getattr(settings, name)}; wanted is a percentage, 100 at most.")


def _percentages(settings: MatchingSettings) -> tuple[str, ...]:
    own = ("tolerance_value",) if settings.tolerance_type == "Percentage" else ()
    return ("payment_tolerance_pct", *own)


def patterns_of(settings: MatchingSettings) -> tuple[re.Pattern[str], ...]:
    """The further forms of document numbers.

    Raises:
        ConfigurationError: one is no regular expression.
    """
    patterns = []
    for written in settings.invoice_patterns:
        try:
            patterns.append(re.compile(written, re.IGNORECASE))
        except re.error as error:
            raise ConfigurationError(f'invoice_patterns: "{written}" is no regular expression: {error}.') from error
    return tuple(patterns)
