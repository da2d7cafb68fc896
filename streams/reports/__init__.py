"""A file in, paragraphs out: finding files, decoding them, JSON lines, plain text. Knows nothing of Kafka.

``sources.find_sources`` turns what the user named into sources; ``reader.read_report`` reads one of them.
"""
