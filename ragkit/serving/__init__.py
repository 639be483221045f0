"""ragkit as a server: a REST API and a Model Context Protocol server, each under the caller's access rights."""
