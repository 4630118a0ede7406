"""The store: models, wire format, frame log, segments, services and tasks. The app label is `recordings`."""
