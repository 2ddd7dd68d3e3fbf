CREATE TABLE otree_ego_surroundings (
	id SERIAL NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	time FLOAT NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_surroundings_run ON otree_ego_surroundings (run);
