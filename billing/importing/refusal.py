"""Refusals: an input that is unreadable as a whole stops the import before anything is imported."""

from billing.errors import BillingError


class InputRefused(BillingError):
    """An input can't be imported at all; the message says what is wrong, `place` names the file, `hint` what to do."""
