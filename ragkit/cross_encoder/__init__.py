"""ragkit's own small models: does this line answer the question, does anything here, does the evidence carry a claim.

One cross-encoder trunk with three heads, trained by ``training/`` and run by onnxruntime. Everything works without it.
"""
