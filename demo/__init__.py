"""Fernway, a made-up plant shop that carries the Sightline snippet like a customer's site would."""
