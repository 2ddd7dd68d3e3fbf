CREATE TABLE otree_ego_ai_seat (
	id SERIAL NOT NULL, 
	session_id INTEGER NOT NULL, 
	participant VARCHAR(50) NOT NULL, 
	why VARCHAR(20) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	persona TEXT NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	from_index INTEGER NOT NULL, 
	until_index INTEGER, 
	note TEXT NOT NULL, 
	since FLOAT NOT NULL, 
	ended FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_ai_seat_participant ON otree_ego_ai_seat (participant);
CREATE INDEX ix_otree_ego_ai_seat_session_id ON otree_ego_ai_seat (session_id);
CREATE INDEX ix_otree_ego_ai_seat_status ON otree_ego_ai_seat (status);
CREATE TABLE otree_ego_visit (
	id SERIAL NOT NULL, 
	session_id INTEGER NOT NULL, 
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
	question TEXT DEFAULT '' NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	left_out TEXT DEFAULT '{}' NOT NULL, 
	forgotten FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE INDEX ix_otree_ego_visit_session ON otree_ego_visit (session_id, player, number);
CREATE TABLE otree_ego_page_text (
	id SERIAL NOT NULL, 
	session_id INTEGER NOT NULL, 
	digest VARCHAR(32) NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ix_otree_ego_page_text_session ON otree_ego_page_text (session_id, digest);
