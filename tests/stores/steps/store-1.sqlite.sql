CREATE TABLE otree_ego_thread (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	owner VARCHAR(300) NOT NULL, 
	session_id INTEGER, 
	kind VARCHAR(300) NOT NULL, 
	version INTEGER NOT NULL, 
	state BLOB NOT NULL, 
	created FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (uid), 
	UNIQUE (owner)
);
CREATE INDEX ix_otree_ego_thread_session_id ON otree_ego_thread (session_id);
CREATE TABLE otree_ego_message (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	seq INTEGER NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	author VARCHAR(300) NOT NULL, 
	text TEXT NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	hidden BOOLEAN NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	model_answered VARCHAR(300) NOT NULL, 
	params TEXT NOT NULL, 
	seed VARCHAR(40), 
	tokens_in INTEGER, 
	tokens_out INTEGER, 
	tokens_reasoning INTEGER, 
	cost FLOAT, 
	latency FLOAT, 
	first_token FLOAT, 
	finish_reason VARCHAR(100) NOT NULL, 
	error VARCHAR(100) NOT NULL, 
	error_text TEXT NOT NULL, 
	trouble TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	time FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (uid), 
	FOREIGN KEY(thread) REFERENCES otree_ego_thread (uid) ON DELETE CASCADE, 
	CHECK (hidden IN (0, 1))
);
CREATE INDEX ix_otree_ego_message_status ON otree_ego_message (status);
CREATE INDEX ix_otree_ego_message_place ON otree_ego_message (thread, seq);
