"""State: passing in Redis, durable in SQL. Adapters of the ports that `bot/` declares."""
