"""From a file of the reports folder to the reports in it."""

from hoidap.loaders.files import Loaded, is_metadata_file, is_report_file, load_file, suffix_for
from hoidap.loaders.formats import READABLE

__all__ = ["READABLE", "Loaded", "is_metadata_file", "is_report_file", "load_file", "suffix_for"]
