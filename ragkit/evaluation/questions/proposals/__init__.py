"""Questions that a document's own form suggests: its tables, definitions, lists, time limits, doses and permissions."""
