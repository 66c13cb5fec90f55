"""The terminal side of the console: commands that speak HTTP to the API."""
