-- tcmdse results, schema 5: which parts of a sweep a file has, so that files of many machines can be joined.

CREATE TABLE shards (
  sweep_id    INTEGER NOT NULL REFERENCES sweeps,
  of          INTEGER NOT NULL,                -- parts that the sweep was cut into
  shard       INTEGER NOT NULL,                -- which of them, from 0
  candidates  INTEGER NOT NULL,                -- that it has
  finished_at TEXT,                            -- RFC 3339, UTC; NULL until all of them are stored
  PRIMARY KEY (sweep_id, of, shard)
) STRICT, WITHOUT ROWID;

-- Parts of sweeps that ran with --shard, finished or not. A sweep is finished when all parts of one cut are.
CREATE VIEW shard AS
SELECT d.sweep_id, s.name AS sweep, d.shard, d.of, d.candidates, d.finished_at FROM shards d JOIN sweeps s USING (sweep_id);
