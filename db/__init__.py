"""PostgreSQL: what we know of orders, fills, positions, limits and audit, each fact once."""
