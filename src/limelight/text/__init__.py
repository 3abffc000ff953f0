"""Words: languages, vectors, tags, sequence to sequence, and a newsroom that never invents."""

from limelight.extras import require

require("rjieba", "text", "Work on text")
