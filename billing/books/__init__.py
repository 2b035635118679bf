"""The books: statements, closing months, correcting them later, and proving that nothing was changed.

A statement is what one account owes for a month. Closing freezes it with everything that it was made from; what arrives later
becomes corrections on the first month that is open. Owns the audit trail. Doesn't know how amounts come about, nor how
anything is shown.
"""

from billing.books.acts import CloseRequest, close, correct, reopen
from billing.books.reading import statements
from billing.books.statement import Statement

__all__ = ["CloseRequest", "Statement", "close", "correct", "reopen", "statements"]
