"""How good the analysis is: held against paragraphs that people labelled, beside other ways to do it."""
