"""What readers say about answers."""
