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

ALTER TABLE candidates ADD COLUMN settings TEXT NOT NULL DEFAULT '' /* its parameters, as in GLB.size=64KiB, PE.x=14, by path */;
UPDATE candidates SET settings = coalesce((SELECT group_concat(setting, ', ') FROM (
  SELECT path || '=' || text AS setting FROM params p WHERE p.candidate_id = candidates.candidate_id ORDER BY path, position)), '');
CREATE INDEX candidates_by_settings ON candidates (sweep_id, settings);
CREATE INDEX candidates_of_sweep ON candidates (sweep_id, candidate_id, area_mm2, idx); -- so that figures of a sweep read no arch_yaml

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

-- One row a candidate and workload; on_front is by the rule of front, found here again so that asking for one sweep
-- looks at no other.
CREATE VIEW candidate AS
SELECT w.sweep_id, w.candidate_id, c.arch, w.workload, w.area_mm2, w.energy_j, w.latency_s, w.edp_js,
       w.status = 'ok' AND (w.best IS NULL OR w.edp_js < w.best) AS on_front, w.status, w.reason, w.idx, c.key, c.arch_yaml, w.bound_edp_js,
       c.settings
FROM (
  SELECT c.sweep_id, c.candidate_id, c.area_mm2, c.idx, o.workload, o.status, o.reason, o.energy_j, o.latency_s, o.edp_js, o.bound_edp_js,
         min(o.edp_js) OVER (PARTITION BY c.sweep_id, o.workload ORDER BY c.area_mm2, o.edp_js, c.idx
                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best
  FROM outcomes o JOIN candidates c USING (candidate_id)) w
LEFT JOIN candidates c USING (candidate_id); -- LEFT, here and below: SQLite leaves out what the query does not use

CREATE VIEW candidate_param AS SELECT candidate_id, path, value, text, position FROM params;

CREATE VIEW layer_result AS
SELECT o.candidate_id, o.workload, l.layer, l.count, l.energy_j, l.latency_s, l.edp_js, l.utilization, l.bottleneck,
       m.text AS mapping, m.json AS mapping_json, l.macs, l.optimal, l.mapspace_log10, l.evaluated, l.seconds, l.position
FROM layers l JOIN outcomes o USING (outcome_id) LEFT JOIN mappings m USING (mapping_id);

CREATE VIEW component_result AS
SELECT o.candidate_id, l.layer, k.component, k.energy_j, k.leakage_j, k.busy_s, k.area_mm2, k.read_bits, k.write_bits,
       o.workload, l.count, k.instances, k.peak_bits, k.size_bits, k.tensors, l.position AS layer_position, k.position
FROM components k JOIN layers l USING (layer_id) JOIN outcomes o USING (outcome_id);

-- Every run of a sweep, killed ones too: those that ended_at leaves open.
CREATE VIEW run AS
SELECT r.sweep_id, r.run_id, s.name AS sweep, r.started_at, r.ended_at, r.outcome, r.stored, r.finished, s.candidates_total,
       r.jobs, r.tool_version, r.command, r.host_os
FROM runs r JOIN sweeps s USING (sweep_id);

-- The least EDP that fits each budget of area: 1, 2, 5, 10, ... mm2, from the first that any design fits to the first
-- that the whole front fits, beyond which area buys nothing.
CREATE VIEW best_per_budget AS
WITH budgets (budget_mm2, below_mm2) AS (VALUES
  (0.01, 0.0), (0.02, 0.01), (0.05, 0.02), (0.1, 0.05), (0.2, 0.1), (0.5, 0.2), (1.0, 0.5), (2.0, 1.0), (5.0, 2.0), (10.0, 5.0), (20.0, 10.0),
  (50.0, 20.0), (100.0, 50.0), (200.0, 100.0), (500.0, 200.0), (1000.0, 500.0), (2000.0, 1000.0), (5000.0, 2000.0), (10000.0, 5000.0),
  (20000.0, 10000.0), (50000.0, 20000.0), (100000.0, 50000.0))
SELECT f.sweep_id, f.workload, rung.budget_mm2, f.candidate_id, f.area_mm2, f.edp_js, f.energy_j, f.latency_s, c.settings
FROM (SELECT *, lead(area_mm2) OVER (PARTITION BY sweep_id, workload ORDER BY area_mm2) AS next_mm2 FROM front) f
JOIN budgets rung ON rung.budget_mm2 >= f.area_mm2
  AND CASE WHEN f.next_mm2 IS NULL THEN rung.below_mm2 < f.area_mm2 ELSE rung.budget_mm2 < f.next_mm2 END
JOIN candidates c USING (candidate_id)
ORDER BY f.sweep_id, f.workload, rung.budget_mm2;

-- What each layer adds to its network: energy and latency of all its runs (those of layer_result times count), whose
-- sums are the network's, and their shares.
CREATE VIEW layer_breakdown AS
SELECT c.sweep_id, o.candidate_id, o.workload, l.layer, l.count, l.count * l.energy_j AS energy_j, l.count * l.latency_s AS latency_s,
       l.count * l.energy_j / o.energy_j AS energy_share, l.count * l.latency_s / o.latency_s AS latency_share,
       l.bottleneck, l.utilization, l.count * l.macs AS macs, l.position
FROM layers l JOIN outcomes o USING (outcome_id) LEFT JOIN candidates c USING (candidate_id);

-- What each component takes of the network's energy (leakage included), of its time and of the candidate's area, and
-- how much of its latency it limits. Shares are 0..1; those of the area leave out what belongs to no component.
CREATE VIEW component_share AS
SELECT c.sweep_id, o.candidate_id, o.workload, k.component, k.energy_j + k.leakage_j AS energy_j, k.leakage_j,
       (k.energy_j + k.leakage_j) / o.energy_j AS energy_share, k.area_mm2, k.area_mm2 / c.area_mm2 AS area_share,
       k.busy_s, k.busy_s / o.latency_s AS busy_share, k.limiting_s, k.limiting_s / o.latency_s AS limiting_share, k.limiting_layers,
       k.instances, k.peak_bits, k.size_bits, k.peak_bits / nullif(k.size_bits, 0) AS fill, -- of an instance, at most; NULL: unlimited
       k.read_bits, k.write_bits, k.position
FROM outcome_components k JOIN outcomes o USING (outcome_id) LEFT JOIN candidates c USING (candidate_id)
WHERE k.position < 1000;

-- What limits each network on each candidate: the component that is the bottleneck of layers for longest.
CREATE VIEW bottleneck AS
SELECT c.sweep_id, o.candidate_id, o.workload, k.component, k.limiting_s, k.limiting_s / o.latency_s AS limiting_share,
       k.limiting_layers, k.busy_s / o.latency_s AS busy_share
FROM outcomes o LEFT JOIN candidates c USING (candidate_id)
JOIN outcome_components k ON k.outcome_id = o.outcome_id AND k.component = (
  SELECT component FROM outcome_components x WHERE x.outcome_id = o.outcome_id ORDER BY limiting_s DESC, position, component LIMIT 1);

-- Why a design has no result: every candidate and workload that is not ok.
CREATE VIEW failure AS
SELECT c.sweep_id, o.candidate_id, o.workload, o.status, o.reason, c.area_mm2, o.bound_edp_js, c.settings, c.idx
FROM outcomes o JOIN candidates c USING (candidate_id) WHERE o.status <> 'ok';

-- Candidates that two sweeps share, by their key (the same architecture), or else by their settings (the same
-- parameters on what may be another architecture); ratios are b over a. Ask it with sweep_a and sweep_b.
CREATE VIEW candidate_comparison AS
WITH pair AS (
  SELECT a.sweep_id AS sweep_a, b.sweep_id AS sweep_b, a.candidate_id AS candidate_a, b.candidate_id AS candidate_b, 'key' AS equal_by
  FROM candidates a JOIN candidates b ON b.key = a.key AND b.sweep_id <> a.sweep_id
  UNION ALL
  SELECT a.sweep_id, b.sweep_id, a.candidate_id, b.candidate_id, 'settings'
  FROM candidates a JOIN candidates b ON b.settings = a.settings AND b.sweep_id <> a.sweep_id AND b.key <> a.key
  WHERE NOT EXISTS (SELECT 1 FROM candidates x WHERE x.sweep_id = b.sweep_id AND x.key = a.key)
    AND NOT EXISTS (SELECT 1 FROM candidates x WHERE x.sweep_id = a.sweep_id AND x.key = b.key))
SELECT p.sweep_a, p.sweep_b, oa.workload, p.candidate_a, p.candidate_b, p.equal_by, ca.settings,
       ca.area_mm2 AS area_mm2_a, cb.area_mm2 AS area_mm2_b, cb.area_mm2 / nullif(ca.area_mm2, 0) AS area_ratio,
       oa.energy_j AS energy_j_a, ob.energy_j AS energy_j_b, ob.energy_j / oa.energy_j AS energy_ratio,
       oa.latency_s AS latency_s_a, ob.latency_s AS latency_s_b, ob.latency_s / oa.latency_s AS latency_ratio,
       oa.edp_js AS edp_js_a, ob.edp_js AS edp_js_b, ob.edp_js / oa.edp_js AS edp_ratio, oa.status AS status_a, ob.status AS status_b
FROM pair p JOIN candidates ca ON ca.candidate_id = p.candidate_a JOIN candidates cb ON cb.candidate_id = p.candidate_b
JOIN outcomes oa ON oa.candidate_id = p.candidate_a JOIN outcomes ob ON ob.candidate_id = p.candidate_b AND ob.workload = oa.workload;

-- Two sweeps as wholes, by workload: how many designs are mapped and on the front, and the two ends of each front.
CREATE VIEW sweep_comparison AS
WITH ends AS (
  SELECT f.sweep_id, f.workload, count(*) AS front, min(f.area_mm2) AS least_area_mm2, max(f.edp_js) AS edp_at_least_area,
         min(f.edp_js) AS least_edp_js, max(f.area_mm2) AS area_at_least_edp
  FROM front f GROUP BY f.sweep_id, f.workload)
SELECT a.sweep_id AS sweep_a, b.sweep_id AS sweep_b, a.workload, sa.name AS name_a, sb.name AS name_b, a.front AS front_a, b.front AS front_b,
       a.least_edp_js AS least_edp_js_a, b.least_edp_js AS least_edp_js_b, b.least_edp_js / a.least_edp_js AS least_edp_ratio,
       a.area_at_least_edp AS area_mm2_at_least_edp_a, b.area_at_least_edp AS area_mm2_at_least_edp_b,
       a.least_area_mm2 AS least_area_mm2_a, b.least_area_mm2 AS least_area_mm2_b, b.least_area_mm2 / nullif(a.least_area_mm2, 0) AS least_area_ratio,
       a.edp_at_least_area AS edp_js_at_least_area_a, b.edp_at_least_area AS edp_js_at_least_area_b
FROM ends a JOIN ends b ON b.workload = a.workload AND b.sweep_id <> a.sweep_id
JOIN sweeps sa ON sa.sweep_id = a.sweep_id JOIN sweeps sb ON sb.sweep_id = b.sweep_id;
