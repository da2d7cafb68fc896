"""Other programs that read numbers and times, each in an environment of its own, since they want other versions."""
