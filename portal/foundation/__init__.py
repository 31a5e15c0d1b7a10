"""What every room stands on and knows no domain: database, clock, ids, errors, keys, crypto, jobs."""
