"""What a run looks like to a person, a pull request and a CI server."""
