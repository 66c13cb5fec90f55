"""The processes that a stack has whatever it trades. A venue's worker must be called otherwise: two
of one name would share a log, a ready file, and the word that stops them."""

POSTGRES, TEMPORAL, SIMULATORS = "postgres", "temporal", "simulators"
GATEWAY = "gateway"
SUPERVISOR = "supervisor"

RESERVED = frozenset({POSTGRES, TEMPORAL, SIMULATORS, GATEWAY, SUPERVISOR})
