-- tcmdse results, schema 2: what one instance of each component costs, and where every such figure is from.

ALTER TABLE candidates ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'; -- JSON list: about estimated costs
ALTER TABLE candidates ADD COLUMN overhead TEXT NOT NULL DEFAULT '';   -- factors on estimated costs, '' for none

CREATE TABLE cost_sets (
  cost_id INTEGER PRIMARY KEY,
  hash    BLOB NOT NULL UNIQUE,
  figures TEXT NOT NULL                        -- JSON list: field, value, unit, method, source, table, sha256, error_p95, note
) STRICT;

CREATE TABLE component_costs (
  candidate_id INTEGER NOT NULL REFERENCES candidates,
  position     INTEGER NOT NULL,               -- in the architecture
  component    TEXT NOT NULL,
  instances    INTEGER NOT NULL,
  cost_id      INTEGER NOT NULL REFERENCES cost_sets,
  PRIMARY KEY (candidate_id, position)
) STRICT, WITHOUT ROWID;

-- One row a candidate, component and figure of one instance: area (m2), leakage (W), read.energy (J/bit), ...
CREATE VIEW component_cost AS
SELECT k.candidate_id, k.component, k.instances, f.value ->> 'field' AS field, f.value ->> 'value' AS value, f.value ->> 'unit' AS unit,
       f.value ->> 'method' AS method, f.value ->> 'source' AS source, f.value ->> 'table' AS source_table, f.value ->> 'sha256' AS sha256,
       f.value ->> 'error_p95' AS error_p95, f.value ->> 'note' AS note, k.position, f.key AS figure_position
FROM component_costs k JOIN cost_sets s USING (cost_id), json_each(s.figures) f;

-- Answers of external estimators, failures too, so that no query is asked twice.
CREATE TABLE estimates (
  key       TEXT PRIMARY KEY,                  -- hash of the query and of the estimator's program and files
  query     TEXT NOT NULL,                     -- JSON
  answer    TEXT NOT NULL,                     -- JSON: figures, or unsupported, or failure
  stored_at TEXT NOT NULL                      -- RFC 3339, UTC
) STRICT, WITHOUT ROWID;
