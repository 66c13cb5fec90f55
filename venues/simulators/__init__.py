"""Simulated venues: real protocols on loopback, one matching core, a ledger as ground truth.

They are the paper venues of the product and the test bed of its adapters. Everything outside
the per-venue packages knows nothing of any venue's protocol.
"""
