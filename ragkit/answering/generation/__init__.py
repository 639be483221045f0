"""What a generative answer is made of: numbered lines, prompts, replies, their check, and what they leave out."""
