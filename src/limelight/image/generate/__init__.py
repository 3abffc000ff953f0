"""Small generative models: trained on one's own pictures, and pictures by them."""
