"""Reports of training runs: one self-contained HTML page of a run, or of several runs side by side.

They read run folders, the plain files that a training leaves behind (`run_files` says which), and nothing reads them.
"""

from .compare_page import compare
from .run_page import report

__all__ = ["compare", "report"]
