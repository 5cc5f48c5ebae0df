"""The stages: each a pure function of tables and settings; the runner reads, calls, writes and
records."""
