"""PostgreSQL, Redis and RabbitMQ from the system's packages, with data and ports of their own."""
