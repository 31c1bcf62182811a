-- What PostgreSQL gives every role, and the Worker's needs not: to fill the disk with what no table
-- holds. Each is taken where the role that migrates may take it; elsewhere (on Neon the functions are
-- the provider's) it stays.
DO $$
DECLARE
  creates_large_object regprocedure;
BEGIN
  IF (SELECT pg_has_role(datdba, 'usage') FROM pg_database WHERE datname = current_database()) THEN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  END IF;
  FOR creates_large_object IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND pg_has_role(proowner, 'usage')
      AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', creates_large_object);
  END LOOP;
END $$;
