"""Files of tables: opened, unpacked, decoded, and read a batch at a time."""
