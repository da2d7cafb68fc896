"""Boards: what the reports say, kept up to date: rules, store, JSON API and web page."""
