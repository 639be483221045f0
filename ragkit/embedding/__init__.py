"""Text becomes unit vectors: an offline default, or any sentence-transformers, LlamaIndex or OpenAI-style model."""
