"""Let ``python -m limelight`` be the command line."""

from limelight.cli import main

if __name__ == "__main__":
    main()
