"""The wire format (docs/protocol.md): frames, events, control and signaling messages. Pure code, no I/O."""
