"""Text in CSV files that people open as a spreadsheet: none of it may run as a formula."""

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that Excel, LibreOffice and Google Sheets take for a formula."""


def harmless(text: str) -> str:
    """The text, with a leading apostrophe where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(FORMULA_BEGINNINGS) else text
