"""The embedded Kafka: one broker and controller in one Java process, on 127.0.0.1 only.

``embedded.py`` is the page to read first: start, stop, status. Nothing here imports a Kafka client: whether the
broker answers is a question that the caller passes in.
"""
