import { escapeIdentifier } from 'pg'
import { ownerName } from './owner.ts'

const owner = escapeIdentifier(ownerName)

/** PostgreSQL's own objects have lower ids. */
export const firstOwnId = 16_384

/**
 * Every object of a database that the superuser (role 10) owns and did not bring along. Parts of
 * another object follow it (internal dependencies, and sequences of columns); parts of an extension
 * stay with it.
 */
const objects = `
  SELECT classid, objid FROM (
    SELECT 'pg_class'::regclass, oid, relowner FROM pg_class
      WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relpersistence <> 't'
    UNION ALL SELECT 'pg_type'::regclass, oid, typowner FROM pg_type
      WHERE typtype IN ('b', 'd', 'e', 'r') OR NOT typisdefined
        OR (SELECT relkind = 'c' FROM pg_class WHERE pg_class.oid = typrelid)
    UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
      WHERE NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtfoid = pg_proc.oid)
    UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner FROM pg_namespace
      WHERE nspname !~ '^pg_'
    UNION ALL SELECT 'pg_collation'::regclass, oid, collowner FROM pg_collation
    UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner FROM pg_conversion
    UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner FROM pg_operator
    UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner FROM pg_opclass
    UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner FROM pg_opfamily
    UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictowner FROM pg_ts_dict
    UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgowner FROM pg_ts_config
    UNION ALL SELECT 'pg_language'::regclass, oid, lanowner FROM pg_language
    UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner FROM pg_statistic_ext
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid, srvowner FROM pg_foreign_server
    UNION ALL SELECT 'pg_publication'::regclass, oid, pubowner FROM pg_publication
      WHERE NOT puballtables
        AND NOT EXISTS (SELECT FROM pg_publication_namespace WHERE pnpubid = pg_publication.oid)
    UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner FROM pg_largeobject_metadata
  ) AS owned (classid, objid, ownerid)
  WHERE ownerid = 10
    AND (objid >= ${firstOwnId} OR classid = 'pg_largeobject'::regclass
      OR classid = 'pg_namespace'::regclass AND objid = to_regnamespace('public'))
    AND NOT EXISTS (
      SELECT FROM pg_depend
      WHERE pg_depend.classid = owned.classid AND pg_depend.objid = owned.objid
        AND objsubid = 0 AND (
        deptype IN ('e', 'i') OR
        deptype = 'a' AND refclassid = 'pg_class'::regclass AND refobjsubid > 0
          AND (SELECT relkind = 'S' FROM pg_class WHERE pg_class.oid = owned.objid)))`

/** In the words of ALTER, where those of pg_identify_object differ. */
const kinds = `
  CASE type
    WHEN 'function' THEN 'routine' WHEN 'procedure' THEN 'routine' WHEN 'aggregate' THEN 'routine'
    WHEN 'composite type' THEN 'type'
    WHEN 'statistics object' THEN 'statistics'
    ELSE type
  END`

/**
 * What the superuser gives on objects to come, the owner gives from now on. Those of a schema come on
 * top of the ones for all schemas, which are whole: what PUBLIC has of PostgreSQL is taken first.
 */
const defaults = `
  SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} %s', privileges) FROM (
    SELECT defaclnamespace, 1, format('REVOKE ALL ON %s FROM PUBLIC, ${owner}', kind) FROM given
    WHERE defaclnamespace = 0
    UNION ALL
    SELECT defaclnamespace, 2, format('%s GRANT %s ON %s TO %s %s',
      (SELECT format('IN SCHEMA %I', nspname) FROM pg_namespace WHERE oid = defaclnamespace),
      privilege_type, kind,
      CASE grantee WHEN 0 THEN 'PUBLIC' WHEN 10 THEN '${owner}' ELSE grantee::regrole::text END,
      CASE WHEN is_grantable THEN 'WITH GRANT OPTION' END)
    FROM given, aclexplode(defaclacl)
  ) AS statements (schema, place, privileges)
  ORDER BY place`

/** One statement, and so one transaction: a database is given whole or not at all. */
export const giveObjects = `DO $takeover$
DECLARE
  statement text;
BEGIN
  -- Names come out whole.
  SET LOCAL search_path = pg_catalog;
  FOR statement IN
    SELECT format('ALTER %s %s OWNER TO ${owner}', ${kinds}, identity)
    FROM (${objects}) AS objects, pg_identify_object(classid, objid, 0)
  LOOP
    EXECUTE statement;
  END LOOP;
  FOR statement IN
    WITH given AS (
      SELECT *, CASE defaclobjtype
        WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES'
        WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END AS kind
      FROM pg_default_acl WHERE defaclrole = 10)
    ${defaults}
  LOOP
    EXECUTE statement;
  END LOOP;
END $takeover$`
