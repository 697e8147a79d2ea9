"""From wrong answers to the mistake that explains them."""
