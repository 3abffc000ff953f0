"""Sequence networks in PyTorch: layers, loss, training. Imported only where a network is used."""
