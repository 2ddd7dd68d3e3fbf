CREATE TABLE otree_ego_entry (
	id INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	participant VARCHAR(50) NOT NULL, 
	link VARCHAR(50) NOT NULL, 
	platform VARCHAR(50) NOT NULL, 
	person TEXT NOT NULL, 
	person_key VARCHAR(64) NOT NULL, 
	parameters TEXT NOT NULL, 
	duplicate VARCHAR(300) NOT NULL, 
	time FLOAT NOT NULL, 
	forgotten FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_entry_participant ON otree_ego_entry (session_id, participant);
CREATE INDEX ix_otree_ego_entry_person ON otree_ego_entry (person_key);
