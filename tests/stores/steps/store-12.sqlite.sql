CREATE TABLE otree_ego_visit (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	player VARCHAR(100) NOT NULL, 
	number INTEGER NOT NULL, 
	app VARCHAR(100) NOT NULL, 
	page VARCHAR(100) NOT NULL, 
	page_index INTEGER NOT NULL, 
	digest VARCHAR(32) NOT NULL, 
	fields TEXT NOT NULL, 
	answers TEXT NOT NULL, 
	errors TEXT NOT NULL, 
	said TEXT NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	note TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	replies INTEGER NOT NULL, 
	tokens_in INTEGER NOT NULL, 
	tokens_out INTEGER NOT NULL, 
	cost FLOAT, 
	begun FLOAT NOT NULL, 
	ended FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_visit_run ON otree_ego_visit (run, player, number);
CREATE TABLE otree_ego_page_text (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	digest VARCHAR(32) NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ix_otree_ego_page_text_run ON otree_ego_page_text (run, digest);
