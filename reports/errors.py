"""What can go wrong when a report is made, as one small tree."""

from rules.errors import ImcostError


class ReportError(ImcostError):
    """A report that can't be made."""


class PdfEngineError(ReportError):
    """The libraries that lay out a PDF are not installed."""


class MessageError(ReportError):
    """A message that a catalogue does not have: a bug, which a test finds first."""
