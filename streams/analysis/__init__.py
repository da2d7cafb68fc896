"""A paragraph in, a ClassifiedParagraph out: pure, without I/O. ``analyse`` is the page to read first."""
