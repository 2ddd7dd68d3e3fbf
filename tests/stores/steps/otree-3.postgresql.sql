CREATE TABLE otree_ego_learned (
	id SERIAL NOT NULL, 
	session_id INTEGER, 
	service VARCHAR(300) NOT NULL, 
	address TEXT NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	words TEXT NOT NULL, 
	time FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_learned_session_id ON otree_ego_learned (session_id);
