"""The frame log: how far a stream is contiguous, and the one thread of a process that commits frames."""
