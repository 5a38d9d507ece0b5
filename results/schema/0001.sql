-- tcmdse results, schema 1. Outside queries should use the views at the end; the tables may change with user_version.
-- Energies in joules, times in seconds, areas in mm2, traffic in bits, for one run of a layer unless said otherwise.

CREATE TABLE sweeps (
  sweep_id         INTEGER PRIMARY KEY,
  name             TEXT NOT NULL,
  arch             TEXT NOT NULL,              -- architecture that the candidates vary
  workloads        TEXT NOT NULL,              -- JSON list of networks
  objective        TEXT NOT NULL,              -- edp, energy or latency: what every mapping is optimal for
  config           TEXT NOT NULL,              -- the whole configuration as it ran, YAML
  tool_version     TEXT NOT NULL,
  model_version    TEXT NOT NULL,              -- results of different model versions are not comparable
  started_at       TEXT NOT NULL,              -- RFC 3339, UTC
  finished_at      TEXT,                       -- NULL while it runs or after an interruption
  candidates_total INTEGER NOT NULL,           -- that the sweep has, stored or not
  warnings         TEXT NOT NULL               -- JSON list
) STRICT;

CREATE TABLE candidates (
  candidate_id INTEGER PRIMARY KEY,
  sweep_id     INTEGER NOT NULL REFERENCES sweeps,
  key          TEXT NOT NULL,                  -- hash of the architecture
  idx          INTEGER NOT NULL,               -- position in the sweep's order
  arch         TEXT NOT NULL,
  arch_yaml    TEXT NOT NULL,                  -- the architecture with the parameters set
  area_mm2     REAL NOT NULL,
  UNIQUE (sweep_id, key)
) STRICT;

CREATE TABLE params (
  candidate_id INTEGER NOT NULL REFERENCES candidates,
  position     INTEGER NOT NULL,
  path         TEXT NOT NULL,                  -- NODE.FIELD or ARRAY.DIM
  value        REAL NOT NULL,                  -- SI units; sizes in bits, areas in m2
  text         TEXT NOT NULL,                  -- as written
  PRIMARY KEY (candidate_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
  outcome_id   INTEGER PRIMARY KEY,
  candidate_id INTEGER NOT NULL REFERENCES candidates,
  workload     TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('ok', 'infeasible', 'over_budget', 'failed')),
  reason       TEXT NOT NULL,                  -- why it is not ok
  energy_j     REAL,                           -- of the network: layers times their count; NULL unless ok
  latency_s    REAL,
  edp_js       REAL,                           -- total energy x total latency, not a sum of layers' products
  UNIQUE (candidate_id, workload)
) STRICT;

CREATE TABLE mappings (
  mapping_id INTEGER PRIMARY KEY,
  hash       BLOB NOT NULL UNIQUE,
  json       TEXT NOT NULL,                    -- tcmdse evaluate --mapping takes this
  text       TEXT NOT NULL                     -- loop nest as a person reads it
) STRICT;

CREATE TABLE layers (
  layer_id       INTEGER PRIMARY KEY,
  outcome_id     INTEGER NOT NULL REFERENCES outcomes,
  position       INTEGER NOT NULL,
  layer          TEXT NOT NULL,
  count          INTEGER NOT NULL,             -- how often the network runs it
  energy_j       REAL NOT NULL,
  latency_s      REAL NOT NULL,
  edp_js         REAL NOT NULL,
  macs           REAL NOT NULL,
  utilization    REAL NOT NULL,                -- compute instances used, 0..1
  bottleneck     TEXT NOT NULL,                -- component that takes longest
  mapping_id     INTEGER NOT NULL REFERENCES mappings,
  optimal        INTEGER NOT NULL,             -- 1: proved
  mapspace_log10 REAL NOT NULL,
  evaluated      INTEGER NOT NULL,
  seconds        REAL NOT NULL,                -- the search took
  UNIQUE (outcome_id, position)
) STRICT;

CREATE TABLE components (
  layer_id   INTEGER NOT NULL REFERENCES layers,
  position   INTEGER NOT NULL,
  component  TEXT NOT NULL,
  energy_j   REAL NOT NULL,                    -- dynamic
  leakage_j  REAL NOT NULL,
  busy_s     REAL NOT NULL,
  area_mm2   REAL NOT NULL,                    -- all instances
  instances  INTEGER NOT NULL,
  peak_bits  REAL NOT NULL,                    -- occupancy of one instance
  size_bits  INTEGER NOT NULL,                 -- capacity of one instance, 0: unlimited
  read_bits  REAL NOT NULL,                    -- all instances
  write_bits REAL NOT NULL,
  tensors    TEXT NOT NULL,                    -- JSON: traffic by tensor
  PRIMARY KEY (layer_id, position)
) STRICT, WITHOUT ROWID;

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
       f.candidate_id IS NOT NULL AS on_front, o.status, o.reason, c.idx, c.key, c.arch_yaml
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
