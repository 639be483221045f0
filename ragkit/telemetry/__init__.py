"""Spans for each stage and numbers for Prometheus; nothing is told unless a deployment says so."""
