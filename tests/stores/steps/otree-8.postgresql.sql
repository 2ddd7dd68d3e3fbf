CREATE TABLE otree_ego_surroundings (
	id SERIAL NOT NULL, 
	session_id INTEGER, 
	time FLOAT NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_surroundings_session_id ON otree_ego_surroundings (session_id);
