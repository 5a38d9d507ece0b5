-- tcmdse results, schema 4: outcomes and layers repeat what their sweep and candidate say of them, so that figures of
-- 400,000 layers come from one index and not from a join (docs/sql.md has the times).

DROP VIEW front;
DROP VIEW candidate;
DROP VIEW layer_result;
DROP VIEW component_result;
DROP VIEW best_per_budget;
DROP VIEW layer_breakdown;
DROP VIEW component_share;
DROP VIEW bottleneck;
DROP VIEW failure;
DROP VIEW sweep_comparison;
DROP VIEW run;

-- A sweep goes on where a file means the same, whatever its comments.
ALTER TABLE sweeps ADD COLUMN identity BLOB /* hash of what decides candidates and results; NULL in sweeps of older schemas, which config tells apart */;
ALTER TABLE runs ADD COLUMN config TEXT /* as this run had it, where that is not the sweep's to the letter */;
CREATE VIEW run AS
SELECT r.sweep_id, r.run_id, s.name AS sweep, r.started_at, r.ended_at, r.outcome,
       iif(r.ended_at IS NULL, NULL, r.stored) AS stored, iif(r.ended_at IS NULL, NULL, r.finished) AS finished, -- NULL: it was killed, or still runs
       s.candidates_total, r.jobs, r.tool_version, r.command, r.host_os, coalesce(r.config, s.config) AS config
FROM runs r JOIN sweeps s USING (sweep_id);

ALTER TABLE outcomes ADD COLUMN sweep_id INTEGER NOT NULL DEFAULT 0 /* of its candidate, like area_mm2 and idx */;
ALTER TABLE outcomes ADD COLUMN area_mm2 REAL NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN idx INTEGER NOT NULL DEFAULT 0;
UPDATE outcomes SET (sweep_id, area_mm2, idx) = (SELECT sweep_id, area_mm2, idx FROM candidates c WHERE c.candidate_id = outcomes.candidate_id);
CREATE INDEX outcomes_by_area ON outcomes (sweep_id, workload, area_mm2, edp_js, idx, candidate_id, status); -- the order in which front looks at them
CREATE INDEX outcomes_of_sweep ON outcomes (sweep_id, candidate_id, workload, status, area_mm2, energy_j, latency_s); -- in the order of their components

CREATE INDEX params_by_path ON params (path, candidate_id, value, text);

ALTER TABLE layers ADD COLUMN sweep_id INTEGER NOT NULL DEFAULT 0 /* of its outcome, like candidate_id and workload */;
ALTER TABLE layers ADD COLUMN candidate_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE layers ADD COLUMN workload TEXT NOT NULL DEFAULT '';
ALTER TABLE layers ADD COLUMN energy_share REAL /* of the network's energy, all runs: 0..1; NULL where that is 0 */;
ALTER TABLE layers ADD COLUMN latency_share REAL;
UPDATE layers SET (sweep_id, candidate_id, workload, energy_share, latency_share) = (
  SELECT sweep_id, candidate_id, workload, layers.count * layers.energy_j / o.energy_j, layers.count * layers.latency_s / o.latency_s
  FROM outcomes o WHERE o.outcome_id = layers.outcome_id);
CREATE INDEX layers_of_candidate ON layers (candidate_id);
CREATE INDEX layers_of_sweep ON layers (sweep_id, layer, workload, energy_share, latency_share, count, energy_j, latency_s, edp_js,
  macs, utilization, bottleneck, optimal, mapspace_log10, evaluated, seconds, candidate_id, position); -- all of layer_breakdown, and of layer_result but the mappings

-- The Pareto front of area and EDP of each sweep and workload: a design is on it when no other has no more area and
-- less EDP. Of designs equal in both, the first in the sweep's order stands for all.
CREATE VIEW front AS
SELECT w.sweep_id, w.workload, w.candidate_id, o.area_mm2, o.edp_js, o.energy_j, o.latency_s
FROM (SELECT sweep_id, workload, candidate_id, outcome_id, edp_js,
             min(edp_js) OVER (PARTITION BY sweep_id, workload ORDER BY area_mm2, edp_js, idx
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best
      FROM outcomes WHERE status = 'ok') w
CROSS JOIN outcomes o USING (outcome_id)
WHERE w.best IS NULL OR w.edp_js < w.best
ORDER BY w.sweep_id, w.workload, o.area_mm2;

-- One row a candidate and workload; on_front is by the rule of front, found here again so that asking for one sweep
-- looks at no other. What is long comes from subqueries, here and below: a query that does not use it does not read it.
CREATE VIEW candidate AS
SELECT w.sweep_id, w.candidate_id, (SELECT arch FROM candidates c WHERE c.candidate_id = w.candidate_id) AS arch, w.workload,
       o.area_mm2, o.energy_j, o.latency_s, o.edp_js,
       w.status = 'ok' AND (w.best IS NULL OR w.edp_js < w.best) AS on_front, w.status, o.reason, w.idx,
       (SELECT key FROM candidates c WHERE c.candidate_id = w.candidate_id) AS key,
       (SELECT arch_yaml FROM candidates c WHERE c.candidate_id = w.candidate_id) AS arch_yaml, o.bound_edp_js,
       (SELECT settings FROM candidates c WHERE c.candidate_id = w.candidate_id) AS settings
FROM (SELECT sweep_id, workload, candidate_id, outcome_id, edp_js, idx, status,
             min(edp_js) OVER (PARTITION BY sweep_id, workload ORDER BY area_mm2, edp_js, idx
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best
      FROM outcomes) w
CROSS JOIN outcomes o USING (outcome_id);

-- As candidate, without on_front and what is long: for figures of a whole sweep, in half the time.
CREATE VIEW network_result AS
SELECT sweep_id, candidate_id, workload, area_mm2, energy_j, latency_s, edp_js, status, idx FROM outcomes;

CREATE VIEW layer_result AS
SELECT l.candidate_id, l.workload, l.layer, l.count, l.energy_j, l.latency_s, l.edp_js, l.utilization, l.bottleneck,
       (SELECT text FROM mappings m WHERE m.mapping_id = l.mapping_id) AS mapping,
       (SELECT json FROM mappings m WHERE m.mapping_id = l.mapping_id) AS mapping_json,
       l.macs, l.optimal, l.mapspace_log10, l.evaluated, l.seconds, l.position
FROM layers l;

CREATE VIEW component_result AS
SELECT l.candidate_id, l.layer, k.component, k.energy_j, k.leakage_j, k.busy_s, k.area_mm2, k.read_bits, k.write_bits,
       l.workload, l.count, k.instances, k.peak_bits, k.size_bits, k.tensors, l.position AS layer_position, k.position
FROM components k JOIN layers l USING (layer_id);

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
  AND CASE WHEN f.next_mm2 IS NULL THEN rung.below_mm2 < f.area_mm2 OR rung.below_mm2 = 0 ELSE rung.budget_mm2 < f.next_mm2 END
JOIN candidates c USING (candidate_id)
ORDER BY f.sweep_id, f.workload, rung.budget_mm2;

-- What each layer adds to its network: energy and latency of all its runs (those of layer_result times count), whose
-- sums are the network's, and their shares.
CREATE VIEW layer_breakdown AS
SELECT sweep_id, candidate_id, workload, layer, count, count * energy_j AS energy_j, count * latency_s AS latency_s,
       energy_share, latency_share, bottleneck, utilization, count * macs AS macs, position
FROM layers;

-- What each component takes of the network's energy (leakage included), of its time and of the candidate's area, and
-- how much of its latency it limits. Shares are 0..1; those of the area leave out what belongs to no component.
CREATE VIEW component_share AS
SELECT o.sweep_id, o.candidate_id, o.workload, k.component, k.energy_j + k.leakage_j AS energy_j, k.leakage_j,
       (k.energy_j + k.leakage_j) / o.energy_j AS energy_share, k.area_mm2, k.area_mm2 / o.area_mm2 AS area_share,
       k.busy_s, k.busy_s / o.latency_s AS busy_share, k.limiting_s, k.limiting_s / o.latency_s AS limiting_share, k.limiting_layers,
       k.instances, k.peak_bits, k.size_bits, k.peak_bits / nullif(k.size_bits, 0) AS fill, -- of an instance, at most; NULL: unlimited
       k.read_bits, k.write_bits, k.position
FROM outcome_components k JOIN outcomes o USING (outcome_id)
WHERE k.position < 1000;

-- What limits each network on each candidate: the component that is the bottleneck of layers for longest.
CREATE VIEW bottleneck AS
SELECT o.sweep_id, o.candidate_id, o.workload, k.component, k.limiting_s, k.limiting_s / o.latency_s AS limiting_share,
       k.limiting_layers, k.busy_s / o.latency_s AS busy_share
FROM outcomes o
JOIN outcome_components k ON k.outcome_id = o.outcome_id AND k.component = (
  SELECT component FROM outcome_components x WHERE x.outcome_id = o.outcome_id ORDER BY limiting_s DESC, position, component LIMIT 1);

-- Why a design has no result: every candidate and workload that is not ok.
CREATE VIEW failure AS
SELECT o.sweep_id, o.candidate_id, o.workload, o.status, o.reason, o.area_mm2, o.bound_edp_js,
       (SELECT settings FROM candidates c WHERE c.candidate_id = o.candidate_id) AS settings, o.idx
FROM outcomes o WHERE o.status <> 'ok';

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
