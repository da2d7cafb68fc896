"""The service: reports in, paragraphs analysed, events out.

Rooms and the direction of imports: ``schemas`` <- ``reports``, ``analysis`` <- ``worker``, ``clients``,
``broker`` <- ``commands`` <- ``cli``. Importing any of them connects to nothing, reads no environment
variable and loads no dictionary.
"""
