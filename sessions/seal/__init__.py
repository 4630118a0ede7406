"""Sealing: hot frames become immutable segments in the object store, with markers and counters beside them.

`claim` fixes a range in a row, `build` makes the segment's bytes, `finish` moves everything over in one transaction;
`run` does the three in turn. Killed at any point, the range is claimed again and sealed as if for the first time.
"""
