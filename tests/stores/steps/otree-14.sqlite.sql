CREATE TABLE otree_ego_human_visit (
	id INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	participant VARCHAR(50) NOT NULL, 
	app VARCHAR(100) NOT NULL, 
	page VARCHAR(100) NOT NULL, 
	page_index INTEGER NOT NULL, 
	digest VARCHAR(32) NOT NULL, 
	field_keys TEXT NOT NULL, 
	answers TEXT NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	connects BOOLEAN NOT NULL, 
	time FLOAT NOT NULL, 
	ended FLOAT, 
	forgotten FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE, 
	CHECK (connects IN (0, 1))
);
CREATE INDEX ix_otree_ego_human_visit_place ON otree_ego_human_visit (session_id, participant, page_index);
