"""The knowledge base as a server of the Model Context Protocol: agents ask, under the caller's access rights."""
