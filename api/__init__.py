"""The HTTP API: authentication, routes, schemas, problem details."""
