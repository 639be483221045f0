"""Turns the Markdown sources of the invented Northmoor policies into DOCX, PDF and HTML files."""
