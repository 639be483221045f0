"""Where ragkit runs and whom it may talk to: the deployment profile, the language models, their limits and keys."""
