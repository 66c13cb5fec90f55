"""Durable stories, one a file. They see domain, algos and activities.ports, and nothing else."""
