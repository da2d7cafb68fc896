"""Our worker beside other ways of running the same analysis on Kafka: rate, processor time, latency, lost and twice."""
