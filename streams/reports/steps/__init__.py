"""The steps from lines to blocks, each a plain function; ``streams.reports.pipeline`` lists them in order."""
