"""The contract for programs in other languages, generated from the records and the topics.

``python -m schemas.contract`` writes a JSON Schema per record and ``asyncapi.yaml`` beside this file; a test
fails when they are stale.
"""
