"""Network in: signaling consumers, the relay, beacons, and the agent that ends WebRTC connections."""
