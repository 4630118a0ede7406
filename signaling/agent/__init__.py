"""The agent: ends WebRTC connections with aiortc. A process of its own (`manage.py runagent`) or a task in another."""

from .agent import Agent, run_agent

__all__ = ["Agent", "run_agent"]
