"""What sound, pictures and video share: files, batches, presets, and what was done to them."""
