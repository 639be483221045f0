"""Follow-up questions made self-contained with the conversation's own questions."""
