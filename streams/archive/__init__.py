"""An archive of topics, and back: ``layout.py`` says what is in its directory."""
