"""How answers, passages, documents and reports look in a notebook and in a terminal.

The functions take anything of the right shape (see ``views.py``) and import no other stage, so that the results
themselves can offer ``_repr_html_`` without a circle.
"""
