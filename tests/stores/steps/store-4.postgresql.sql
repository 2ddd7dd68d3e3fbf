CREATE TABLE otree_ego_learned (
	id SERIAL NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	service VARCHAR(300) NOT NULL, 
	address TEXT NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	words TEXT NOT NULL, 
	time FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_learned_run ON otree_ego_learned (run);
