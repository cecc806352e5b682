-- Every primary key, unique index and foreign key of a school's table leads with school_id, and no table of
-- all schools refers to one of a school: then the rows can be spread by school (hash partitions, Citus, YugabyteDB).
WITH tenant AS (
  SELECT c.oid, c.relname::TEXT AS name, a.attnum
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'school_id' AND a.attnum > 0
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
)
SELECT 'unique index without school_id in front', t.name, i.indexrelid::regclass::TEXT
FROM tenant t JOIN pg_index i ON i.indrelid = t.oid AND i.indisunique
WHERE i.indkey[0] <> t.attnum
UNION ALL
SELECT 'foreign key between schools'' tables without school_id in front', t.name, k.conname::TEXT
FROM tenant t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f' JOIN tenant other ON other.oid = k.confrelid
WHERE k.conkey[1] <> t.attnum OR k.confkey[1] <> other.attnum
UNION ALL
SELECT 'a table of all schools refers to one of a school', k.conrelid::regclass::TEXT, k.conname::TEXT
FROM pg_constraint k JOIN tenant t ON t.oid = k.confrelid JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND NOT c.relispartition AND NOT EXISTS (SELECT 1 FROM tenant u WHERE u.oid = k.conrelid)
UNION ALL
SELECT 'a table of a school without a primary key', t.name, ''
FROM tenant t WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)
