"""From a file of the reports folder to the reports in it."""

from hoidap.loaders.files import Loaded, is_report_file, load_file

__all__ = ["Loaded", "is_report_file", "load_file"]
