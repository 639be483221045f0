"""The one door to the network: every HTTP client of ragkit is built here, under the deployment's egress policy."""
