"""Does the evidence carry the claim? Knows nothing of the rest of ragkit."""
