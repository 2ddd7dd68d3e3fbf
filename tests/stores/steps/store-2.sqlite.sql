CREATE TABLE otree_ego_run (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	design VARCHAR(64) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	note TEXT NOT NULL, 
	planned INTEGER NOT NULL, 
	settings TEXT NOT NULL, 
	source TEXT NOT NULL, 
	holder VARCHAR(300) NOT NULL, 
	beat FLOAT NOT NULL, 
	created FLOAT NOT NULL, 
	ended FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (uid)
);
CREATE INDEX ix_otree_ego_run_design ON otree_ego_run (design);
CREATE TABLE otree_ego_replication (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	place INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	tainted BOOLEAN NOT NULL, 
	treatment VARCHAR(300) NOT NULL, 
	levels TEXT NOT NULL, 
	result TEXT NOT NULL, 
	answers INTEGER NOT NULL, 
	error VARCHAR(100) NOT NULL, 
	error_text TEXT NOT NULL, 
	cost FLOAT, 
	started FLOAT NOT NULL, 
	ended FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE, 
	CHECK (tainted IN (0, 1))
);
CREATE UNIQUE INDEX ix_otree_ego_replication_place ON otree_ego_replication (run, place);
CREATE TABLE otree_ego_seat (
	id INTEGER NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	place INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	seat INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (thread), 
	FOREIGN KEY(thread) REFERENCES otree_ego_thread (uid) ON DELETE CASCADE, 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_seat_place ON otree_ego_seat (run, place, attempt, seat);
CREATE TABLE otree_ego_batch (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	label VARCHAR(100) NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	batch VARCHAR(300) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	requests TEXT NOT NULL, 
	created FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE, 
	UNIQUE (label)
);
CREATE INDEX ix_otree_ego_batch_run ON otree_ego_batch (run);
