"""Draw the README's picture, docs/report.svg, from what the demo found: python docs/picture.py."""

import sys
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from limelight.home import Home
from limelight.operate.demo import make_demo
from limelight.operate.report.page import estimates
from limelight.operate.report.plots import bars

HERE = Path(__file__).parent


def main() -> None:
    """Run the demo in the home that is named, else the usual one, and draw."""
    data = make_demo(Home.find(Path(sys.argv[1]) if sys.argv[1:] else None))
    templates = Environment(
        loader=ChoiceLoader([FileSystemLoader(HERE), PackageLoader("limelight.operate.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    picture = templates.get_template("report.svg.jinja").render(
        data=data, plot=bars(estimates(data.quality))
    )
    (HERE / "report.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
