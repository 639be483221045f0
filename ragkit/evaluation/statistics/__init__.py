"""Statistics of an evaluation: numbers in, numbers out. Nothing here knows what a question or an answer is."""
