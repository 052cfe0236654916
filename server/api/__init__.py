"""The desk's HTTP door, `/api/v1`: routes load, open a transaction, call one operation, dump."""
