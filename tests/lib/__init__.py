"""What several test folders share: builders and the replay server; no tests of its own."""
