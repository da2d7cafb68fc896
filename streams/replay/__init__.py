"""Records once more: from an archive or a topic's history into topics, and old paragraphs through today's analysis."""
