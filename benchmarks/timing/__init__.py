"""What the analysis costs: time beside a segmenter's, time to start, memory, and growth with length."""
