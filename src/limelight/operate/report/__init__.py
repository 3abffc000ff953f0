"""What a model is worth and what it recommends, as one HTML page that needs nothing else."""

from limelight.operate.report.page import HEADLINE, ReportData, write_report

__all__ = ["HEADLINE", "ReportData", "write_report"]
