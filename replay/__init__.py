"""Reading: dashboard, live viewer, player, REST API, exports."""
