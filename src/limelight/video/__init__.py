"""Video: frames and sound through operations, and what is in them."""
