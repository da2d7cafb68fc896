"""Word lists of the boards: plain data in the TOML files of this folder."""

FILES = ("chain", "consultations", "figures", "members", "opinion", "places", "plans", "study")
