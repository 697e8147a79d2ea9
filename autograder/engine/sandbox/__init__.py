"""Where a student's code runs: processes that see and may do as little as this machine allows."""
