"""Workloads of other simulators: SCALE-Sim's topologies, Timeloop's problems, MAESTRO's networks."""
