"""Newspaper pages with a known truth: drawn with a seed number, written as HTML, printed to PDF.

``compose.compose(seed)`` gives a page and its truth; ``printing.print_page`` prints it; ``corpus.pages`` does
both and keeps what was printed. Texts come from the project's own seeds, so every name on a page is invented.
"""
