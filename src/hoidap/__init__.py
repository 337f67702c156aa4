"""Answers questions about a Vietnamese district's reports by quoting them.

The records and the root of the errors; `hoidap.answering.Answerer` is what answers.
"""

from hoidap.documents import Answer, Citation, Passage, Quote, Report, Status
from hoidap.errors import HoidapError

__all__ = ["Answer", "Citation", "HoidapError", "Passage", "Quote", "Report", "Status"]
