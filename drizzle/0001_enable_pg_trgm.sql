-- For the index that serves `q`. Trusted: any role that may create in the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
