"""What travels on the topics: records, topics and the codec. Imports nothing from ``streams``."""
