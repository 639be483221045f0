"""May this change ship? Floors, paired tests against a baseline, must-fail cases."""
