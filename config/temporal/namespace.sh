#!/bin/sh
# Creates the namespace once the server answers. Safe to run again; compose repeats it on failure.
set -eu
temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  # A closed workflow is an order's story; keep it for as long as a trade may be disputed.
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h
