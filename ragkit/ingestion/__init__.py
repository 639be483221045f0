"""Files become searchable document versions: read, chunk, embed, store, one document at a time, resumable."""
