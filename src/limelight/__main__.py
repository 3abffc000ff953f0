"""The command line's beginning, for the program `limelight` and for ``python -m limelight``."""

from limelight.interruption import end_at_once


def main() -> None:
    """Hear Ctrl-C, then import the commands and run one."""
    end_at_once()
    from limelight.cli import main as run

    run()


if __name__ == "__main__":
    main()
