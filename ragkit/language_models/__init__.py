"""Language models behind OpenAI-compatible servers: asked in order, within a deadline, a budget and a policy."""
