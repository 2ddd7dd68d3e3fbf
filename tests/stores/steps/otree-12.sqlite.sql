CREATE TABLE otree_ego_event (
	id INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	participant VARCHAR(50) NOT NULL, 
	app VARCHAR(100) NOT NULL, 
	round INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	page VARCHAR(200) NOT NULL, 
	page_index INTEGER NOT NULL, 
	about TEXT NOT NULL, 
	time FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_event_participant ON otree_ego_event (participant);
CREATE INDEX ix_otree_ego_event_session_id ON otree_ego_event (session_id);
