-- SPDX-License-Identifier: Apache-2.0
-- The case file of spoor, version 4 (PRAGMA user_version). Query it by hand with sqlite3: begin with the
-- views at the end. Times are UTC text ("2021-03-02T10:11:12.1234567Z"), which sorts as it should.
-- Texts come from evidence: hostile, but valid UTF-8.

-- What judgement the case holds: exactly one row. Equal values mean equal results.
CREATE TABLE judgement (
	one           INTEGER PRIMARY KEY CHECK (one = 1),
	tool_version  TEXT NOT NULL,
	rules_sha256  TEXT NOT NULL, -- over all rules and tables in use
	options       TEXT NOT NULL
) STRICT;

-- The record apart: who ran what, when, where. Nothing else in the case depends on it.
CREATE TABLE run (
	id            INTEGER PRIMARY KEY,
	started       TEXT NOT NULL,
	ended         TEXT NOT NULL DEFAULT '',
	outcome       TEXT NOT NULL DEFAULT 'interrupted', -- or: complete, incomplete, failed
	command_line  TEXT NOT NULL,
	host          TEXT NOT NULL,
	user          TEXT NOT NULL,
	sealed        INTEGER NOT NULL, -- 0: ran with --no-sandbox
	workers       INTEGER NOT NULL
) STRICT;

-- A file's content, however many paths lead to it.
CREATE TABLE evidence (
	sha256        TEXT PRIMARY KEY,
	size          INTEGER NOT NULL,
	state         TEXT NOT NULL CHECK (state IN ('open', 'done')),
	reader        TEXT NOT NULL DEFAULT '', -- '' while open, or where no reader knows the format
	score         INTEGER NOT NULL DEFAULT 0,
	in_use        INTEGER NOT NULL DEFAULT 0, -- events
	recovered     INTEGER NOT NULL DEFAULT 0,
	first         TEXT NOT NULL DEFAULT '', -- time of the first and last event in use
	last          TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence_path (
	path          TEXT PRIMARY KEY,
	sha256        TEXT NOT NULL REFERENCES evidence,
	modified      TEXT NOT NULL,
	place         TEXT NOT NULL, -- the path below the folder that holds all that was named; findings in the
	                             -- file as a whole have it in their locator ("file PLACE"): they are the path's own
	judged        INTEGER NOT NULL DEFAULT 0 -- 1: as a file, under this path; of an archive: its members too
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_path_sha256 ON evidence_path (sha256);
CREATE INDEX evidence_path_place ON evidence_path (sha256, place);

-- What lies in which archive: both are evidence. A member's path is the archive's and its name in there,
-- under one path of the archive; where files are judged as such, under each.
CREATE TABLE member (
	archive_sha256 TEXT NOT NULL,
	sha256        TEXT NOT NULL,
	PRIMARY KEY (archive_sha256, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_sha256 ON member (sha256);

CREATE TABLE rule ( -- what is asked of all rules stands first: the rest may be far away on disk
	sha256        TEXT NOT NULL, -- of the document's bytes
	engine        TEXT NOT NULL,
	path          TEXT NOT NULL,
	line          INTEGER NOT NULL,
	status        TEXT NOT NULL CHECK (status = 'loaded' OR status = 'rejected'),
	kind          TEXT NOT NULL DEFAULT 'detection'
	              CHECK (kind = 'detection' OR kind = 'correlation' OR kind = 'filter' OR
		                     kind = 'observation' OR -- tells facts, no findings
	                     kind = 'indicator' OR -- one, and only where it was found; its document is JSON
	                     kind = 'indicators'), -- all of a kind in a source: those found have the same
	                                           -- engine, path and log source
	silent        INTEGER NOT NULL DEFAULT 0, -- 1: makes no findings, only correlations use it
	applicable    INTEGER NOT NULL DEFAULT 0, -- 1: evidence of its log source was judged
	hits          INTEGER NOT NULL DEFAULT 0, -- events it is true of, which correlations use
	id            TEXT NOT NULL, -- the author's
	title         TEXT NOT NULL,
	level         TEXT NOT NULL, -- informational, low, medium, high, critical
	level_rank    INTEGER NOT NULL, -- 0 to 4
	logsource     TEXT NOT NULL, -- product/category/service, - where unset; indicator/md5/-
	tags          TEXT NOT NULL, -- joined by spaces
	author        TEXT NOT NULL,
	reason        TEXT NOT NULL, -- rejected: why
	description   TEXT NOT NULL,
	falsepositives TEXT NOT NULL, -- joined by line feeds
	refs          TEXT NOT NULL, -- joined by line feeds
	source        TEXT NOT NULL DEFAULT '', -- the document itself; kept for rules with findings
	PRIMARY KEY (sha256, path, line)
) STRICT; -- with rowids, as finding: WITHOUT ROWID stores large rows badly

-- What findings rest on: an event once, however many rules are true of it.
CREATE TABLE event (
	number        INTEGER PRIMARY KEY, -- in order of writing; means nothing outside this file
	fields        TEXT NOT NULL -- JSON
) STRICT;

CREATE TABLE finding (
	number        INTEGER PRIMARY KEY, -- in order of writing; means nothing outside this file
	id            TEXT NOT NULL UNIQUE, -- see case_finding_id()
	rule_sha256   TEXT NOT NULL,
	evidence_sha256 TEXT NOT NULL,
	locator       TEXT NOT NULL,
	record        INTEGER NOT NULL,
	offset        INTEGER NOT NULL,
	recovered     INTEGER NOT NULL, -- 1: from slack or freed space
	time          TEXT NOT NULL, -- '' if unknown
	host          TEXT NOT NULL,
	channel       TEXT NOT NULL,
	matched       TEXT NOT NULL, -- JSON
	event         INTEGER NOT NULL REFERENCES event,
	level_rank    INTEGER NOT NULL, -- 0 to 4, of this finding: most often the rule's
	-- Of a correlation: its number in correlated; the columns above tell of its first event. Else 0.
	correlated    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX finding_rule ON finding (rule_sha256, host, level_rank, recovered);
CREATE INDEX finding_evidence ON finding (evidence_sha256, locator);
CREATE INDEX finding_time ON finding (time, id);

-- Hosts, accounts, processes, files, hashes, addresses and domains that findings name: each once, and
-- where it is named. Query the view entity.
CREATE TABLE entity_value (
	number        INTEGER PRIMARY KEY,
	kind          TEXT NOT NULL, -- host, account, process, file, hash, address, domain
	value         TEXT NOT NULL,
	UNIQUE (kind, value)
) STRICT;
CREATE TABLE entity_place (
	event         INTEGER NOT NULL REFERENCES event,
	entity        INTEGER NOT NULL REFERENCES entity_value,
	field         TEXT NOT NULL, -- where in the event it stands
	PRIMARY KEY (event, entity, field)
) STRICT, WITHOUT ROWID;
CREATE VIEW entity AS
SELECT v.kind, v.value, f.id AS finding_id, p.field
FROM entity_place p JOIN entity_value v ON v.number = p.entity
	JOIN finding f ON f.event = p.event;

-- ---- correlations: docs/correlations.md -----------------------------------------------------------

-- The correlation rules of the run.
CREATE TABLE correlation (
	sha256        TEXT PRIMARY KEY, -- of the rule
	type          TEXT NOT NULL, -- event_count, ...
	timespan      TEXT NOT NULL, -- "10m"
	condition     TEXT NOT NULL, -- "gte 10"
	group_by      TEXT NOT NULL, -- joined by line feeds
	fields        TEXT NOT NULL  -- what is counted or summed up, likewise
) STRICT, WITHOUT ROWID;

-- The rules that a correlation refers to.
CREATE TABLE hit_source (
	number        INTEGER PRIMARY KEY,
	correlation_sha256 TEXT NOT NULL,
	part          INTEGER NOT NULL, -- 0 is the first in the correlation's list
	rule_sha256   TEXT NOT NULL,
	UNIQUE (correlation_sha256, part)
) STRICT;

CREATE TABLE hit_evidence (
	number        INTEGER PRIMARY KEY,
	sha256        TEXT NOT NULL UNIQUE
) STRICT;

-- Events that a rule is true of to which correlations refer, as in finding; and findings of a
-- correlation, as another one sees them (evidence is 0 and record the number in correlated).
CREATE TABLE hit (
	number        INTEGER PRIMARY KEY,
	evidence      INTEGER NOT NULL, -- hit_evidence
	locator       TEXT NOT NULL,
	record        INTEGER NOT NULL,
	offset        INTEGER NOT NULL,
	recovered     INTEGER NOT NULL,
	time          INTEGER, -- nanoseconds since 1970; NULL if unknown
	host          TEXT NOT NULL,
	channel       TEXT NOT NULL,
	matched       TEXT NOT NULL, -- JSON
	event         TEXT NOT NULL  -- JSON
) STRICT;
CREATE INDEX hit_by_evidence ON hit (evidence);

-- What a hit is to a correlation.
CREATE TABLE hit_place (
	source        INTEGER NOT NULL, -- hit_source
	hit           INTEGER NOT NULL,
	key           BLOB NOT NULL, -- its values (model/correlation.h)
	problem       INTEGER NOT NULL, -- 0, or why it can not be correlated: 1 it has no time,
	                                -- 2 no value to group by, 3 none to count or sum up
	group_key     BLOB NOT NULL, -- the values to group by, folded
	PRIMARY KEY (source, hit, key)
) STRICT, WITHOUT ROWID;

-- What correlating came to: findings, and those that are kept for other correlations only.
CREATE TABLE correlated (
	number        INTEGER PRIMARY KEY,
	id            TEXT NOT NULL, -- as in finding
	correlation_sha256 TEXT NOT NULL,
	first         TEXT NOT NULL, -- time of the first and last event
	last          TEXT NOT NULL,
	events        INTEGER NOT NULL, -- how many there are; correlated_hit may list fewer
	value         TEXT NOT NULL, -- the largest count, sum ... within one timespan
	group_values  TEXT NOT NULL  -- JSON
) STRICT;

-- The first events of a correlation's finding for each rule, in order.
CREATE TABLE correlated_hit (
	correlated    INTEGER NOT NULL,
	ordinal       INTEGER NOT NULL,
	part          INTEGER NOT NULL,
	hit           INTEGER NOT NULL,
	field_values  TEXT NOT NULL, -- JSON: what it was grouped and counted by
	PRIMARY KEY (correlated, ordinal)
) STRICT, WITHOUT ROWID;

-- The ledger: what was not judged, and what looks wrong with the evidence (model/coverage.h).
CREATE TABLE gap (
	evidence_sha256 TEXT NOT NULL, -- '' where the file could not even be hashed
	path          TEXT NOT NULL,   -- '' where evidence_sha256 tells
	kind          TEXT NOT NULL,
	loss          INTEGER NOT NULL, -- 1: something was not judged
	offset        INTEGER NOT NULL,
	size          INTEGER NOT NULL,
	records       INTEGER NOT NULL,
	note          TEXT NOT NULL,
	PRIMARY KEY (evidence_sha256, path, offset, kind, note)
) STRICT;

-- What readers learnt from the evidence, for recovery when a scan resumes. Bytes that only they
-- understand.
CREATE TABLE learnt (
	reader        TEXT NOT NULL,
	entry         BLOB NOT NULL,
	PRIMARY KEY (reader, entry)
) STRICT, WITHOUT ROWID;

-- Evidence whose records in use are judged, and whose recovery is still to be done: it is open since a
-- scan was interrupted, or it is done but more was learnt from other evidence since.
CREATE TABLE half_done (
	sha256        TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Events judged, by hour.
CREATE TABLE tally (
	evidence_sha256 TEXT NOT NULL,
	host          TEXT NOT NULL,
	channel       TEXT NOT NULL,
	hour          TEXT NOT NULL, -- '' for events without a time
	in_use        INTEGER NOT NULL,
	recovered     INTEGER NOT NULL,
	PRIMARY KEY (evidence_sha256, host, channel, hour)
) STRICT, WITHOUT ROWID;

-- What evidence says of systems, without judging it: facts that rules of kind observation tell
-- (model/observation.h). Query the view v_observation.
CREATE TABLE observation (
	number        INTEGER PRIMARY KEY, -- in order of writing; means nothing outside this file
	evidence_sha256 TEXT NOT NULL,
	rule_sha256   TEXT NOT NULL,
	kind          TEXT NOT NULL, -- 'exchange-build' ...
	subject       TEXT NOT NULL, -- whom it is about: a host; '' if unknown
	value         TEXT NOT NULL,
	place         TEXT NOT NULL, -- of a file that was judged as a whole; else ''
	events        INTEGER NOT NULL, -- that say so
	first         TEXT NOT NULL, -- time of the first and last of them, '' if unknown
	first_locator TEXT NOT NULL,
	last          TEXT NOT NULL,
	last_locator  TEXT NOT NULL,
	UNIQUE (evidence_sha256, rule_sha256, subject, value, place)
) STRICT;
CREATE INDEX observation_rule ON observation (rule_sha256);

-- The sources of intelligence that were judged with, in the order in which they were named.
CREATE TABLE intel_source (
	number        INTEGER PRIMARY KEY,
	path          TEXT NOT NULL,
	format        TEXT NOT NULL, -- 'stix', 'misp' ...; '' where it is none of those spoor reads
	name          TEXT NOT NULL, -- what it calls itself
	sha256        TEXT NOT NULL, -- of the file
	accepted      INTEGER NOT NULL, -- indicators that can be found
	rules         INTEGER NOT NULL, -- rules in it, which went to their engines
	rejected      INTEGER NOT NULL, -- how many notes of each kind there are; not all are listed
	duplicate     INTEGER NOT NULL,
	contradictory INTEGER NOT NULL,
	over_broad    INTEGER NOT NULL,
	suspicious    INTEGER NOT NULL,
	silent        INTEGER NOT NULL,
	unsupported   INTEGER NOT NULL,
	kinds         TEXT NOT NULL -- JSON: the accepted ones by kind
) STRICT;

-- What became of a line of a source, where that is to be said.
CREATE TABLE intel_note (
	source        INTEGER NOT NULL, -- intel_source
	ordinal       INTEGER NOT NULL,
	kind          TEXT NOT NULL, -- rejected, duplicate, contradictory, over-broad ...
	line          INTEGER NOT NULL, -- 0 if unknown
	value         TEXT NOT NULL,
	reason        TEXT NOT NULL,
	PRIMARY KEY (source, ordinal)
) STRICT, WITHOUT ROWID;

-- The files that tell of an indicator that was found.
CREATE TABLE indicator_file (
	sha256        TEXT NOT NULL, -- of the indicator's document
	path          TEXT NOT NULL,
	PRIMARY KEY (sha256, path)
) STRICT, WITHOUT ROWID;

-- ---- views: what people ask by hand ---------------------------------------------------------------

-- A rule document once, however many paths lead to it (the first path stands for all).
CREATE VIEW v_rule AS
SELECT r.*
FROM rule r
WHERE NOT EXISTS (
	SELECT 1 FROM rule o WHERE o.sha256 = r.sha256 AND (o.path, o.line) < (r.path, r.line));

-- Evidence by path; bytes found under several paths have a row for each.
CREATE VIEW v_coverage AS
SELECT p.path, e.sha256, e.size, p.modified, p.judged, e.state, e.reader, e.score, e.in_use,
	e.recovered, e.first, e.last,
	(SELECT count(*) FROM gap g WHERE g.evidence_sha256 = e.sha256 AND g.loss = 1) AS losses,
	(SELECT count(*) FROM gap g WHERE g.evidence_sha256 = e.sha256 AND g.loss = 0) AS remarks,
	-- Those in the file as a whole are its path's own; '!' is what comes behind ' '.
	(SELECT count(*) FROM finding f WHERE f.evidence_sha256 = e.sha256 AND f.locator < 'file ') +
	(SELECT count(*) FROM finding f WHERE f.evidence_sha256 = e.sha256 AND f.locator >= 'file!') +
	(SELECT count(*) FROM finding f WHERE f.evidence_sha256 = e.sha256 AND
		f.locator = 'file ' || p.place) AS findings
FROM evidence e JOIN evidence_path p ON p.sha256 = e.sha256;

-- A finding in full: the rule by name, the evidence by its first path. The level is the finding's own.
CREATE VIEW v_finding AS
SELECT f.id, f.time, f.host, f.channel,
	CASE f.level_rank WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium'
		WHEN 1 THEN 'low' ELSE 'informational' END AS level,
	f.level_rank, r.title, r.engine,
	r.id AS rule_id, r.tags, f.rule_sha256,
	coalesce((SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = f.evidence_sha256
			AND f.locator LIKE 'file %' AND p.place = substr(f.locator, 6)),
		(SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = f.evidence_sha256), '')
		AS path,
	f.evidence_sha256, f.locator, f.record, f.offset, f.recovered, f.matched, e.fields AS event,
	f.correlated
FROM finding f JOIN v_rule r ON r.sha256 = f.rule_sha256 JOIN event e ON e.number = f.event;

-- What evidence says of systems, with the rule by name and the evidence by its first path.
CREATE VIEW v_observation AS
SELECT o.kind, o.subject, o.value, o.events, o.first, o.first_locator, o.last, o.last_locator,
	r.id AS rule_id, r.title, o.rule_sha256,
	coalesce((SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = o.evidence_sha256
			AND o.place <> '' AND p.place = o.place),
		(SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = o.evidence_sha256), '')
		AS path,
	o.evidence_sha256, o.place
FROM observation o JOIN v_rule r ON r.sha256 = o.rule_sha256;

-- Indicators that were found, once for each file that tells of them.
CREATE VIEW v_found_indicator AS
SELECT r.sha256, r.engine, r.path, r.logsource FROM rule r WHERE r.kind = 'indicator'
UNION
SELECT r.sha256, r.engine, s.path, r.logsource
FROM rule r JOIN indicator_file s ON s.sha256 = r.sha256 WHERE r.kind = 'indicator';

-- All indicators of a kind in a source: how many were found, how often, and whether there was any
-- evidence that could hold some (not assessed: there was none). STIX patterns have a row for each answer.
CREATE VIEW v_indicators AS
SELECT r.path, r.title, replace(replace(r.logsource, 'indicator/', ''), '/-', '') AS kind,
	CASE WHEN count(i.sha256) > 0 THEN 'found' WHEN r.applicable THEN 'not found'
		ELSE 'not assessed' END AS status,
	count(i.sha256) AS found,
	coalesce(sum((SELECT count(*) FROM finding f WHERE f.rule_sha256 = i.sha256)), 0) AS findings
FROM rule r LEFT JOIN v_found_indicator i
	ON i.engine = r.engine AND i.path = r.path AND i.logsource = r.logsource
WHERE r.kind = 'indicators' AND r.status = 'loaded'
GROUP BY r.sha256, r.path, r.line
UNION ALL
-- Patterns are rules, each judged by itself: of a source those with the same answer.
SELECT path, count(*) || CASE count(*) WHEN 1 THEN ' STIX pattern of ' ELSE ' STIX patterns of ' END || author,
	'stix-pattern', CASE WHEN findings > 0 THEN 'found' WHEN applicable THEN 'not found'
		ELSE 'not assessed' END AS status,
	sum(findings > 0), sum(findings)
FROM (
	SELECT r.path, r.author, r.applicable,
		(SELECT count(*) FROM finding f WHERE f.rule_sha256 = r.sha256) AS findings
	FROM rule r WHERE r.engine = 'indicators' AND r.logsource = 'stix' AND
		r.status = 'loaded' AND r.silent = 0)
GROUP BY path, author, 4;

-- What became of each rule: fired, correlated (true of events, of which only correlations tell), filter
-- (it takes events away from others), observed (it tells facts), quiet (judged, never true), not applicable (no evidence of its
-- log source was there; of a correlation: of those of the rules it needs) or rejected. The level is the
-- rule's, worst_rank that of its worst finding. Indicators of a kind in a source (kind 'indicators') have
-- no findings of their own: fired means that one of them was found.
CREATE VIEW v_rule_summary AS
SELECT r.sha256, r.path, r.line, r.kind, r.id, r.title, r.level, r.level_rank, r.logsource, r.tags,
	CASE WHEN r.status = 'rejected' THEN 'rejected'
	     WHEN n.findings > 0 THEN 'fired'
	     WHEN r.kind = 'filter' THEN 'filter'
	     WHEN EXISTS (SELECT 1 FROM observation o WHERE o.rule_sha256 = r.sha256) THEN 'observed'
	     WHEN r.kind = 'indicators' AND EXISTS (SELECT 1 FROM v_found_indicator i
		WHERE i.engine = r.engine AND i.path = r.path AND i.logsource = r.logsource) THEN 'fired'
	     WHEN r.hits > 0 THEN 'correlated'
	     WHEN r.applicable = 1 THEN 'quiet'
	     ELSE 'not applicable' END AS status,
	r.reason, coalesce(n.findings, 0) AS findings, coalesce(n.recovered, 0) AS recovered,
	coalesce(n.hosts, 0) AS hosts, coalesce(n.first, '') AS first, coalesce(n.last, '') AS last,
	coalesce(n.worst_rank, 0) AS worst_rank
FROM rule r LEFT JOIN (
	SELECT rule_sha256, count(*) AS findings, sum(recovered) AS recovered,
		count(DISTINCT nullif(host, '') COLLATE NOCASE) AS hosts,
		min(nullif(time, '')) AS first, max(time) AS last, max(level_rank) AS worst_rank
	FROM finding GROUP BY rule_sha256) n
	ON n.rule_sha256 = r.sha256 AND r.status = 'loaded';

-- Hosts that events or findings name.
CREATE VIEW v_host AS
SELECT min(host) AS host, sum(events) AS events, sum(findings) AS findings,
	sum(critical) AS critical, sum(high) AS high, sum(medium) AS medium, sum(low) AS low,
	sum(informational) AS informational,
	coalesce(min(nullif(first, '')), '') AS first, max(last) AS last
FROM (
	SELECT host, in_use AS events, 0 AS findings, 0 AS critical, 0 AS high, 0 AS medium, 0 AS low,
		0 AS informational, '' AS first, '' AS last
	FROM tally
	UNION ALL
	SELECT host, 0, 1, level_rank = 4, level_rank = 3, level_rank = 2, level_rank = 1,
		level_rank = 0, time, time
	FROM finding)
GROUP BY host COLLATE NOCASE;

-- Entities regardless of case, with how many findings name them and the worst of these.
CREATE VIEW v_entity AS
SELECT v.kind, min(v.value) AS value, count(DISTINCT f.number) AS findings,
	max(f.level_rank) AS level_rank, coalesce(min(nullif(f.time, '')), '') AS first,
	max(f.time) AS last
FROM entity_place p JOIN entity_value v ON v.number = p.entity
	JOIN finding f ON f.event = p.event
GROUP BY v.kind, v.value COLLATE NOCASE;

-- Gaps with the evidence they are in.
CREATE VIEW v_gap AS
SELECT CASE WHEN g.evidence_sha256 = '' THEN g.path ELSE
	coalesce((SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = g.evidence_sha256), '')
	END AS path,
	g.evidence_sha256, g.kind, g.loss, g.offset, g.size, g.records, g.note
FROM gap g;

-- Events by hour, host and log, over all evidence.
CREATE VIEW v_hour AS
SELECT hour, host, channel, sum(in_use) AS in_use, sum(recovered) AS recovered
FROM tally GROUP BY hour, host, channel;
