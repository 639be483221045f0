"""Patient identifiers: found in questions, kept out of searches, logs and the cloud."""
