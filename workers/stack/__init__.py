"""The paper and test stack on one machine: engines, processes and their supervisor."""
