-- tcmdse results, schema 3: candidates skipped by a proof, every run of a sweep, results found again by the work that
-- made them, and sums by component, so that questions about a whole sweep need not read every layer.
-- Foreign keys are off while this runs and are checked before it is committed.

DROP VIEW front;
DROP VIEW candidate;
DROP VIEW candidate_param;
DROP VIEW layer_result;
DROP VIEW component_result;

-- Rebuilt, since SQLite cannot change a CHECK.
CREATE TABLE outcomes_3 (
  outcome_id   INTEGER PRIMARY KEY,
  candidate_id INTEGER NOT NULL REFERENCES candidates,
  workload     TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('ok', 'infeasible', 'over_budget', 'failed', 'skipped')),
  reason       TEXT NOT NULL,                  -- why it is not ok
  energy_j     REAL,                           -- of the network: layers times their count; NULL unless ok
  latency_s    REAL,
  edp_js       REAL,                           -- total energy x total latency, not a sum of layers' products
  bound_edp_js REAL,                           -- skipped: proved, its EDP is not less; otherwise NULL
  UNIQUE (candidate_id, workload)
) STRICT;
INSERT INTO outcomes_3 SELECT outcome_id, candidate_id, workload, status, reason, energy_j, latency_s, edp_js, NULL FROM outcomes;
DROP TABLE outcomes;
ALTER TABLE outcomes_3 RENAME TO outcomes;

ALTER TABLE sweeps ADD COLUMN overrides TEXT NOT NULL DEFAULT '[]' /* JSON list of PATH=VALUE that replaced the file's */;
ALTER TABLE sweeps ADD COLUMN cost_tables TEXT NOT NULL DEFAULT '{}' /* JSON object: cost table to its sha256 */;
ALTER TABLE sweeps ADD COLUMN seed INTEGER /* of the sample; NULL where nothing is drawn */;
ALTER TABLE sweeps ADD COLUMN mode TEXT NOT NULL DEFAULT 'all' CHECK (mode IN ('all', 'front_only')) /* front_only skips what cannot be on the front */;

CREATE TABLE runs (
  run_id       INTEGER PRIMARY KEY,
  sweep_id     INTEGER NOT NULL REFERENCES sweeps,
  started_at   TEXT NOT NULL,                  -- RFC 3339, UTC
  ended_at     TEXT,                           -- NULL while it runs, and for ever if it was killed
  tool_version TEXT NOT NULL,
  jobs         INTEGER NOT NULL,               -- candidates at once
  command      TEXT NOT NULL,                  -- as it was typed
  host_os      TEXT NOT NULL,                  -- linux/amd64
  stored       INTEGER NOT NULL DEFAULT 0,     -- candidates that this run stored
  finished     INTEGER NOT NULL DEFAULT 0,     -- candidates of the sweep that were stored at its end
  outcome      TEXT NOT NULL DEFAULT ''        -- '' as ended_at is NULL, finished, interrupted, or why it failed
) STRICT;
CREATE INDEX runs_of_sweep ON runs (sweep_id);

ALTER TABLE layers ADD COLUMN work_key BLOB /* hash of all that decides the figures, 16 bytes; NULL: not known */;
CREATE INDEX layers_by_work ON layers (work_key) WHERE work_key IS NOT NULL;

CREATE TABLE refusals (
  work_key BLOB PRIMARY KEY,                   -- as of layers
  reason   TEXT NOT NULL                       -- why that work has no valid mapping
) STRICT, WITHOUT ROWID;

-- Layers summed, each times its count. A bottleneck that is no component has a row too.
CREATE TABLE outcome_components (
  outcome_id      INTEGER NOT NULL REFERENCES outcomes,
  component       TEXT NOT NULL,
  position        INTEGER NOT NULL DEFAULT 1000, -- in the architecture
  energy_j        REAL NOT NULL DEFAULT 0,     -- dynamic
  leakage_j       REAL NOT NULL DEFAULT 0,
  busy_s          REAL NOT NULL DEFAULT 0,
  area_mm2        REAL NOT NULL DEFAULT 0,     -- all instances
  instances       INTEGER NOT NULL DEFAULT 0,
  peak_bits       REAL NOT NULL DEFAULT 0,     -- most that one instance holds in any layer
  size_bits       INTEGER NOT NULL DEFAULT 0,  -- capacity of one instance, 0: unlimited
  read_bits       REAL NOT NULL DEFAULT 0,     -- all instances
  write_bits      REAL NOT NULL DEFAULT 0,
  limiting_s      REAL NOT NULL DEFAULT 0,     -- latency of the layers whose bottleneck it is
  limiting_layers INTEGER NOT NULL DEFAULT 0,  -- how many those are, not times their count
  PRIMARY KEY (outcome_id, component)
) STRICT, WITHOUT ROWID;
INSERT INTO outcome_components
SELECT l.outcome_id, k.component, min(k.position), sum(k.energy_j * l.count), sum(k.leakage_j * l.count), sum(k.busy_s * l.count),
       max(k.area_mm2), max(k.instances), max(k.peak_bits), max(k.size_bits), sum(k.read_bits * l.count), sum(k.write_bits * l.count), 0, 0
FROM layers l JOIN components k USING (layer_id) GROUP BY l.outcome_id, k.component;
INSERT INTO outcome_components (outcome_id, component, limiting_s, limiting_layers)
SELECT outcome_id, bottleneck, sum(latency_s * count), count(*) FROM layers WHERE true GROUP BY outcome_id, bottleneck
ON CONFLICT DO UPDATE SET limiting_s = excluded.limiting_s, limiting_layers = excluded.limiting_layers;

-- The Pareto front of area and EDP of each sweep and workload: a design is on it when no other has no more area and
-- less EDP. Of designs equal in both, the first in the sweep's order stands for all.
CREATE VIEW front AS
SELECT sweep_id, workload, candidate_id, area_mm2, edp_js, energy_j, latency_s FROM (
  SELECT c.sweep_id, o.workload, c.candidate_id, c.area_mm2, o.edp_js, o.energy_j, o.latency_s,
         min(o.edp_js) OVER (PARTITION BY c.sweep_id, o.workload ORDER BY c.area_mm2, o.edp_js, c.idx
                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best
  FROM outcomes o JOIN candidates c USING (candidate_id) WHERE o.status = 'ok')
WHERE best IS NULL OR edp_js < best
ORDER BY sweep_id, workload, area_mm2;

CREATE VIEW candidate AS
SELECT c.sweep_id, c.candidate_id, c.arch, o.workload, c.area_mm2, o.energy_j, o.latency_s, o.edp_js,
       f.candidate_id IS NOT NULL AS on_front, o.status, o.reason, c.idx, c.key, c.arch_yaml, o.bound_edp_js
FROM candidates c JOIN outcomes o USING (candidate_id)
LEFT JOIN front f ON f.candidate_id = c.candidate_id AND f.workload = o.workload;

CREATE VIEW candidate_param AS SELECT candidate_id, path, value, text, position FROM params;

CREATE VIEW layer_result AS
SELECT o.candidate_id, o.workload, l.layer, l.count, l.energy_j, l.latency_s, l.edp_js, l.utilization, l.bottleneck,
       m.text AS mapping, m.json AS mapping_json, l.macs, l.optimal, l.mapspace_log10, l.evaluated, l.seconds, l.position
FROM layers l JOIN outcomes o USING (outcome_id) JOIN mappings m USING (mapping_id);

CREATE VIEW component_result AS
SELECT o.candidate_id, l.layer, k.component, k.energy_j, k.leakage_j, k.busy_s, k.area_mm2, k.read_bits, k.write_bits,
       o.workload, l.count, k.instances, k.peak_bits, k.size_bits, k.tensors, l.position AS layer_position, k.position
FROM components k JOIN layers l USING (layer_id) JOIN outcomes o USING (outcome_id);

-- Every run of a sweep, killed ones too: those that ended_at leaves open.
CREATE VIEW run AS
SELECT r.sweep_id, r.run_id, s.name AS sweep, r.started_at, r.ended_at, r.outcome, r.stored, r.finished, s.candidates_total,
       r.jobs, r.tool_version, r.command, r.host_os
FROM runs r JOIN sweeps s USING (sweep_id);
