"""The side that holds unprotected data; the dashboard never reaches it."""
