"""What a model is worth and what it recommends, as one HTML page that needs nothing else."""

from limelight.operate.report.page import ReportData, write_report

__all__ = ["ReportData", "write_report"]
